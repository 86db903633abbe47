/** Runs checks for the room: what they may look at, their verdicts into the journal, and what makes their evidence stale. */
import {readFileSync} from 'node:fs';
import {execa} from 'execa';
import {reviewPlanned} from '../actions/review.ts';
import {valueOf} from '../alembic/problem.ts';
import {readProject} from '../alembic/reading.ts';
import {contextKeys, NotYet, type Check, type ContextKey, type Look} from '../checks/check.ts';
import {missingConfiguration} from '../checks/configuration.ts';
import {findCheck} from '../checks/index.ts';
import {userCheck} from '../checks/user-check.ts';
import {renderReport} from '../checklist/report.ts';
import {Refusal} from '../journal/refusal.ts';
import type {Verdict} from '../journal/shapes/evidence.ts';
import {satisfiedStates, type Hold, type Item} from '../journal/shapes/item.ts';
import type {Plan} from '../journal/shapes/plan.ts';
import {createContextReader, newestBackup} from './context.ts';
import type {Room} from './room.ts';
import {isAged, staleReason} from './staleness.ts';

export interface Checks {
	/** Runs the checks of these items, one after another, each between its two events. */
	run(items: string[], by: string): Promise<void>;
	/** What the evidence of an item depends on, as it is now. */
	contextOf(item: Item): Promise<Record<string, string>>;
	/** Marks as stale what no longer holds. */
	refresh(): Promise<void>;
	/** Asks again what stands before an action and has only aged, or is asked at every start. */
	renew(hold: Hold, by: string): Promise<void>;
	/** The ticked checklist with its evidence. */
	report(): string;
}

export function createChecks(room: Room): Checks {
	let queue: Promise<void> = Promise.resolve();
	let refreshing: Promise<void> | null = null;
	const context = createContextReader(room);
	const own = new Map(room.settings.checks.map(each => [each.name, userCheck(each)]));
	const checkOf = (item: Item | undefined): Check | undefined => (item?.check ? own.get(item.check) ?? findCheck(item.check) : undefined);

	const run = async (ids: string[], by: string) => {
		const look = createLook(room);
		for (const id of ids) {
			const item = room.state().items.find(each => each.id === id);
			const check = checkOf(item);
			if (!item || !check) continue;
			room.keeper.record('check-started', by, {item: id, check: check.id});
			const {verdict, settled} = await verdictOf(check, look);
			room.keeper.record('check-finished', by, {item: id, check: check.id, verdict, settled, context: await context.read(check.dependsOn)});
		}
	};
	const enqueue: Checks['run'] = (ids, by) => {
		const done = queue.then(() => run(ids, by));
		queue = done.catch(() => {});
		return done;
	};
	/** Files first: they are at hand, also while the database does not answer. */
	const refresh = async () => {
		for (const keys of [local, contextKeys.filter(key => !local.includes(key))]) {
			const {busy} = room.actions;
			// What an action does makes nothing stale; while a backup or a rehearsal runs, only files move by other hands.
			if (!room.keeper.opened || room.settings.readOnly || busy === 'upgrade' || busy === 'downgrade' || (busy && keys !== local)) return;
			const satisfied = room.state().items.filter(item => satisfiedStates.has(item.state) && item.state !== 'waived' && !item.sealed && item.context);
			if (satisfied.length === 0) return;
			const now = await context.read(keys);
			for (const item of satisfied) {
				const reason = staleReason(item, {context: now, files: context.changedFiles(item), ttlMs: busy || item.verdict?.lasting ? undefined : checkOf(item)?.ttlMs, at: Date.now()});
				const still = room.state().items.find(each => each.id === item.id);
				if (reason && still?.state === item.state && still.at === item.at && !still.sealed) room.keeper.record('item-went-stale', 'holdpoint', {item: item.id, reason});
			}
		}
	};
	return {
		run: enqueue,
		async contextOf(item) {
			// A word given before the first plan is about that plan too: it must not fall when it is made, nor outlive its change.
			if (!room.state().plan) await room.actions.plan({action: 'upgrade', revision: upgradeAim(room), by: 'holdpoint'}).catch(() => {});
			return context.read(checkOf(item)?.dependsOn ?? ['target', 'plan']);
		},
		async refresh() {
			refreshing ??= refresh().finally(() => {
				refreshing = null;
			});
			return refreshing;
		},
		async renew(hold, by) {
			const aged = room.state().items.filter(item => item.holds.includes(hold) && !item.sealed && item.by === undefined && item.context !== undefined);
			const again: string[] = [];
			for (const item of aged) {
				const check = checkOf(item);
				const due = satisfiedStates.has(item.state) ? check?.atStart === true : item.state === 'stale' && isAged({at: item.verdict?.at}, {ttlMs: check?.ttlMs, at: Date.now()});
				if (due && same(item.context!, await context.read(check!.dependsOn))) again.push(item.id);
			}
			if (again.length > 0) await enqueue(again, by);
		},
		report: () => renderReport(room.state(), room.checklist.markdown),
	};
}

/** What can be told without asking anybody. */
const local: readonly ContextKey[] = ['files', 'window'];

function same(before: Record<string, string>, now: Partial<Record<ContextKey, string>>): boolean {
	return Object.entries(before).every(([key, value]) => now[key as ContextKey] === value);
}

/** What only gathers, and what could not look yet, settles nothing: the item stays with people. */
async function verdictOf(check: Check, look: Look): Promise<{verdict: Verdict; settled: boolean}> {
	const started = performance.now();
	const end = () => ({at: new Date().toISOString(), seconds: (performance.now() - started) / 1000});
	const example = missingConfiguration(check.id, look.settings);
	const helped = <T extends {summary: string}>(verdict: T) => (example === null ? verdict : {...verdict, summary: `${verdict.summary} For a machine to prove it, set in holdpoint.yaml: ${example}`, configure: example});
	try {
		const result = await check.run(look);
		const proven = result.status === 'passed' || result.status === 'not-applicable';
		return {verdict: {...(proven ? result : helped(result)), ...end()}, settled: check.proves === 'wholly' || result.status !== 'warned'};
	} catch (error) {
		const summary = error instanceof Refusal ? error.message : `the check could not look: ${(error as Error).message}`;
		return {verdict: {...helped({status: 'errored' as const, summary, evidence: []}), ...end()}, settled: !(error instanceof NotYet)};
	}
}

/** Everything is read at most once in a round. */
function createLook(room: Room): Look {
	const once = <T>(read: () => Promise<T>): (() => Promise<T>) => {
		let known: Promise<T> | null = null;
		return () => (known ??= read());
	};
	// Once it has run, the plan is history: planning anew would find nothing left to do.
	const plan = once(async () => ranPlan(room) ?? room.actions.plan({action: 'upgrade', revision: upgradeAim(room), by: 'holdpoint'}));
	const sql = once(async () => readFileSync((await plan()).sql, 'utf8'));
	const project = once(() => readProject(room.target.project, {facts: true, imports: true}));
	const facts = once(async () => {
		const files = new Set((await plan()).revisions.map(each => each.file));
		return valueOf((await project()).facts).filter(each => files.has(each.file));
	});
	const database = once(async () => {
		const [reading] = valueOf((await readProject(room.target.project, {database: {differences: true}})).database);
		if (!reading) throw new Refusal(2, 'env.py ended without reading a database; look into run_migrations_online() there.');
		return reading;
	});
	const rehearsal = async () => {
		const {rehearsal} = room.state();
		if (!rehearsal) return null;
		return rehearsal.digest === undefined || room.state().actions.some(each => each.action === 'upgrade') || rehearsal.digest === (await plan()).digest ? rehearsal : null;
	};
	return {
		settings: room.settings,
		get state() {
			return room.state();
		},
		now: new Date(),
		project,
		facts,
		plan,
		sql,
		review: once(async () => {
			const input = {sql: await sql(), facts: await facts()};
			return (await reviewPlanned({settings: room.settings, session: () => room.target.session(), reading: room.target.reading, rehearsal: await rehearsal()}, input)).review;
		}),
		session: () => room.target.session(),
		database,
		current: async () => (await database()).rows,
		backup: async () => newestBackup(room),
		rehearsal,
		upgrade: () => room.state().actions.findLast(each => each.action === 'upgrade') ?? null,
		sample: () => room.watch.fresh(),
		recorded: range => room.watch.recorded(range),
		contacts: room.contacts,
		keep: artifact => room.keeper.keep(artifact),
		async run(argv, {timeoutMs = 60_000} = {}) {
			const started = performance.now();
			const [program, ...rest] = argv as [string, ...string[]];
			const result = await execa(program, rest, {cwd: room.settings.project, env: room.target.project.environment, extendEnv: false, reject: false, stdin: 'ignore', timeout: timeoutMs, maxBuffer: 10_000_000});
			return {exit: result.exitCode ?? null, stdout: room.scrubber.text(result.stdout), stderr: room.scrubber.text(result.stderr), seconds: (performance.now() - started) / 1000};
		},
	};
}

function ranPlan(room: Room): Plan | null {
	const {plan, actions} = room.state();
	const last = actions.findLast(each => each.action === 'upgrade' || each.action === 'downgrade');
	return plan?.action === 'upgrade' && last?.action === 'upgrade' && last.status === 'done' ? plan : null;
}

/** The run's plan says whereto; without one it is `head`. */
export function upgradeAim(room: Room): string | undefined {
	const {aim} = room.state();
	return aim.length === 1 ? aim[0] : undefined;
}
