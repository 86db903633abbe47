/** Samples made up, as many and as full as asked for, where a server would only take time. */
import type {ActiveSession, Sample} from '../../source/journal/shapes/sample.ts';

/** The `index`th second of a server on which so many sessions are at work. */
export function makeSample(index: number, sessions = 3): Sample {
	const active = Array.from({length: sessions}, (_, each): ActiveSession => ({pid: 1000 + (each * 7919 + index) % 5000, user: 'shop', application: `app-${each % 9}`, client: '10.0.0.1', state: 'active', seconds: ((index * 37 + each * 11) % 1000) / 10, transactionSeconds: ((index * 41 + each * 13) % 1000) / 10, waitEvent: null, query: `SELECT o.*, c.name FROM orders o JOIN customers c ON c.id = o.customer WHERE o.id = ${index * 31 + each * 17} /* ${'x'.repeat(each % 40)} */`, blockedBy: [], migration: false, backendStart: '2026-11-23 01:00:00.000000+00', backendType: 'client backend'}));
	return {at: new Date(Date.UTC(2026, 10, 23) + index * 1000).toISOString(), server: {version: '15.18', role: 'primary', uptimeSeconds: index}, active, locksWaiting: [], blockers: [], replication: [], slots: [], progress: [], connections: {total: 10, max: 100, active: 1, idle: 9, idleInTransaction: 0, waiting: 0}, rates: {commits: index * 1.7, rollbacks: null, tuplesWritten: null, walBytes: null}, hidden: [], tookMs: 1};
}
