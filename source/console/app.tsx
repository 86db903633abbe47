/** The whole screen: header, panes, footer, and the dialog above them; the one place that hears keys. */
import {Box, Text, useInput} from 'ink';
import {memo} from 'react';
import {act} from './act.ts';
import {dialogLines} from './dialogs/lines.ts';
import type {Doing} from './doing.ts';
import {keyName} from './key-name.ts';
import {footerRows, isTooSmall, layoutOf, minimumColumns, minimumRows} from './layout.ts';
import {Pane} from './pane.tsx';
import {line} from './parts/line.ts';
import {Lines} from './parts/lines.tsx';
import {footerLines, footerNeeds} from './panels/footer/view.ts';
import {headerLines, headerNeeds} from './panels/header/view.ts';
import {isOld} from './state.ts';
import {useStore} from './use-store.ts';

/** Exactly as large as the terminal, in every mode: one row more would make Ink clear the screen at each frame. */
export function App({doing}: {doing: Doing}) {
	useInput((input, key) => act(keyName(input, key), doing));
	const state = useStore(current => [current.rows, current.columns, current.view, current.focus, current.outcome, Boolean(current.run?.running), current.detailWanted]);
	if (isTooSmall(state)) return <TooSmall rows={state.rows} columns={state.columns} />;
	return (
		<Box width={state.columns} height={state.rows} flexShrink={0}>
			<Header />
			{layoutOf(state).map(box => <Pane key={box.pane} box={box} />)}
			{layoutOf(state).slice(1).filter(box => box.left > 0 && box.top === 4).map(box => <Divider key={box.left} left={box.left - 1} top={box.top} height={state.rows - box.top - footerRows(state)} />)}
			<Footer />
			<Dialog />
		</Box>
	);
}

const Header = memo(function Header() {
	const state = useStore(headerNeeds);
	return (
		<Box position="absolute">
			<Lines lines={headerLines(state)} width={state.columns} height={4} color={state.color} ascii={state.glyphs.ascii} grey={isOld(state)} />
		</Box>
	);
});

const Footer = memo(function Footer() {
	const state = useStore(footerNeeds);
	const lines = footerLines(state);
	const height = Math.max(footerRows(state), lines.length);
	return (
		<Box position="absolute" marginTop={state.rows - height}>
			<Lines lines={lines} width={state.columns} height={height} color={state.color} ascii={state.glyphs.ascii} />
		</Box>
	);
});

const Dialog = memo(function Dialog() {
	const state = useStore(current => [current.dialog, current.rows, current.columns, current.glyphs, current.run?.guard, current.contacts]);
	const drawn = dialogLines(state);
	if (!drawn) return null;
	const height = drawn.lines.length;
	return (
		<Box position="absolute" marginLeft={Math.floor((state.columns - drawn.width) / 2)} marginTop={Math.max(0, Math.floor((state.rows - footerRows(state) - height) / 2))}>
			<Lines lines={drawn.lines} width={drawn.width} height={height} color={state.color} ascii={state.glyphs.ascii} />
		</Box>
	);
});

/** Between checklist and the panes at its right. */
const Divider = memo(function Divider({left, top, height}: {left: number; top: number; height: number}) {
	const state = useStore(current => [current.glyphs, current.color]);
	return (
		<Box position="absolute" marginLeft={left} marginTop={top}>
			<Lines lines={Array.from({length: height}, () => line(state.glyphs.vertical, 'dim'))} width={1} height={height} color={state.color} ascii={state.glyphs.ascii} />
		</Box>
	);
});

function TooSmall({rows, columns}: {rows: number; columns: number}) {
	return (
		<Box width={columns} height={rows} overflow="hidden">
			<Text wrap="wrap">{`This terminal is ${columns}x${rows}; holdpoint needs ${minimumColumns}x${minimumRows}. Make it larger; the run goes on. q detaches.`}</Text>
		</Box>
	);
}
