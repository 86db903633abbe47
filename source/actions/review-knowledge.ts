/** What the target, the settings and the rehearsal know of the SQL under review. */
import type {DatabaseReading} from '../alembic/shapes.ts';
import type {Settings} from '../config/settings.ts';
import {byteWords} from '../journal/byte-words.ts';
import type {Rehearsal} from '../journal/shapes/rehearsal.ts';
import {queryScanSpeed, type ScanSpeed} from '../postgres/scan-speed.ts';
import type {Session} from '../postgres/session.ts';
import {queryFacts} from '../postgres/table-facts.ts';
import {queryTables} from '../postgres/table-sizes.ts';
import type {Knowledge} from '../review/knowledge.ts';
import {indexMeasured} from '../review/measured.ts';
import {namesIn} from '../review/named.ts';

export interface KnowledgeSources {
	settings: Pick<Settings, 'largeTableRows' | 'migration'>;
	session: Session;
	/** What env.py's own session said, whose settings the migration will run with; null: not known. */
	reading: Pick<DatabaseReading, 'timeZone' | 'searchPath' | 'context'> | null;
	/** Of this very SQL; null: none. */
	rehearsal: Pick<Rehearsal, 'statements'> | null;
	/** Where in a table its sample is read, 0 to 1. */
	place: number;
}

/** Three queries and a sample of at most a second; of a catalog of any size only what the SQL names is read. */
export async function queryKnowledge(sql: string, {settings, session, reading, rehearsal, place}: KnowledgeSources): Promise<{knowledge: Knowledge; notes: string[]}> {
	const facts = await queryFacts(session, namesIn(sql));
	const names = facts.tables.map(({schema, name}) => `${schema}.${name}`);
	const sizes = new Map((await queryTables(session, {tables: names})).map(size => [`${size.schema}.${size.table}`, size]));
	const speed = await queryScanSpeed(session, names, place);
	const knowledge: Knowledge = {
		...facts,
		pgVersion: Math.floor(session.versionNumber / 10_000),
		pgMinor: session.versionNumber % 10_000,
		tables: facts.tables.map(table => {
			const size = sizes.get(`${table.schema}.${table.name}`);
			return {...table, rows: size?.rows ?? null, bytes: size?.totalBytes ?? null};
		}),
		largeTableRows: settings.largeTableRows,
		lockTimeoutMs: settings.migration.lockTimeoutMs,
		statementTimeoutMs: settings.migration.statementTimeoutMs,
		...(reading && {timeZone: reading.timeZone, searchPath: reading.searchPath, versionTable: reading.context.versionTable}),
		...(speed && {scanBytesPerSecond: speed.bytesPerSecond}),
		...(rehearsal && {measured: indexMeasured(rehearsal.statements)}),
	};
	return {knowledge, notes: speed ? [describeSpeed(speed)] : []};
}

function describeSpeed({bytesPerSecond, table, bytes, cached}: ScanSpeed): string {
	return `Scans are estimated at ${byteWords(bytesPerSecond)}/s: so fast ${byteWords(bytes)} of ${table} were read just now, ${Math.round(cached * 100)} % of them from PostgreSQL's cache.`;
}
