/** The foot of the screen: one line of what happened last, the keys under it. */
import {keyLabel} from '../../key-name.ts';
import {bindingsNow, findBinding, type Binding} from '../../keymap.ts';
import {footerRows} from '../../layout.ts';
import {timeOf} from '../../parts/figures.ts';
import {span, widthOfLine, type Line, type Span, type Tone} from '../../parts/line.ts';
import {wrap} from '../../parts/printable.ts';
import {comeBack, isOld, type ConsoleState} from '../../state.ts';

/** What the footer is made of. */
export function footerNeeds(state: ConsoleState): readonly unknown[] {
	return [state.message, state.run, state.activities, state.dialog, state.columns, state.rows, state.focus, state.view, state.outcome, state.cursor, state.pid, state.live, state.filters, state.readOnly, state.gone, state.silentSince, state.attached, state.glyphs, state.detailWanted, state.blind];
}

/** Message, else what the room is doing, else the journal's last word; under it the keys. A message that is longer than a row stands over the pane's last rows. */
export function footerLines(state: ConsoleState): Line[] {
	return [...lastLines(state), ...(state.dialog?.kind === 'filter' ? [filterLine(state.dialog.text)] : keysLines(state))];
}

const messageRows = 4;

function lastLines(state: ConsoleState): Line[] {
	const whole = (text: string, tone: Tone): Line[] => wrap(text, state.columns - 2).slice(0, messageRows).map(row => [span(` ${row}`, tone)]);
	if (state.gone !== null) return whole(`The room ${state.ended ? 'has ended' : 'is gone'}: ${state.gone}. What is shown is old. q leaves; ${comeBack(state.run)} goes on with the run.`, 'bad');
	if (isOld(state)) return whole(`The room gives no sign since ${new Date(state.silentSince!).toISOString().slice(11, 19)} UTC. What is shown is old.`, 'bad');
	const levels: Record<'info' | 'warning' | 'error', Tone> = {info: 'info', warning: 'warn', error: 'bad'};
	return state.message ? whole(state.message.text, levels[state.message.level]) : [lastLine(state)];
}

function lastLine(state: ConsoleState): Line {
	// The header has the guard's word, which would be the last one all the time.
	const activity = Object.values(state.activities).findLast(({work}) => work !== 'guard');
	if (activity) return [span(` ${activity.work}: ${activity.text}`, 'info'), span(activity.share === undefined ? '' : `  ${Math.floor(activity.share * 100)} %`, 'strong')];
	const last = state.run?.log.at(-1);
	if (!last) return [];
	return [span(` ${timeOf(last.at)} ${last.by}  `, 'dim'), span(shortItem(last.text), last.level === 'error' ? 'bad' : last.level === 'warning' ? 'warn' : 'plain')];
}

/** An item's id without its heading: what became of it must fit in one line too. */
function shortItem(text: string): string {
	return text.replace(/^[a-z0-9-]+\/(?=[a-z0-9-]+)/, '');
}

function filterLine(text: string): Line {
	return [span(' /', 'key'), span(text), span('_', 'key'), span('   Enter keeps it, Esc takes it away, ! turns it round', 'dim')];
}

/** Help and leaving stand at the right edge of the last row, always; of the others as many as fit, the pane's own first, what stops a run before all. */
function keysLines(state: ConsoleState): Line[] {
	// Where nothing is decided, in a replay or by who only looks, what is left should be seen.
	const looking = state.replay !== null || state.readOnly;
	const all = bindingsNow(state).filter(binding => binding.short && !(looking && binding.refuse?.(state)) && !isShadowed(binding, state));
	const fixed = all.filter(binding => binding.id === 'help' || binding.keys.includes('q'));
	const right = fixed.flatMap(binding => keyOf(binding, state));
	const urgent = (binding: Binding) => Number(binding.group === 'danger' && binding.id !== 'guard' && binding.pane === undefined);
	const left = all.filter(binding => !fixed.includes(binding)).toSorted((one, other) => urgent(other) - urgent(one)).map(binding => keyOf(binding, state));
	const count = footerRows(state) - 1;
	const rows: Span[][] = [];
	for (let row = 0; row < count; row++) {
		const edge = row === count - 1 ? right : [];
		const taken: Span[] = [];
		let room = state.columns - widthOfLine(edge);
		while (left.length > 0 && widthOfLine(left[0]!) <= room) {
			const key = left.shift()!;
			taken.push(...key);
			room -= widthOfLine(key);
		}

		rows.push([...taken, span(' '.repeat(Math.max(0, room))), ...edge]);
	}

	return rows;
}

/** Its key has another use here: the pane's own, or the replay's. */
function isShadowed(binding: Binding, state: ConsoleState): boolean {
	return findBinding(state, binding.keys[0]!) !== binding;
}

function keyOf(binding: Binding, state: ConsoleState): Line {
	const refused = binding.refuse?.(state) !== undefined;
	return [span(` ${keyLabel(binding.keys[0]!)}`, refused ? 'dim' : 'key'), span(` ${binding.short!} `, refused ? 'dim' : 'plain')];
}
