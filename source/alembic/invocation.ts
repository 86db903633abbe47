/** How a migration is started: by someone else, who feeds its standard input and follows its standard output. */
import {bootstrap, firstLine} from './program.ts';
import type {AlembicProject} from './project.ts';

export interface MigrationTask {
	project: AlembicProject;
	action: 'upgrade' | 'downgrade';
	/** As on Alembic's command line; full ids are never ambiguous. */
	revision: string;
	/** Key of the lock that the room holds on the live target, as decimal text; without it nothing is proven (rehearsals). */
	proofKey?: string;
	/** Key of the lock that the migration's own session holds; a second run is refused while it does. */
	ownKey?: string;
	/** For each wait for a lock; 0 is none. CONCURRENTLY outside a transaction has none anyway. */
	lockTimeoutMs: number;
	/** For each wait after a part of a revision is committed, which can't be tried again; default as `lockTimeoutMs`. */
	lockTimeoutBoundMs?: number;
	statementTimeoutMs: number;
	/** Waits for `continue` before its first statement. */
	holdAtStart?: boolean;
	/**
	 * For a rehearsal on a copy: tells what each statement locked, rewrote and scanned. Before a statement outside a transaction it waits, at
	 * most 2 s, for the order `watching`: whoever writes it looks at the backend's locks from then until the statement's end.
	 */
	measure?: boolean;
}

export interface MigrationInvocation {
	argv: string[];
	environment: Record<string, string>;
	directory: string;
	/**
	 * The first line for its standard input, without newline; under 64 KiB. Later lines are orders: `hold`, `continue`,
	 * `cancel-softly` (stops where the next statement would start; to stop a running one, cancel its backend).
	 */
	firstLine: string;
}

/** What to start for a migration; its output is for parseSidecarLine. */
export function migrationInvocation({project, action, revision, proofKey, ownKey, lockTimeoutMs, lockTimeoutBoundMs, statementTimeoutMs, holdAtStart = false, measure = false}: MigrationTask): MigrationInvocation {
	return {
		argv: [...project.python, '-c', bootstrap],
		environment: {...project.environment, PYTHONUNBUFFERED: '1'},
		directory: project.directory,
		firstLine: firstLine({
			verb: 'run', ini: project.ini, section: project.section, arguments: project.arguments,
			task: {action, revision, proofKey, ownKey, lockTimeoutMs, lockTimeoutBoundMs, statementTimeoutMs, holdAtStart, measure},
		}),
	};
}
