/** plan, approve, backup, review, rehearse, upgrade, downgrade, maintain: what the keys of the console start. */
import {z} from 'zod';
import {Refusal} from '../../journal/refusal.ts';
import {movedByPlan, roomCommand} from './command.ts';

export const plan = roomCommand({
	name: 'plan',
	says: 'what an upgrade or downgrade would do',
	decides: true,
	plans: true,
	params: z.object({action: z.enum(['upgrade', 'downgrade']).default('upgrade'), revision: z.string().optional(), look: z.boolean().optional()}),
	run: (room, {look, ...params}, asker) => room.actions.plan({...params, purpose: look ? 'look' : 'aim', by: asker.by}),
});

export const approve = roomCommand({
	name: 'approve',
	says: 'approves the current plan',
	decides: true,
	plans: true,
	params: z.object({by: z.string().optional(), digest: z.string().optional()}),
	movedBy: event => event.kind === 'plan-made' || movedByPlan(event),
	async run(room, params, asker) {
		const by = (params.by ?? asker.by).trim();
		if (by === '') throw new Refusal(2, 'An approval needs a name.');
		const known = room.state().plan;
		const action = known?.action ?? 'upgrade';
		const current = await room.actions.plan({action, by, revision: known && (known.to.length > 1 ? 'heads' : known.to[0] ?? (action === 'downgrade' ? 'base' : undefined))});
		if (current.revisions.length === 0) throw new Refusal(3, `The database is at ${current.from.join(', ') || 'base'} already; there is nothing to approve.`);
		if (params.digest !== undefined && !current.digest.startsWith(params.digest)) throw new Refusal(3, `The plan is now ${current.digest.slice(0, 16)}, not ${params.digest.slice(0, 16)}; look at it again before you approve it.`);
		room.keeper.record('plan-approved', by, {digest: current.digest, approver: by, signed: false});
		const approvals = room.state().approvals.filter(approval => approval.digest === current.digest);
		return {digest: current.digest, approvals: approvals.map(approval => ({by: approval.by, signed: approval.signed, at: approval.at}))};
	},
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
	params: z.object({format: z.enum(['directory', 'custom']).optional(), jobs: z.number().int().min(1).optional(), verify: z.enum(['list', 'read', 'restore']).optional(), from: z.string().optional()}),
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
	params: z.object({against: z.string().optional(), local: z.boolean().default(false), schemaOnly: z.boolean().default(false), tables: z.array(z.string()).optional()}),
	run: (room, params, asker) => room.actions.rehearse({...params, by: asker.by}),
});

export const maintain = roomCommand({
	name: 'maintain',
	says: 'VACUUM (ANALYZE) of the touched tables',
	decides: true,
	params: z.object({tables: z.array(z.string()).default([]), confirmed: z.boolean().default(false)}),
	run: (room, params, asker) => room.actions.maintain({...params, by: asker.by}),
});
