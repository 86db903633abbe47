/** The foot of the screen: one line of what happened last, one line of keys. */
import {bindingsNow, type Binding} from '../../keymap.ts';
import {timeOf} from '../../parts/figures.ts';
import {span, widthOfLine, type Line, type Span, type Tone} from '../../parts/line.ts';
import {isOld, type ConsoleState} from '../../state.ts';

/** What the footer is made of. */
export function footerNeeds(state: ConsoleState): readonly unknown[] {
	return [state.message, state.run, state.activities, state.dialog, state.columns, state.rows, state.focus, state.view, state.outcome, state.cursor, state.pid, state.readOnly, state.gone, state.silentSince, state.attached, state.glyphs, state.detailWanted, state.blind];
}

/** Message, else what the room is doing, else the journal's last word; under it the keys. */
export function footerLines(state: ConsoleState): Line[] {
	return [lastLine(state), state.dialog?.kind === 'filter' ? filterLine(state.dialog.text) : keysLine(state)];
}

function lastLine(state: ConsoleState): Line {
	if (state.gone !== null) return [span(` The room is gone: ${state.gone}. What is shown is old. q leaves.`, 'bad')];
	if (isOld(state)) return [span(' The room gives no sign since ', 'bad'), span(new Date(state.silentSince!).toISOString().slice(11, 19), 'bad'), span(' UTC. What is shown is old.', 'bad')];
	const levels: Record<'info' | 'warning' | 'error', Tone> = {info: 'info', warning: 'warn', error: 'bad'};
	if (state.message) return [span(` ${state.message.text}`, levels[state.message.level])];
	const activity = Object.values(state.activities).at(-1);
	if (activity) return [span(` ${activity.work}: ${activity.text}`, 'info'), span(activity.share === undefined ? '' : `  ${Math.floor(activity.share * 100)} %`, 'strong')];
	const warning = state.room?.warnings[0];
	const last = state.run?.log.at(-1);
	if (!last) return [span(warning ? ` ${warning}` : '', 'warn')];
	return [span(` ${timeOf(last.at)} ${last.by}  `, 'dim'), span(last.text, last.level === 'error' ? 'bad' : last.level === 'warning' ? 'warn' : 'plain')];
}

function filterLine(text: string): Line {
	return [span(' /', 'key'), span(text), span('_', 'key'), span('   Enter keeps it, Esc takes it away, ! turns it round', 'dim')];
}

/** Help and leaving stand at the right edge, always; of the others as many as fit, the pane's own first. */
function keysLine(state: ConsoleState): Line {
	const all = bindingsNow(state).filter(binding => binding.short);
	const fixed = all.filter(binding => binding.id === 'help' || binding.id === 'quit');
	const right = fixed.flatMap(binding => keyOf(binding, state));
	const urgent = (binding: Binding) => Number(binding.group === 'danger' && binding.id !== 'guard' && binding.pane === undefined);
	const left: Line[] = all.filter(binding => !fixed.includes(binding)).toSorted((one, other) => urgent(other) - urgent(one)).map(binding => keyOf(binding, state));
	const taken: Span[] = [];
	let room = state.columns - widthOfLine(right);
	for (const key of left) {
		const width = widthOfLine(key);
		if (width > room) break;
		taken.push(...key);
		room -= width;
	}

	return [...taken, span(' '.repeat(Math.max(0, room))), ...right];
}

function keyOf(binding: Binding, state: ConsoleState): Line {
	const refused = binding.refuse?.(state) !== undefined;
	const names: Record<string, string> = {enter: 'Enter', tab: 'Tab', space: 'Space', esc: 'Esc'};
	return [span(` ${names[binding.keys[0]!] ?? binding.keys[0]!}`, refused ? 'dim' : 'key'), span(` ${binding.short!} `, refused ? 'dim' : 'plain')];
}
