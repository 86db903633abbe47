/** What a check is: one file, one line in the list; it verifies an item and says on what evidence. */
import type {ProjectReading} from '../alembic/reading.ts';
import type {MigrationFacts} from '../alembic/facts.ts';
import type {DatabaseReading} from '../alembic/shapes.ts';
import type {Contact} from '../checklist/contacts.ts';
import type {Settings} from '../config/settings.ts';
import {Refusal} from '../journal/refusal.ts';
import type {Backup} from '../journal/shapes/backup.ts';
import type {Evidence, VerdictStatus} from '../journal/shapes/evidence.ts';
import type {Outcome} from '../journal/shapes/outcome.ts';
import type {Plan} from '../journal/shapes/plan.ts';
import type {Rehearsal} from '../journal/shapes/rehearsal.ts';
import type {RunState} from '../journal/shapes/run.ts';
import type {Sample} from '../journal/shapes/sample.ts';
import type {Session} from '../postgres/session.ts';
import type {Review} from '../review/finding.ts';

/** What evidence can depend on; when the value of one changes, the evidence is stale. */
export const contextKeys = ['target', 'current', 'files', 'plan', 'backup', 'rehearsal', 'window', 'rollback'] as const;
export type ContextKey = (typeof contextKeys)[number];

export interface Check {
	/** `area.name`, as checklists name it; the file is `area-name.ts`. */
	id: string;
	/** What it verifies, in one sentence. */
	says: string;
	/** Why that matters, and what it can't see: the part that stays for a person. */
	why: string;
	/** Whether its verdict settles the item, or only gathers what a person needs to attest it. */
	proves: 'wholly' | 'partly' | 'nothing';
	dependsOn: readonly ContextKey[];
	/** Evidence older than this is stale: where the world moves by itself. */
	ttlMs?: number;
	/** Asked again right before an action whose hold point it stands at, however young its evidence is. */
	atStart?: true;
	/** @throws Refusal when it could not look: the verdict is then `errored`, with the sentence. */
	run(look: Look): Promise<CheckResult>;
}

export interface CheckResult {
	status: Exclude<VerdictStatus, 'errored'>;
	/** One sentence: what was found. For `not-applicable`: why. */
	summary: string;
	evidence: Evidence[];
	/** It speaks of what is over, and does not age as its check's other answers do. */
	lasting?: true;
}

/** What a check may look at. Everything is read at most once in a round of checks. */
export interface Look {
	settings: Settings;
	state: RunState;
	now: Date;
	/** The project as Alembic sees it now; its graph counts here, the database has a question of its own. */
	project(): Promise<ProjectReading>;
	/** Facts of the migration files on the plan's path, by Python's `ast`. */
	facts(): Promise<MigrationFacts[]>;
	/** The upgrade from where the database is to the run's target. @throws Refusal when it can't be planned. */
	plan(): Promise<Plan>;
	/** The plan's SQL as one text. */
	sql(): Promise<string>;
	review(): Promise<Review>;
	/** holdpoint's own session on the target. */
	session(): Promise<Session>;
	/**
	 * What the target says through env.py's own connection, with `differences` asked for.
	 * @throws Refusal when env.py can't reach it.
	 */
	database(): Promise<DatabaseReading>;
	/** Version rows, as Alembic reads them through env.py. */
	current(): Promise<string[]>;
	/** The newest backup that is still there, or that another tool keeps; whether its files are as they were is for a check to ask. */
	backup(): Promise<Backup | null>;
	/** The newest rehearsal, if it was of the plan as it is now. */
	rehearsal(): Promise<Rehearsal | null>;
	/** The newest finished upgrade of this run. */
	upgrade(): Outcome | null;
	/** The newest sample of the live pane, if it is fresh. */
	sample(): Sample | null;
	/** The samples that the run recorded between two ISO times, oldest first. */
	recorded(range: {from: string; to: string}): Iterable<Sample>;
	/** Whom to call: the checklist's table and the configuration's contacts. */
	contacts: readonly Contact[];
	/** Keeps text among the run's artifacts; the same content once. */
	keep(artifact: {name: string; text: string; what: string}): {path: string; sha256: string};
	/** Runs a program of the project or the user without a shell. */
	run(argv: string[], options?: {timeoutMs?: number}): Promise<{exit: number | null; stdout: string; stderr: string; seconds: number}>;
}

/** The time to look has not come, or there is nothing a machine could look at: the item stays as it is, with this sentence. */
export class NotYet extends Refusal {
	constructor(sentence: string) {
		super(2, sentence);
		this.name = 'NotYet';
	}
}

/** A command as evidence. */
export function commandEvidence(title: string, argv: string[], {exit, stdout, stderr}: {exit: number | null; stdout: string; stderr: string}): Evidence {
	return {kind: 'command', title, command: argv, exit, body: [stdout.trim(), stderr.trim()].filter(Boolean).join('\n')};
}

/** A query with its rows as evidence. */
export function queryEvidence(title: string, sql: string, rows: readonly object[]): Evidence {
	return {kind: 'query', title, body: `${sql.trim()}\n${rows.slice(0, 50).map(row => JSON.stringify(row)).join('\n')}`, rows: rows.length};
}
