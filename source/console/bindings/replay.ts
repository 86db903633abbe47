/** Keys of a replay, which come before all others while one is looked at. */
import type {Binding} from '../keymap.ts';
import type {ConsoleState} from '../state.ts';

const replay = {group: 'replay', when: (state: ConsoleState) => state.replay !== null} as const;

export const replayKeys: Binding[] = [
	{...replay, id: 'play', keys: ['space'], says: 'play, and stand still', short: 'play/pause', run: doing => doing.player?.toggle()},
	{...replay, id: 'seek-back', keys: [',', 'shift+left'], says: '10 s back', short: '10 s back', run: doing => doing.player?.seek(-10_000)},
	{...replay, id: 'seek-on', keys: ['.', 'shift+right'], says: '10 s on', short: '10 s on', run: doing => doing.player?.seek(10_000)},
	{...replay, id: 'moment-on', keys: ['}', 'ctrl+right'], says: 'to the next statement, attempt, alarm, act of the guard, start or end of an action', short: 'next event', run: doing => doing.player?.moment(1)},
	{...replay, id: 'moment-back', keys: ['{', 'ctrl+left'], says: 'to the one before', short: 'event before', run: doing => doing.player?.moment(-1)},
	{...replay, id: 'faster', keys: ['+'], says: 'faster, up to 64 times', short: 'faster', run: doing => doing.player?.faster(1)},
	{...replay, id: 'slower', keys: ['-'], says: 'slower, down to a quarter', short: 'slower', run: doing => doing.player?.faster(-1)},
	{...replay, id: 'replay-start', keys: ['home'], says: 'to the beginning of the recording', run: doing => doing.player?.ends('from')},
	{...replay, id: 'replay-end', keys: ['end'], says: 'to its end, and on with a room that is at work', run: doing => doing.player?.ends('to')},
	{...replay, id: 'leave-replay', keys: ['q', 'ctrl+c'], says: 'leave the replay', short: 'leave', run: doing => doing.leave()},
];
