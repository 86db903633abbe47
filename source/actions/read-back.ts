/** Reads back, over holdpoint's own session, what an action left in the database: no outcome is taken from an exit code. */
import {setTimeout as wait} from 'node:timers/promises';
import {Refusal} from '../journal/refusal.ts';
import type {Difference} from '../journal/shapes/rehearsal.ts';
import {belongsToTable, compareCatalogs, queryCatalog, type Catalog} from '../postgres/catalog.ts';
import {queryInvalidIndexes, queryVersionTable} from '../postgres/readback.ts';
import {queryBackend, type Backend} from '../postgres/signal.ts';
import type {ActionContext} from './context.ts';
import {madeOnPurpose} from './made-on-purpose.ts';
import type {ReadBack} from './outcome.ts';

/** How the database was before an action; kept as an artifact, so that another room can compare too. */
export interface Before {
	catalog: Catalog;
	invalidIndexes: string[];
}

export interface VersionTable {
	table: string;
	schema: string | null;
}

/** So long a server that does not answer is asked again before the outcome is called unknown. */
const patienceMs = 60_000;

/** @throws Refusal 3 when somebody's lock keeps the definitions from being read: the migration would wait behind it too */
export async function readBefore(context: ActionContext): Promise<Before> {
	const session = await context.session();
	try {
		return {catalog: await queryCatalog(session), invalidIndexes: (await queryInvalidIndexes(session)).map(index => index.name)};
	} catch (error) {
		if ((error as {code?: string}).code !== '55P03') throw error;
		throw new Refusal(3, 'The schema as it is now could not be read, since somebody holds an exclusive lock on a table; nothing was changed. Look at who it is (`holdpoint monitor`), and try again when it is gone.');
	}
}

/** As text and back: for the artifact. */
export function formatBefore({catalog, invalidIndexes}: Before): string {
	return `${JSON.stringify({invalidIndexes, catalog: Object.fromEntries(catalog)}, null, '\t')}\n`;
}

export function parseBefore(text: string): Before {
	const {catalog, invalidIndexes} = JSON.parse(text) as {catalog: Record<string, string>; invalidIndexes: string[]};
	return {catalog: new Map(Object.entries(catalog)), invalidIndexes};
}

/** Waits until the migration's backends are gone, however long: until then nothing is settled. Calls `onWaiting` once a second. */
export async function waitForEnd(context: ActionContext, backends: readonly Backend[], onWaiting: (pid: number) => void): Promise<void> {
	for (const backend of backends) {
		for (let asked = 0; ; asked++) {
			const state = await context.session().then(session => queryBackend(session, backend)).catch(() => undefined);
			if (state === null) break;
			if (state === undefined && asked > patienceMs / 250) return;
			if (asked % 4 === 3) onWaiting(backend.pid);
			await wait(asked === 0 ? 20 : 250);
		}
	}
}

export async function readAfter(context: ActionContext, {before, version}: {before: Before; version: VersionTable}): Promise<ReadBack> {
	const deadline = Date.now() + patienceMs;
	for (;;) {
		try {
			return await readOnce(context, before, version);
		} catch (error) {
			if (Date.now() > deadline) return {version: [], verified: false, why: (error as Error).message, invalidIndexes: [], changed: [], made: [], newlyInvalid: []};
			await wait(1000);
		}
	}
}

async function readOnce(context: ActionContext, before: Before, {table, schema}: VersionTable): Promise<ReadBack> {
	const session = await context.session();
	const rows = await queryVersionTable(session, {table, schema});
	const catalog = await queryCatalog(session);
	const invalidIndexes = (await queryInvalidIndexes(session)).map(index => index.name);
	// Alembic makes its own table in a transaction of its own; that is no trace of a migration.
	const differences = compareCatalogs(before.catalog, catalog, object => belongsToTable(object, table, schema));
	const words = ({object, kind}: Difference) => `${object} ${kind === 'extra' ? 'is new' : kind === 'missing' ? 'is gone' : 'is changed'}`;
	const committed = new Set((context.state().running?.revisions ?? []).filter(each => each.committed).map(each => each.revision));
	const made = madeOnPurpose(differences, {statements: context.statements(), committed});
	return {version: rows ?? [], verified: true, invalidIndexes, changed: differences.map(words), made: made.map(words), newlyInvalid: invalidIndexes.filter(index => !before.invalidIndexes.includes(index))};
}
