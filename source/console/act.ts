/** What a key press leads to: the dialog first, then the focused pane's keys, then the global ones. */
import type {Dialog} from './dialogs/dialog.ts';
import type {Effect} from './dialogs/keys.ts';
import {pressInDialog} from './dialogs/keys.ts';
import {confirmPlan} from './dialogs/confirm-plan.ts';
import type {Doing} from './doing.ts';
import type {Press} from './key-name.ts';
import {elsewhere, findBinding} from './keymap.ts';
import type {Plan} from '../journal/shapes/plan.ts';

/** Handles one key press. Several may come before a frame is drawn, so everything is read from the store. */
export function act(press: Press, doing: Doing): void {
	const state = doing.state();
	if (state.dialog) {
		const {dialog, effect} = pressInDialog(state.dialog, press, state);
		if (dialog !== state.dialog) doing.dispatch({type: 'dialog', dialog});
		if (effect) follow(effect, doing);
		// Only where a text was typed does the Enter behind it belong to the same answer.
		if (press.enters && dialog && takesText(dialog)) act({key: 'enter', text: ''}, doing);
		return;
	}

	if (press.key === '') return repeat(press.text, doing);
	const binding = findBinding(state, press.key);
	if (!binding) {
		const reason = elsewhere(state, press.key);
		if (reason) doing.say(reason);
		return;
	}

	const reason = binding.refuse?.(state);
	if (reason) return doing.say(reason, 'warning');
	if (state.message) doing.dispatch({type: 'message', message: null});
	binding.run(doing);
}

function takesText(dialog: Dialog): boolean {
	return dialog.kind === 'form' || dialog.kind === 'filter' || dialog.kind === 'palette' || (dialog.kind === 'confirm' && dialog.typed !== undefined);
}

/** A key that is held down comes in one piece over a slow line. Moving may be repeated; anything else might be pasted. */
function repeat(text: string, doing: Doing): void {
	const [, key] = /^(.)\1+$/u.exec(text) ?? [];
	const binding = key === undefined ? undefined : findBinding(doing.state(), key);
	if (binding?.group === 'moving' || binding?.group === 'replay') for (const _ of text) binding.run(doing);
}

/** Does what a dialog led to. */
function follow(effect: Effect, doing: Doing): void {
	switch (effect.kind) {
		case 'command': return doing.ask(effect.command);
		case 'binding': return doing.start(effect.id);
		case 'dialog': return doing.dispatch({type: 'dialog', dialog: effect.dialog});
		case 'copy': return doing.copy(effect.text);
		case 'leave': return doing.leave();
		case 'nothing': return;
		case 'say': return doing.say(effect.text, 'warning');
		case 'filter': return doing.dispatch({type: 'filter', pane: effect.pane, text: effect.text});
		case 'limit': return doing.ask({command: 'guard', params: {key: effect.key, value: effect.value === null ? 'off' : String(effect.value)}, done: `guard: ${effect.key} is now ${effect.value ?? 'off'}`});
		case 'plan': return doing.query<Plan>({command: 'plan', params: {action: effect.action, revision: effect.revision}}, plan => {
			const state = doing.state();
			if (state.run) doing.dispatch({type: 'dialog', dialog: confirmPlan(state, state.run, plan)});
		});
		default: effect satisfies never;
	}
}
