/** Runs the room's actions one at a time, gives each its context, and lets people steer the one that runs. */
import {mkdirSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {takeBackup, type BackupRequest} from '../actions/backup.ts';
import type {ActionContext, Steering} from '../actions/context.ts';
import {runDropInvalid} from '../actions/drop-invalid.ts';
import {runMaintain} from '../actions/maintain.ts';
import {resumeMigration, runMigration, type MigrationRequest} from '../actions/migrate.ts';
import {makePlan, type PlanRequest} from '../actions/plan.ts';
import {runRehearsal, type RehearsalRequest} from '../actions/rehearse.ts';
import {runReview, type ReviewAnswer, type ReviewRequest} from '../actions/review.ts';
import type {Consent} from '../actions/policy.ts';
import {Refusal} from '../journal/refusal.ts';
import type {Backup} from '../journal/shapes/backup.ts';
import type {Outcome} from '../journal/shapes/outcome.ts';
import type {ActionName, Plan} from '../journal/shapes/plan.ts';
import type {Rehearsal} from '../journal/shapes/rehearsal.ts';
import type {RunningAction} from '../journal/shapes/run.ts';
import {openChild, startChild} from './children.ts';
import {findPlan} from './made-plans.ts';
import type {Listener, Room} from './room.ts';

type By = {by: string};

export interface Actions {
	/** What runs now, or null. */
	readonly busy: ActionName | null;
	/** @throws Refusal 3 for those who may only look, and where holdpoint and env.py reach different databases */
	mustBeAllowed(asker: Listener): void;
	plan(request: PlanRequest & By): Promise<Plan>;
	migrate(request: {action: 'upgrade' | 'downgrade'; revision?: string; consent: Consent} & By): Promise<Outcome | {nothing: string; version: string[]}>;
	backup(request: BackupRequest & By): Promise<Backup>;
	review(request: ReviewRequest & By): Promise<ReviewAnswer>;
	rehearse(request: RehearsalRequest & By): Promise<Rehearsal>;
	/** `dropInvalid`: instead of VACUUM, drops this invalid index. */
	maintain(request: {tables: string[]; dropInvalid?: string; confirmed: boolean} & By): Promise<Outcome>;
	cancel(request: {terminate: boolean; reason: string} & By): Promise<{done: boolean; reason: string}>;
	hold(by: string): {done: boolean; reason: string};
	proceed(by: string): {done: boolean; reason: string};
	/** Takes up the action that an earlier room left running. */
	resume(): Promise<void>;
	/** Resolves when nothing runs any more. */
	idle(): Promise<void>;
}

export function createActions(room: Room): Actions {
	let busy: ActionName | null = null;
	let steering: Steering | null = null;
	let stop: AbortController | null = null;
	let work: Promise<unknown> = Promise.resolve();

	const context = (by: string): ActionContext => actionContext(room, {by, signal: (stop ??= new AbortController()).signal, steer: next => void (steering = next)});

	/** Only one at a time: a dump and a DDL statement would wait for each other, and everyone behind them. */
	const exclusively = async <T>(action: ActionName, by: string, run: (context: ActionContext) => Promise<T>): Promise<T> => {
		if (busy) throw new Refusal(3, `The ${busy} in this room is still at work; wait for its end or cancel it.`);
		busy = action;
		stop = new AbortController();
		room.watch.run('busy');
		try {
			const running = run(context(by));
			work = running.catch(() => {});
			return await running;
		} finally {
			room.tell({push: 'activity', activity: {work: action, text: `the ${nouns[action] ?? action} has ended`, done: true}});
			room.tell({push: 'activity', activity: {work: 'guard', text: 'there is nothing to watch', done: true}});
			busy = null;
			steering = null;
			stop = null;
			room.watch.run(room.consoles.size > 0 ? 'calm' : 'no');
		}
	};
	/** The evidence that an action gives is evidence at once. */
	const settle = async (ids: string[], by: string) => {
		const bound = room.state().items.filter(item => item.check && ids.includes(item.check) && !item.sealed).map(item => item.id);
		if (bound.length > 0) await room.checks.run(bound, by);
	};
	const running = (): Steering => {
		if (!steering) throw new Refusal(3, busy ? `The ${busy} that runs can't be steered.` : 'No action is running.');
		return steering;
	};

	return {
		get busy() {
			return busy;
		},
		mustBeAllowed(asker) {
			if (asker.readOnly || room.settings.readOnly) throw new Refusal(3, 'This console may only look (--read-only); decisions and actions need another.');
			if (room.state().state !== 'open') throw new Refusal(3, `The run ${room.state().run} is ${room.state().state}; a new one opens with the next command.`);
		},
		plan: ({by, ...request}) => makePlan(context(by), request),
		async migrate({by, ...request}) {
			// What was edited or has aged a moment ago must not pass a hold point.
			if (!busy) {
				await room.checks.refresh();
				await room.checks.renew(request.action, by);
			}
			return exclusively(request.action, by, async action => {
				const outcome = await runMigration(action, request satisfies MigrationRequest);
				// Of one that failed there is nothing to verify, and whoever mends it must not wait for that.
				if ('status' in outcome && outcome.status === 'done' && request.action === 'upgrade') await settle(afterUpgrade, by);
				return outcome;
			});
		},
		backup: ({by, ...request}) => exclusively('backup', by, async action => {
			const backup = await takeBackup(action, request);
			await settle(afterBackup, by);
			return backup;
		}),
		review: ({by, ...request}) => runReview(context(by), request),
		rehearse: ({by, ...request}) => exclusively('rehearse', by, async action => {
			const rehearsal = await runRehearsal(action, request);
			await settle(afterRehearsal, by);
			return rehearsal;
		}),
		maintain: ({by, dropInvalid: index, ...request}) => exclusively('maintain', by, action => index === undefined ? runMaintain(action, request) : runDropInvalid(action, {index, confirmed: request.confirmed})),
		async cancel({terminate, reason, by}) {
			if (busy && !steering) {
				stop?.abort(new Refusal(4, `The ${busy} was cancelled: ${reason}.`));
				return {done: true, reason: `The ${busy} was told to stop.`};
			}
			if (!busy) return {done: false, reason: 'No action is running.'};
			room.keeper.record('cancel-asked', by, {reason, terminate});
			await running().cancel({terminate, reason});
			return {done: true, reason: `The ${busy} was told to stop; its outcome is read back.`};
		},
		hold(by) {
			const reason = running().hold();
			room.keeper.record('hold-asked', by, {wanted: true, reason});
			return {done: true, reason};
		},
		proceed(by) {
			running().proceed();
			room.keeper.record('action-continued', by, {reason: `${by} said so`});
			return {done: true, reason: 'It goes on.'};
		},
		async resume() {
			const left = room.state().running;
			if (!left) return;
			if (left.action !== 'upgrade' && left.action !== 'downgrade') {
				room.keeper.record('room-recovered', 'holdpoint', {found: `the ${left.action} had ended with the room before`});
				room.keeper.record('action-finished', left.by, {outcome: lostOutcome(room.state().run, left)});
				return;
			}
			await exclusively(left.action, left.by, action => resumeMigration(action));
		},
		idle: () => work.then(() => {}),
	};
}

const afterUpgrade = ['post.current', 'post.schema', 'alembic.current', 'monitor.active', 'monitor.locks', 'monitor.replication'];
const nouns: Readonly<Partial<Record<ActionName, string>>> = {rehearse: 'rehearsal', maintain: 'maintenance'};
const afterBackup = ['backup.completed', 'backup.verified', 'backup.documented', 'backup.pitr', 'preflight.backup'];
const afterRehearsal = [...afterBackup, 'alembic.check', 'rollback.downgrade', 'rollback.data', 'rollback.indexes', 'rollback.triggers', 'rollback.application', 'schema.column-types', 'code.downgrade-reverses', 'code.upgrade-complete', 'large.estimate', 'alembic.sql', 'compat.application', 'compat.api'];

/** Backup, rehearsal and maintenance live in their room: when it died, nothing of them counts, and nothing of them is in the database. */
function lostOutcome(run: string, {action, startedAt, statements}: RunningAction): Outcome {
	return {
		run, action, status: 'interrupted', exit: 5, reason: `the ${action} ended with the room that ran it, and nothing of it counts; start it again`, from: [], to: [],
		seconds: (Date.now() - Date.parse(startedAt)) / 1000, revisions: [], statements, database: {version: [], verified: false, invalidIndexes: [], left: []}, guard: [], attempts: 1,
	};
}

function actionContext(room: Room, {by, signal, steer}: {by: string; signal: AbortSignal; steer: (steering: Steering | null) => void}): ActionContext {
	const {keeper, target} = room;
	const folder = () => {
		if (!keeper.folder) throw new Error('an action needs an open run');
		return keeper.folder;
	};
	return {
		settings: room.settings,
		by,
		state: () => room.state(),
		statements() {
			const started = keeper.events.findLastIndex(event => event.kind === 'action-started');
			return keeper.events.slice(started + 1).flatMap(event => (event.kind === 'statement-finished' ? [event.statement] : []));
		},
		planOf: digest => findPlan(keeper.events, plan => plan.digest.startsWith(digest)),
		// What an action records or keeps opens the run: one that is refused before opens none.
		record(kind, data, who = by) {
			room.open(by);
			keeper.record(kind, who, data);
		},
		keep(artifact) {
			room.open(by);
			return keeper.keep(artifact);
		},
		keepFile: artifact => keeper.keepFile(artifact),
		get folder() {
			return folder();
		},
		tell: (text, share, work = room.actions.busy ?? 'plan') => room.tell({push: 'activity', activity: {work, text, ...(share !== undefined && {share})}}),
		onSample: listener => room.watch.onSample(listener),
		project: target.project,
		environment: room.environment,
		session: () => target.session(),
		openSession: role => target.openSession(role),
		conninfo: role => target.conninfo(role),
		async versionTable() {
			await target.mustBeProven();
			return {table: target.context?.versionTable ?? 'alembic_version', schema: target.context?.versionTableSchema ?? null};
		},
		knownVersionTable: () => ({table: target.context?.versionTable, schema: target.context?.versionTableSchema}),
		knownReading: () => target.reading,
		async noteProof(reading) {
			target.noteProof(reading);
			await target.mustBeProven();
		},
		proofKey: () => target.proofKey(),
		startChild({name, ...child}) {
			const parent = path.join(folder(), 'children');
			mkdirSync(parent, {recursive: true, mode: 0o700});
			const number = String(readdirSync(parent).length + 1).padStart(3, '0');
			return startChild({folder: path.join(parent, `${number}-${name}`), ...child});
		},
		adopted() {
			const parent = path.join(folder(), 'children');
			return readdirSync(parent).sort().map(child => openChild(path.join(parent, child)));
		},
		steer,
		signal,
		now: () => new Date(),
	};
}
