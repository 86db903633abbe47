/** Draws any panel into its box: a title rule, and the rows that are seen. */
import {Box} from 'ink';
import {panels} from './panels/index.ts';
import {Lines} from './parts/lines.tsx';
import {span, windowTop, type Line} from './parts/line.ts';
import {rule} from './parts/meter.ts';
import {contentRows, focusedPane, layoutOf, type Box as PaneBox} from './layout.ts';
import {isOld, type ConsoleState} from './state.ts';
import {useStore} from './use-store.ts';

export function Pane({box}: {box: PaneBox}) {
	const panel = panels[box.pane];
	const state = useStore(current => [...panel.needs(current), current.tops[box.pane], focusedPane(current) === box.pane, isOld(current), current.glyphs, current.color, box.width, box.height]);
	const lines = paneLines(state, box);
	return (
		<Box position="absolute" marginLeft={box.left} marginTop={box.top} width={box.width} height={box.height} flexShrink={0}>
			<Lines lines={lines} width={box.width} height={box.height} color={state.color} ascii={state.glyphs.ascii} grey={isOld(state) || (panel.grey?.(state) ?? false)} />
		</Box>
	);
}

/** Title and visible rows of a pane. */
export function paneLines(state: ConsoleState, box: PaneBox): Line[] {
	const panel = panels[box.pane];
	const focused = focusedPane(state) === box.pane;
	const several = layoutOf(state).length > 1;
	const {head = [], lines, cursorRow} = panel.content(state, {width: box.width, height: contentRows(box), focused});
	const height = Math.max(1, contentRows(box) - head.length);
	const wanted = Math.max(0, Math.min(state.tops[box.pane] ?? 0, lines.length - height));
	const top = cursorRow === undefined ? wanted : windowTop({top: wanted, cursor: cursorRow, count: lines.length, height});
	const below = lines.length - top - height;
	const right: Line = lines.length > height ? [span(`${top > 0 ? `${top} above ` : ''}${below > 0 ? `${below} below` : ''}`.trim() || 'all', 'dim')] : [];
	const title = focused && several ? [span(`${state.glyphs.pointer} `, 'key'), ...panel.title(state)] : panel.title(state);
	return [rule(title, {width: box.width, glyphs: state.glyphs, right, tone: focused && several ? 'key' : 'dim'}), ...head, ...lines.slice(top, top + height)];
}
