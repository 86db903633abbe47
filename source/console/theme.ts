/** How meanings look: colours by meaning only, 16-colour safe, and the glyphs, with an ASCII set for other locales. */
import type {StepState} from '../journal/block-steps.ts';
import type {ItemState} from '../journal/shapes/item.ts';
import type {Environment} from '../journal/shapes/plan.ts';
import type {Tone} from './parts/line.ts';

export interface Look {
	color?: string;
	backgroundColor?: string;
	bold?: boolean;
	dimColor?: boolean;
	inverse?: boolean;
}

/** With colours. No grey as a colour: bright black is invisible in several palettes. */
const colours: Record<Tone, Look> = {
	plain: {},
	dim: {dimColor: true},
	strong: {bold: true},
	good: {color: 'green'},
	warn: {color: 'yellow'},
	bad: {color: 'red', bold: true},
	info: {color: 'cyan'},
	title: {bold: true},
	selected: {inverse: true},
	key: {color: 'cyan', bold: true},
	production: {backgroundColor: 'red', color: 'white', bold: true},
	staging: {backgroundColor: 'yellow', color: 'black', bold: true},
	development: {backgroundColor: 'green', color: 'black', bold: true},
	'production-frame': {color: 'red', bold: true},
	'staging-frame': {color: 'yellow'},
	'development-frame': {color: 'green'},
};

/** Without colours the same meanings by weight; words and marks carry them anyway. */
const weights: Record<Tone, Look> = {
	...Object.fromEntries(Object.keys(colours).map(tone => [tone, {}])) as Record<Tone, Look>,
	dim: {dimColor: true}, strong: {bold: true}, bad: {bold: true}, title: {bold: true}, selected: {inverse: true}, key: {bold: true},
	production: {inverse: true, bold: true}, staging: {inverse: true}, development: {inverse: true}, 'production-frame': {bold: true},
};

/** How a tone looks. */
export function lookOf(tone: Tone, color: boolean): Look {
	return (color ? colours : weights)[tone];
}

export interface Glyphs {
	ascii: boolean;
	/** Between the brackets of an item, one column each. */
	marks: Record<ItemState, string>;
	horizontal: string;
	vertical: string;
	heavy: {horizontal: string; vertical: string; corners: [string, string, string, string]};
	arrow: string;
	pointer: string;
	folded: string;
	unfolded: string;
	branch: string;
	lastBranch: string;
	pipe: string;
	full: string;
	empty: string;
	dot: string;
	/** As asciichart takes them. */
	chart: string[];
}

/** Only characters of one column on every terminal seen; a test measures them. */
export const unicodeGlyphs: Glyphs = {
	ascii: false,
	marks: {open: ' ', running: '»', passed: '✓', warned: '!', failed: '✗', errored: 'E', attested: 'A', waived: 'W', 'not-applicable': '-', stale: '~'},
	horizontal: '─', vertical: '│', heavy: {horizontal: '━', vertical: '┃', corners: ['┏', '┓', '┗', '┛']},
	arrow: '→', pointer: '›', folded: '▸', unfolded: '▾', branch: '├ ', lastBranch: '└ ', pipe: '│ ', full: '█', empty: '░', dot: '·',
	chart: ['┼', '┤', '╶', '╴', '─', '╰', '╭', '╮', '╯', '│'],
};

export const asciiGlyphs: Glyphs = {
	ascii: true,
	marks: {...unicodeGlyphs.marks, running: '>', passed: 'x', failed: 'F'},
	horizontal: '-', vertical: '|', heavy: {horizontal: '=', vertical: '|', corners: ['+', '+', '+', '+']},
	arrow: '->', pointer: '>', folded: '+', unfolded: '-', branch: '|-', lastBranch: '`-', pipe: '| ', full: '#', empty: '.', dot: '.',
	chart: ['+', '|', '-', '-', '-', '\\', '/', '\\', '/', '|'],
};

/** What the state of an item means. */
export const toneOfState: Record<ItemState, Tone> = {
	open: 'plain', running: 'info', passed: 'good', warned: 'warn', failed: 'bad', errored: 'bad', attested: 'good', waived: 'warn', 'not-applicable': 'dim', stale: 'warn',
};

/** Lines of shell blocks look like the items whose state means the same. */
export const itemStateOf: Record<StepState, ItemState> = {open: 'open', running: 'running', done: 'passed', failed: 'failed', stale: 'stale'};

/** An unknown environment counts as production and looks like it. */
export const environmentLook: Record<Environment, {word: string; tone: Tone; frame: Tone}> = {
	production: {word: 'PRODUCTION', tone: 'production', frame: 'production-frame'},
	unknown: {word: 'UNKNOWN, TREATED AS PRODUCTION', tone: 'production', frame: 'production-frame'},
	staging: {word: 'STAGING', tone: 'staging', frame: 'staging-frame'},
	development: {word: 'DEVELOPMENT', tone: 'development', frame: 'development-frame'},
};
