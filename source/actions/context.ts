/** What an action is given: everything that it may read or do. The room makes it; nothing else reaches an action. */
import type {AlembicProject} from '../alembic/project.ts';
import type {DatabaseReading} from '../alembic/shapes.ts';
import type {Settings} from '../config/settings.ts';
import type {EventData, EventKind} from '../journal/events.ts';
import type {Statement} from '../journal/shapes/outcome.ts';
import type {ActionName, Plan} from '../journal/shapes/plan.ts';
import type {RunState} from '../journal/shapes/run.ts';
import type {Sample} from '../journal/shapes/sample.ts';
import type {Conninfo} from '../postgres/conninfo.ts';
import type {Session} from '../postgres/session.ts';

export type SessionRole = 'target' | 'monitor' | 'guard' | 'backup';

export interface ActionContext {
	settings: Settings;
	/** Who asked for it. */
	by: string;
	state(): RunState;
	/** Every statement that the running action has finished, from the journal: the state keeps only the newest. */
	statements(): Statement[];
	/** The newest plan of the run whose digest begins like this; the run's present one may be another. */
	planOf(digest: string): Plan | undefined;
	/** `by`: default who asked for the action; `holdpoint` where nobody decided. */
	record<K extends EventKind>(kind: K, data: EventData<K>, by?: string): void;
	/** Keeps text under the run's artifacts. */
	keep(artifact: {name: string; text: string; what: string}): {path: string; sha256: string};
	/** Says that a file, already in its place, is an artifact. */
	keepFile(artifact: {path: string; sha256: string; what: string}): void;
	/** Absolute path of the run's folder. */
	folder: string;
	/** Passing words for consoles and for whoever waits; not in the journal. `work`: default the action's name. */
	tell(text: string, share?: number, work?: string): void;
	/** Hears each sample of the live pane; returns the function that ends that. */
	onSample(listener: (sample: Sample) => void): () => void;
	project: AlembicProject;
	environment: NodeJS.ProcessEnv;
	/** holdpoint's own session on the target, which also holds the proof lock. */
	session(): Promise<Session>;
	/** A further session of that role; the action closes it. */
	openSession(role: SessionRole): Promise<Session>;
	conninfo(role: SessionRole): Promise<Conninfo>;
	/** Where Alembic keeps its version, as env.py configures it. */
	versionTable(): Promise<{table: string; schema: string | null}>;
	/** The same as far as it is known without asking. */
	knownVersionTable(): {table?: string; schema?: string | null};
	/** What env.py's own session last said of the database; null before it was read. */
	knownReading(): DatabaseReading | null;
	/** Tells whether env.py's own session saw the room's lock. @throws Refusal 3 when it did not */
	noteProof(reading: DatabaseReading): Promise<void>;
	/** The key of the advisory lock that the room holds on the live target, as decimal text. */
	proofKey(): Promise<string>;
	startChild(child: {name: string; argv: string[]; directory: string; environment: Record<string, string | undefined>; firstLine?: string}): ActionChild;
	/** Children of the action now running that an earlier room left, newest last; empty for a new action. */
	adopted(): ActionChild[];
	/** Lets consoles steer the action while it runs; null takes that back. */
	steer(steering: Steering | null): void;
	/** Aborted when a person or a signal asks for the end of a long action that has no backend of its own. */
	signal: AbortSignal;
	now(): Date;
}

export interface ActionChild {
	readonly folder: string;
	readonly pid: number;
	follow(onLine: (line: string) => void): Promise<{exit: number | null}>;
	write(line: string): void;
	readErrors(maxBytes?: number): string;
}

/** What a person can do to a running action. Each throws Refusal when it can't be done. */
export interface Steering {
	action: ActionName;
	/** @returns where it will hold, and when: one sentence */
	hold(): string;
	proceed(): void;
	cancel(options: {terminate: boolean; reason: string}): Promise<void>;
}
