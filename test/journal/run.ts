/** The smallest run that a journal can begin with. */
import type {EventData} from '../../source/journal/events.ts';
import type {Item} from '../../source/journal/shapes/item.ts';
import type {Plan, Target} from '../../source/journal/shapes/plan.ts';

export const target: Target = {host: 'db1', port: 5432, database: 'shop', role: 'owner', systemIdentifier: '7312', serverVersion: '15.18', environment: 'production', source: 'env.py'};

export function item(id: string, more: Partial<Item> = {}): Item {
	return {id, section: ['Part'], text: id, state: 'open', required: true, holds: ['upgrade'], ...more};
}

export function opening(items: Item[] = [item('part/one'), item('part/two')]): EventData<'run-opened'> {
	return {
		run: 'r1', project: '/project', target, from: ['a1'], to: ['b2'], items,
		checklist: {title: 'Checklist', path: '/checklist.md', sha256: 'c'.repeat(64)},
		guard: {
			maxBlockedSessions: 20, maxBlockedSeconds: 3, maxSessionSeconds: 60, maxLagSeconds: null, maxLagBytes: null, minFreeConnectionsPercent: 10,
			maxEstimateFactor: null, minFreeDiskBytes: null, maxRetainedWalBytes: null, samples: 2, action: 'cancel',
		},
	};
}

export function plan(more: Partial<Plan> = {}): Plan {
	return {
		action: 'upgrade', target, from: ['a1'], to: ['b2'], revisions: [{revision: 'b2', doc: 'second', file: '/project/b2.py', sha256: 'd'.repeat(64), sql: true}],
		commitPoints: [], sql: '/run/plan.sql', sqlSha256: 'e'.repeat(64), digest: 'f'.repeat(64), digestLines: [], unstable: [], unmet: [], warnings: [], wayBack: [], ...more,
	};
}
