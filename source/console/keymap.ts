/** The one table of keys: footer, help, palette and documentation are made from it. */
import {actionKeys} from './bindings/actions.ts';
import {dangerKeys} from './bindings/danger.ts';
import {itemKeys} from './bindings/items.ts';
import {moveKeys} from './bindings/moves.ts';
import {replayKeys} from './bindings/replay.ts';
import {stepKeys} from './bindings/steps.ts';
import {viewKeys} from './bindings/views.ts';
import type {Doing} from './doing.ts';
import {keyLabel} from './key-name.ts';
import {focusedPane} from './layout.ts';
import {checklistKeys} from './panels/checklist/keys.ts';
import {liveKeys} from './panels/live/keys.ts';
import {reviewKeys} from './panels/review/keys.ts';
import type {ConsoleState, PaneId} from './state.ts';

export type Group = 'actions' | 'danger' | 'checklist' | 'live' | 'review' | 'views' | 'moving' | 'console' | 'replay';

export interface Binding {
	id: string;
	/** Names as `keyName` gives them; none: by the palette only. */
	keys: readonly string[];
	/** What it does, as help and palette say it. */
	says: string;
	/** One or two words for the footer; without it the key is not in the footer. */
	short?: string;
	group: Group;
	/** Only while this pane has the focus; its keys come before the global ones. */
	pane?: PaneId;
	/** Absent while this is false. */
	when?(state: ConsoleState): boolean;
	/** The reason for a no, which the key answers with. */
	refuse?(state: ConsoleState): string | undefined;
	run(doing: Doing): void;
}

export const keymap: readonly Binding[] = [...checklistKeys, ...liveKeys, ...reviewKeys, ...itemKeys, ...stepKeys, ...actionKeys, ...dangerKeys, ...viewKeys, ...moveKeys, ...replayKeys];

export const groupTitles: Record<Group, string> = {
	actions: 'Actions', danger: 'Stopping', checklist: 'Checklist', live: 'Live pane', review: 'SQL review', views: 'Views', moving: 'Moving', console: 'Console', replay: 'Replay',
};

/** The bindings that count now: those of a replay before all, those of the focused pane before the global ones. */
export function bindingsNow(state: ConsoleState): Binding[] {
	const pane = focusedPane(state);
	const present = keymap.filter(binding => binding.when?.(state) ?? true);
	const first = present.filter(binding => binding.group === 'replay');
	const others = present.filter(binding => binding.group !== 'replay');
	return [...first, ...others.filter(binding => binding.pane === pane), ...others.filter(binding => binding.pane === undefined)];
}

/** The binding of a key. A key of a pane without the focus is looked up too, so that it can say where it works. */
export function findBinding(state: ConsoleState, key: string): Binding | undefined {
	const bindings = bindingsNow(state);
	const plain = key.replace(/^(shift|ctrl)\+(?=left$|right$)/, '');
	return bindings.find(binding => binding.keys.includes(key)) ?? bindings.find(binding => binding.keys.includes(plain));
}

/** The sentence that a key of another pane answers with. */
export function elsewhere(state: ConsoleState, key: string): string | undefined {
	const binding = keymap.find(candidate => candidate.keys.includes(key) && candidate.pane !== undefined && (candidate.when?.(state) ?? true));
	return binding && `${key}: ${binding.says} works in the ${binding.pane} pane; Tab goes there`;
}

/** A table of all keys in Markdown, for the readme; a test holds them together. */
export function keysTable(): string {
	const rows = (Object.keys(groupTitles) as Group[]).flatMap(group => keymap
		.filter(binding => binding.group === group)
		.map(binding => `| ${groupTitles[group]} | ${binding.keys.length > 0 ? binding.keys.map(key => `\`${keyLabel(key)}\``).join(' ') : 'palette'} | ${binding.says} |`));
	return ['| where | key | does |', '| --- | --- | --- |', ...rows].join('\n');
}
