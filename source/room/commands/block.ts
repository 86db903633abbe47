/** run-block, end-block: the checklist's own shell blocks. */
import {z} from 'zod';
import {roomCommand} from './command.ts';

export const runBlock = roomCommand({
	name: 'run-block',
	says: 'gives a shell block of the checklist to bash, as it stands, and answers at its end',
	decides: true,
	params: z.object({block: z.string(), sha256: z.string().optional(), confirmed: z.boolean().default(false), confirm: z.string().optional()}),
	movedBy: (event, {block}) => (event.kind === 'block-started' || event.kind === 'block-finished' || event.kind === 'block-went-stale') && event.block === block,
	run: (room, params, asker) => room.blocks.run({...params, by: asker.by}),
});

export const endBlock = roomCommand({
	name: 'end-block',
	says: 'ends a running block with everything that it started',
	decides: true,
	urgent: true,
	params: z.object({block: z.string()}),
	run: (room, {block}, asker) => room.blocks.end(block, asker.by),
});
