/** Draws lines as rows of exactly one terminal line each; the only place where text reaches the screen. */
import {Box, Text} from 'ink';
import {memo} from 'react';
import {lookOf} from '../theme.ts';
import {fit, type Line, type Tone} from './line.ts';

export interface LinesProps {
	lines: readonly Line[];
	width: number;
	/** Rows; fewer lines are filled up with empty ones, more are cut off. */
	height: number;
	color: boolean;
	ascii: boolean;
	/** What is shown is old: everything loses its colour. */
	grey?: boolean;
}

/** One Text per row, so that a changed row is the only one that Ink lays out and writes again. Each is cut to the width here: Ink's own clipping measures every row in every frame, a quarter of what a key press costs. */
export const Lines = memo(function Lines({lines, width, height, color, ascii, grey = false}: LinesProps) {
	const rows = Array.from({length: Math.max(0, height)}, (_, index) => lines[index] ?? []);
	return (
		<Box flexDirection="column" width={width} height={height} flexShrink={0}>
			{rows.map((row, index) => (
				<Row key={index} row={row} width={width} color={color} ascii={ascii} grey={grey} />
			))}
		</Box>
	);
});

interface RowProps {
	row: Line;
	width: number;
	color: boolean;
	ascii: boolean;
	grey: boolean;
}

const Row = memo(function Row({row, width, color, ascii, grey}: RowProps) {
	return (
		<Box height={1} width={width} flexShrink={0}>
			<Text wrap="truncate">
				{fit(row, {width, ascii}).map((piece, position) => (
					piece.tone === 'plain' && !grey ? piece.text : <Text key={position} {...lookOf(greyed(piece.tone, grey), color)}>{piece.text}</Text>
				))}
			</Text>
		</Box>
	);
}, sameRow);

/** Rows are made anew with each state; only one that reads or looks otherwise is drawn. */
function sameRow(before: RowProps, after: RowProps): boolean {
	return before.width === after.width && before.color === after.color && before.ascii === after.ascii && before.grey === after.grey
		&& before.row.length === after.row.length && before.row.every(({text, tone}, index) => text === after.row[index]!.text && tone === after.row[index]!.tone);
}

function greyed(tone: Tone, grey: boolean): Tone {
	return grey && tone !== 'selected' ? 'dim' : tone;
}
