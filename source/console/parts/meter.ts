/** A bar for a share, and a rule with a title in it. */
import type {Glyphs} from '../theme.ts';
import {span, widthOfLine, type Line, type Span, type Tone} from './line.ts';

/** A bar of so many columns for a share from 0 to 1; unknown gives an empty one. */
export function meter(share: number | null, options: {width: number; glyphs: Glyphs; tone?: Tone}): Span[] {
	const {width, glyphs, tone = 'good'} = options;
	const full = share === null ? 0 : Math.round(Math.max(0, Math.min(1, share)) * width);
	return [span(glyphs.full.repeat(full), tone), span(glyphs.empty.repeat(width - full), 'dim')];
}

/** `── title ────────── right ──`. The focused pane's title is strong and pointed at. */
export function rule(title: Line, options: {width: number; glyphs: Glyphs; right?: Line; tone?: Tone}): Line {
	const {width, glyphs, right = [], tone = 'dim'} = options;
	const rest = width - 4 - widthOfLine(title) - (right.length > 0 ? widthOfLine(right) + 3 : 0);
	if (rest < 1 && right.length > 0) return rule(title, {width, glyphs, tone});
	const before = span(`${glyphs.horizontal}${glyphs.horizontal} `.slice(0, 2) + ' ', tone);
	const after = span(` ${glyphs.horizontal.repeat(Math.max(0, rest))}`, tone);
	return right.length > 0 ? [before, ...title, after, span(' '), ...right, span(` ${glyphs.horizontal}`, tone)] : [before, ...title, after];
}
