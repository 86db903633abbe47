/** How the console's state changes: pure, one action in, a new state out; unchanged parts keep their identity. */
import type {ConsoleState} from './state.ts';
import {reduceLive, type LiveAction} from './reduce-live.ts';
import {reduceLook, type LookAction} from './reduce-look.ts';
import {reduceReplay, type ReplayAction} from './reduce-replay.ts';
import {reduceReview, type ReviewAction} from './reduce-review.ts';
import {reduceRoom, type RoomAction} from './reduce-room.ts';

export type Action = RoomAction | LookAction | LiveAction | ReplayAction | ReviewAction;

/** The state after an action. */
export function reduce(state: ConsoleState, action: Action): ConsoleState {
	return reduceReview(reduceReplay(reduceLive(reduceLook(reduceRoom(state, action), action), action), action), action);
}
