/** Why a key can't do its work now, in a sentence; undefined when it can. */
import {replayReason} from '../replay/state.ts';
import {comeBack, currentItem, isOld, type ConsoleState} from '../state.ts';

/** For whatever decides or acts. */
export function ask(state: ConsoleState): string | undefined {
	if (state.replay) return replayReason;
	if (state.gone !== null) return `the room ${state.ended ? 'has ended' : 'is gone'} (${state.gone}); q leaves, ${comeBack(state.run)} goes on with the run`;
	if (!state.attached) return 'the room has not answered yet';
	if (isOld(state)) return 'the room gives no sign at present; what is on the screen is old';
	if (state.readOnly) return 'this console only looks (--read-only)';
	if (state.run && state.run.state !== 'open') return `the run is ${state.run.state}; nothing more is decided in it`;
	return undefined;
}

/** For what must not run beside an action. */
export function free(state: ConsoleState): string | undefined {
	const running = state.run?.running;
	return ask(state) ?? (running ? `${running.action} is running since ${running.startedAt.slice(11, 19)} UTC; x cancels it` : undefined);
}

/** For what needs a running action. */
export function running(state: ConsoleState): string | undefined {
	return ask(state) ?? (state.run?.running ? undefined : 'nothing is running');
}

/** For what needs an item under the cursor. */
export function onItem(state: ConsoleState): string | undefined {
	const reason = ask(state);
	if (reason) return reason;
	const item = currentItem(state);
	if (!item) return 'move to an item of the checklist first';
	return item.state === 'running' ? 'its check is running; wait for its verdict' : undefined;
}
