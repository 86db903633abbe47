/** Draws the grid of a terminal as SVG: one text for each run of cells that look alike, so that every cell stays in its column. */
import type {IBufferCell, Terminal} from '@xterm/headless';

const cell = {width: 8.4, height: 18, baseline: 13.5};
const padding = 14;
const colours = {front: '#d6dae0', back: '#14171c'};
const palette = ['#3b4048', '#e0626c', '#8cc570', '#dcb45c', '#61a5e8', '#c07bd8', '#56b6c2', '#c8ccd4', '#7f8794', '#f07a84', '#a4d98a', '#f0cc74', '#7fbcf5', '#d394e8', '#74ccd6', '#ffffff'];

interface Run {
	column: number;
	cells: number;
	text: string;
	front: string;
	back: string | null;
	bold: boolean;
	dim: boolean;
	underline: boolean;
}

/** @param title what a screen reader says instead of the picture */
export function drawSvg(terminal: Terminal, title: string): string {
	const width = terminal.cols * cell.width + 2 * padding;
	const height = terminal.rows * cell.height + 2 * padding;
	const lines = Array.from({length: terminal.rows}, (_, row) => runsOf(terminal, row).map(run => drawRun(run, row)).join('')).filter(line => line !== '');
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${number(width)} ${number(height)}" role="img" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" xml:space="preserve">
<title>${escape(title)}</title>
<rect width="100%" height="100%" rx="8" fill="${colours.back}"/>
${lines.join('\n')}
</svg>
`;
}

function runsOf(terminal: Terminal, row: number): Run[] {
	const line = terminal.buffer.active.getLine(row);
	const runs: Run[] = [];
	for (let column = 0; line && column < terminal.cols; column++) {
		const one = line.getCell(column);
		if (!one || one.getWidth() === 0) continue;
		const look = lookOf(one);
		const last = runs.at(-1);
		if (last && last.column + last.cells === column && (Object.keys(look) as (keyof typeof look)[]).every(key => last[key] === look[key])) {
			last.text += one.getChars() || ' ';
			last.cells += one.getWidth();
		} else runs.push({column, cells: one.getWidth(), text: one.getChars() || ' ', ...look});
	}
	return runs.filter(run => run.text.trim() !== '' || run.back !== null);
}

function lookOf(one: IBufferCell): Pick<Run, 'front' | 'back' | 'bold' | 'dim' | 'underline'> {
	const front = one.isFgDefault() ? colours.front : colourOf(one.getFgColor(), one.isFgRGB());
	const back = one.isBgDefault() ? null : colourOf(one.getBgColor(), one.isBgRGB());
	const inverse = one.isInverse() !== 0;
	return {front: inverse ? back ?? colours.back : front, back: inverse ? front : back, bold: one.isBold() !== 0, dim: one.isDim() !== 0, underline: one.isUnderline() !== 0};
}

/** A number of the 256 colours, or 0xRRGGBB. */
function colourOf(value: number, rgb: boolean): string {
	if (rgb) return `#${value.toString(16).padStart(6, '0')}`;
	if (value < 16) return palette[value]!;
	if (value >= 232) return `#${(8 + (value - 232) * 10).toString(16).padStart(2, '0').repeat(3)}`;
	const steps = [0, 95, 135, 175, 215, 255];
	return `#${[36, 6, 1].map(base => steps[Math.floor((value - 16) / base) % 6]!.toString(16).padStart(2, '0')).join('')}`;
}

function drawRun({column, cells, text, front, back, bold, dim, underline}: Run, row: number): string {
	const left = (at: number) => number(padding + at * cell.width);
	const y = padding + row * cell.height;
	const rect = back === null ? '' : `<rect x="${left(column)}" y="${number(y)}" width="${number(cells * cell.width)}" height="${cell.height}" fill="${back}"/>`;
	const words = text.trim();
	if (words === '') return rect;
	const style = `${bold ? ' font-weight="bold"' : ''}${dim ? ' opacity="0.6"' : ''}${underline ? ' text-decoration="underline"' : ''}`;
	const before = text.length - text.trimStart().length;
	const width = cells - (text.length - words.length);
	// Whatever the font, a run is as wide as its cells.
	return `${rect}<text x="${left(column + before)}" y="${number(y + cell.baseline)}" fill="${front}" textLength="${number(width * cell.width)}" lengthAdjust="spacingAndGlyphs"${style}>${escape(words)}</text>`;
}

function number(value: number): string {
	return String(Math.round(value * 10) / 10);
}

function escape(text: string): string {
	return text.replace(/[&<>"]/g, character => ({'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'})[character]!);
}
