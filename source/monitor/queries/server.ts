/** Which server it is: another one that answers at the same address has another identifier. */
import {textOf} from '../connection.ts';
import type {PollQuery} from './query.ts';

/** pg_control_system().system_identifier, as text since it exceeds 2^53. */
export const server: PollQuery<string | null> = {
	shows: 'its system identifier, so that another server at this address is not noticed',
	everyPolls: 15,
	text: () => '/* holdpoint: server */\nSELECT system_identifier::text AS system FROM pg_control_system()',
	parse: ([row]) => textOf(row?.['system'] ?? null),
};
