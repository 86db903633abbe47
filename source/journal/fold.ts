/** RunState as a pure function of the journal's events: the same fold in the room and in every console. */
import type {EventKind, EventOf, JournalEvent} from './events.ts';
import {replan} from './replan.ts';
import {sentenceOf} from './sentences.ts';
import type {Block} from './shapes/block.ts';
import {countItems, type Item} from './shapes/item.ts';
import type {GuardPolicy, RunningAction, RunState} from './shapes/run.ts';

/** So many sentences of the log, and statements of what runs, are kept in the state; the journal itself keeps all. */
const logLength = 500;
const statementsLength = 500;

/**
 * Folds one event into the state. The first event of a journal is `run-opened`.
 * The given state is never changed; unchanged parts keep their identity, so that selectors can compare by reference.
 * `line` hash: the head is the sha256 of the event's own line, which only its writer or reader knows.
 */
export function fold(state: RunState | null, event: JournalEvent, head = ''): RunState {
	const before = event.kind === 'run-opened' ? opened(event) : state;
	if (!before) throw new Error(`a journal begins with run-opened, not with ${event.kind}`);
	const handler = handlers[event.kind] as (state: RunState, event: JournalEvent) => Partial<RunState>;
	const changed = event.kind === 'run-opened' ? {} : handler(before, event);
	const next: RunState = {...before, ...changed, seq: event.seq, head};
	if (changed.items) next.counts = countItems(changed.items);
	const sentence = sentenceOf(event);
	if (sentence) next.log = [...before.log.slice(-(logLength - 1)), {seq: event.seq, at: event.at, by: event.by, ...sentence}];
	return next;
}

function opened(event: EventOf<'run-opened'>): RunState {
	return {
		run: event.run,
		state: 'open',
		target: event.target,
		from: event.from,
		to: event.to,
		startedAt: event.at,
		seq: event.seq,
		head: '',
		project: event.project,
		checklist: event.checklist,
		items: event.items,
		counts: countItems(event.items),
		blocks: event.blocks ?? [],
		aim: [],
		approvals: [],
		actions: [],
		running: null,
		backups: [],
		consoles: [],
		guard: event.guard,
		guardActs: [],
		alarms: [],
		artifacts: [],
		log: [],
	};
}

type Handler<K extends EventKind> = (state: RunState, event: EventOf<K>) => Partial<RunState>;

/** What each kind changes; the type makes a forgotten kind an error of the compiler. */
const handlers: {[K in EventKind]: Handler<K>} = {
	'run-opened': () => ({}),
	'environment-named': (state, event) => ({target: {...state.target, environment: event.environment}}),
	'check-started': (state, event) => items(state, event, item => ({...item, state: 'running', resting: item.resting ?? item.state})),
	'check-finished': (state, event) => items(state, event, item => checked(item, event)),
	'item-attested': (state, event) => items(state, event, item => ({...without(item, 'stale', 'resting'), state: 'attested', by: event.by, note: event.note, at: event.at, ...(event.context && {context: event.context})})),
	'item-waived': (state, event) => items(state, event, item => ({...without(item, 'stale', 'resting'), state: 'waived', by: event.by, note: event.reason, at: event.at, ...(event.context && {context: event.context})})),
	'item-went-stale': (state, event) => items(state, event, item => (item.sealed ? item : {...item, state: 'stale', stale: event.reason, at: event.at})),
	'plan-made': (state, event) => ({
		plan: event.plan, from: event.plan.from, to: event.plan.to,
		...(event.plan.action === 'upgrade' && {aim: event.plan.to, items: replan(state.items, event.plan, event.at)}),
	}),
	'plan-approved': (state, event) => ({approvals: [...state.approvals, {by: event.approver, sentBy: event.by, signed: event.signed, at: event.at, digest: event.digest, ...(event.signature !== undefined && {signature: event.signature})}]}),
	'action-started': (state, event) => {
		const sealed = new Set(event.sealed);
		return {
			items: sealed.size > 0 ? state.items.map(item => (sealed.has(item.id) ? {...item, sealed: true} : item)) : state.items,
			// An earlier one is not right before this one.
			...(event.action === 'upgrade' && {restorePoint: undefined}),
			running: {
				action: event.action, startedAt: event.at, by: event.by, from: event.from, to: event.to, attempt: 1, backend: null,
				revisions: [], statement: null, statements: [], lastStatement: 0, heldSince: null, holdWanted: false, cancelWanted: null, note: null,
			},
		};
	},
	'session-proved': (state, event) => running(state, () => ({backend: {pid: event.pid, backendStart: event.backendStart}, attempt: event.attempt})),
	'attempt-failed': (state, event) => running(state, action => ({
		attempt: event.attempt + 1, backend: null, revisions: action.revisions.filter(revision => revision.committed), statement: null, lastStatement: 0, note: `attempt ${event.attempt} was rolled back: ${event.reason}`,
	})),
	'revision-started': (state, event) => running(state, action => ({
		revisions: [...action.revisions.filter(revision => revision.revision !== event.revision), {revision: event.revision, startedAt: event.at, seconds: null, committed: false}],
	})),
	'statement-started': (state, event) => running(state, () => ({statement: {sql: event.sql, startedAt: event.at, number: event.number}})),
	'statement-finished': (state, event) => running(state, action => ({
		statement: null, statements: [...action.statements.slice(-(statementsLength - 1)), event.statement], lastStatement: Math.max(action.lastStatement, event.number),
	})),
	'revision-finished': (state, event) => running(state, action => ({
		revisions: action.revisions.map(revision => (revision.revision === event.revision ? {...revision, seconds: event.seconds} : revision)),
	})),
	'revision-committed': (state, event) => running(state, action => ({
		revisions: action.revisions.map(revision => (revision.revision === event.revision ? {...revision, committed: true} : revision)),
	})),
	'hold-asked': (state, {by, wanted, reason}) => running(state, ({holdAsked}) => ({holdWanted: wanted, holdAsked: !wanted ? undefined : holdAsked && holdAsked.by !== 'holdpoint' ? holdAsked : {by, reason}, note: reason ?? null})),
	'action-held': (state, event) => running(state, () => ({heldSince: event.at, note: event.reason})),
	'action-continued': state => running(state, () => ({heldSince: null, holdWanted: false, holdAsked: undefined, note: null})),
	'cancel-asked': (state, event) => running(state, () => ({cancelWanted: event.reason})),
	'action-finished': (state, event) => ({running: null, actions: [...state.actions, event.outcome]}),
	'alarm-raised': (state, event) => ({alarms: [...state.alarms.filter(alarm => alarm.alarm !== event.alarm.alarm), event.alarm]}),
	'alarm-cleared': (state, event) => ({alarms: state.alarms.filter(alarm => alarm.alarm !== event.alarm)}),
	'guard-acted': (state, event) => ({guardActs: [...state.guardActs, event.act]}),
	'guard-changed': (state, {guard, key}) => {
		const guardWas = state.guardWas ?? state.guard;
		const limit = key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) as keyof GuardPolicy;
		const others = (state.guardChanged ?? []).filter(other => other !== key);
		return {guard, guardWas, guardChanged: guardWas[limit] === guard[limit] ? others : [...others, key]};
	},
	'backend-cancelled': () => ({}),
	'backup-taken': (state, event) => ({backups: [...state.backups.filter(backup => backup.path !== event.backup.path), event.backup]}),
	'restore-point-made': (_, event) => ({restorePoint: event.point}),
	'rehearsal-finished': (_, event) => ({rehearsal: event.rehearsal}),
	'review-finished': () => ({}),
	'block-started': (state, event) => blocks(state, event, block => ({...block, run: {state: 'running', by: event.by, startedAt: event.at, child: event.child}})),
	'block-finished': (state, {exit, seconds, reason, evidence, ...event}) => blocks(state, event, block => (
		block.run ? {...block, run: {...block.run, state: exit === 0 ? 'done' : 'failed', finishedAt: event.at, exit, seconds, reason, evidence}} : block
	)),
	'block-went-stale': (state, event) => blocks(state, event, block => (block.run ? {...block, run: {...block.run, state: 'stale', stale: event.reason}} : block)),
	'console-attached': (state, event) => ({consoles: [...state.consoles, {name: event.console, since: event.at, readOnly: event.readOnly}]}),
	'console-detached': (state, event) => ({consoles: withoutConsole(state.consoles, event.console)}),
	/** Consoles of an earlier room died with it, and so did its checks. */
	'room-started': state => ({consoles: [], items: withoutRunning(state.items)}),
	'room-recovered': state => ({items: withoutRunning(state.items)}),
	'room-ended': () => ({consoles: []}),
	'artifact-kept': (state, event) => ({artifacts: [...state.artifacts, {path: event.path, sha256: event.sha256, what: event.what}]}),
	'notification-sent': () => ({}),
	'run-closed': (_, event) => ({state: 'closed', endedAt: event.at, outcome: event.outcome}),
	'run-abandoned': (_, event) => ({state: 'abandoned', endedAt: event.at, outcome: `abandoned: ${event.reason}`}),
};

function items(state: RunState, event: {item: string}, change: (item: Item) => Item): Partial<RunState> {
	return {items: state.items.map(item => (item.id === event.item ? change(item) : item))};
}

function blocks(state: RunState, event: {block: string}, change: (block: Block) => Block): Partial<RunState> {
	return {blocks: state.blocks.map(block => (block.id === event.block ? change(block) : block))};
}

function running(state: RunState, change: (action: RunningAction) => Partial<RunningAction>): Partial<RunState> {
	return state.running ? {running: {...state.running, ...change(state.running)}} : {};
}

/** A verdict takes a person's word away only when it settles the item; a waiver stands until the item passes. A word that stands remains about what it was given for. */
function checked(item: Item, {verdict, context, at, settled}: EventOf<'check-finished'>): Item {
	const rested = item.resting ?? item.state;
	const known = {...without(item, 'stale', 'resting'), verdict};
	if (rested === 'waived' && verdict.status !== 'passed') return {...known, state: 'waived'};
	if (settled === false && rested === 'attested') return {...known, state: 'attested'};
	return {...without(known, 'by', 'note'), state: settled === false ? 'open' : verdict.status, at, context};
}

/** Its check died with its room. */
function rested(item: Item): Item {
	return {...without(item, 'resting'), state: item.resting ?? 'open'};
}

function without<T extends object, K extends keyof T>(object: T, ...keys: K[]): Omit<T, K> {
	const copy = {...object};
	for (const key of keys) delete copy[key];
	return copy;
}

function withoutRunning(known: Item[]): Item[] {
	return known.some(item => item.state === 'running') ? known.map(item => (item.state === 'running' ? rested(item) : item)) : known;
}

function withoutConsole(consoles: RunState['consoles'], name: string): RunState['consoles'] {
	const index = consoles.findIndex(console => console.name === name);
	return index < 0 ? consoles : consoles.toSpliced(index, 1);
}
