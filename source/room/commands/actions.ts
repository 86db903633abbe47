/** plan, backup, review, rehearse, upgrade, downgrade, maintain: what the keys of the console start. */
import {z} from 'zod';
import {movedByPlan, roomCommand} from './command.ts';

export const plan = roomCommand({
	name: 'plan',
	says: 'what an upgrade or downgrade would do',
	decides: true,
	plans: true,
	params: z.object({action: z.enum(['upgrade', 'downgrade']).default('upgrade'), revision: z.string().optional(), look: z.boolean().optional()}),
	run: (room, {look, ...params}, asker) => room.actions.plan({...params, purpose: look ? 'look' : 'aim', by: asker.by}),
});

const consent = {confirmed: z.boolean().default(false), expect: z.string().optional(), database: z.string().optional()};

export const upgrade = roomCommand({
	name: 'upgrade',
	says: 'runs the planned upgrade',
	decides: true,
	plans: true,
	params: z.object({revision: z.string().optional(), ...consent}),
	movedBy: movedByPlan,
	run: (room, {revision, ...given}, asker) => room.actions.migrate({action: 'upgrade', revision, consent: given, by: asker.by}),
});

export const downgrade = roomCommand({
	name: 'downgrade',
	says: 'runs a downgrade to a named revision',
	decides: true,
	plans: true,
	params: z.object({revision: z.string(), ...consent}),
	movedBy: movedByPlan,
	run: (room, {revision, ...given}, asker) => room.actions.migrate({action: 'downgrade', revision, consent: given, by: asker.by}),
});

export const backup = roomCommand({
	name: 'backup',
	says: 'takes and verifies a backup',
	decides: true,
	params: z.object({format: z.enum(['directory', 'custom']).optional(), jobs: z.number().int().min(1).optional(), compress: z.string().optional(), verify: z.enum(['list', 'read', 'restore']).optional(), from: z.string().optional(), switchWal: z.boolean().optional()}),
	run: (room, params, asker) => room.actions.backup({...params, by: asker.by}),
});

export const review = roomCommand({
	name: 'review',
	says: 'reviews the SQL of the pending revisions',
	decides: true,
	plans: true,
	params: z.object({range: z.string().optional(), pgVersion: z.number().int().min(12).max(18).optional(), rules: z.union([z.literal('all'), z.array(z.string())]).optional()}),
	run: (room, params, asker) => room.actions.review({...params, by: asker.by}),
});

export const rehearse = roomCommand({
	name: 'rehearse',
	says: 'rehearses the planned upgrade on a restored copy',
	decides: true,
	plans: true,
	params: z.object({against: z.string().optional(), clone: z.boolean().default(false), local: z.boolean().default(false), schemaOnly: z.boolean().default(false), tables: z.array(z.string()).optional()}),
	run: (room, params, asker) => room.actions.rehearse({...params, by: asker.by}),
});

export const maintain = roomCommand({
	name: 'maintain',
	says: 'VACUUM (ANALYZE) of the touched tables, or dropping an invalid index',
	decides: true,
	params: z.object({tables: z.array(z.string()).default([]), dropInvalid: z.string().optional(), confirmed: z.boolean().default(false)}),
	run: (room, params, asker) => room.actions.maintain({...params, by: asker.by}),
});
