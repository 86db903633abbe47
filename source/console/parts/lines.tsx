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

/** One Text per row, so that a changed row is the only one that Ink lays out and writes again. */
export const Lines = memo(function Lines({lines, width, height, color, ascii, grey = false}: LinesProps) {
	const rows = Array.from({length: Math.max(0, height)}, (_, index) => lines[index] ?? []);
	return (
		<Box flexDirection="column" width={width} height={height} flexShrink={0} overflow="hidden">
			{rows.map((row, index) => (
				<Box key={index} height={1} width={width} flexShrink={0}>
					<Text wrap="truncate">
						{fit(row, {width, ascii}).map((piece, position) => (
							<Text key={position} {...lookOf(greyed(piece.tone, grey), color)}>{piece.text}</Text>
						))}
					</Text>
				</Box>
			))}
		</Box>
	);
});

function greyed(tone: Tone, grey: boolean): Tone {
	return grey && tone !== 'selected' ? 'dim' : tone;
}
