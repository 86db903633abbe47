/** Compares what an upgrade ran with what `alembic upgrade --sql` had said it would; pure, but for loading the parser. */
import type {SqlReading} from '../alembic/shapes.ts';
import type {Rehearsal} from '../journal/shapes/rehearsal.ts';
import {normaliseSql} from '../review/measured.ts';
import {loadParser} from '../review/parser.ts';
import {Splitter} from '../review/split.ts';

export interface Promised {
	/** For the revisions that ran. */
	revisions: SqlReading['revisions'];
	ran: readonly Pick<Rehearsal['statements'][number], 'sql' | 'revision'>[];
	/** Alembic's own table, whose statements are its bookkeeping. */
	versionTable: string;
}

/** One sentence for each statement that only one of the two has; what only reads the catalogs is left out. */
export async function compareWithPromise({revisions, ran, versionTable}: Promised): Promise<string[]> {
	const {fingerprintSync} = await loadParser();
	const shapeOf = (sql: string): string => {
		try {
			return fingerprintSync(sql);
		} catch {
			return normaliseSql(sql).toLowerCase();
		}
	};
	return revisions.flatMap(revision => {
		const own = ran.filter(each => each.revision === revision.revision && !isBookkeeping(each.sql, versionTable)).map(each => each.sql);
		if (revision.sql === null) return own.length === 0 ? [] : [`${revision.revision}: --sql says nothing of it (${revision.reason ?? 'no reason was given'}); it ran ${own.length} ${own.length === 1 ? 'statement' : 'statements'}`];
		const promised = split(revision.sql).map(sql => ({sql, text: normaliseSql(sql), shape: shapeOf(sql)}));
		const [texts, shapes] = [new Set(promised.map(each => each.text)), new Set(promised.map(each => each.shape))];
		const done = own.map(sql => ({sql, text: normaliseSql(sql), shape: shapeOf(withoutPlaceholders(sql)), filled: placeholder.test(sql)}));
		const ranShapes = new Set(done.map(each => each.shape));
		const differences = [
			...done.filter(each => !texts.has(each.text) && !shapes.has(each.shape)).map(each => `${revision.revision}: ran, and --sql does not have it: ${short(each.sql)}`),
			// A literal that differs is a clock, a random value, or what was read from the database.
			...done.filter(each => !texts.has(each.text) && shapes.has(each.shape) && !each.filled).map(each => `${revision.revision}: ran with other values than --sql has: ${short(each.sql)}`),
			...promised.filter(each => !ranShapes.has(each.shape)).map(each => `${revision.revision}: --sql has it, and it did not run: ${short(each.sql)}`),
		];
		return [...new Set(differences)];
	});
}

function split(sql: string): string[] {
	const found: string[] = [];
	const splitter = new Splitter(sql);
	for (let piece = splitter.next(); piece; piece = splitter.next()) {
		if (piece.kind === 'statement' && !/^\s*(?:begin|commit|start\s+transaction)\s*$/i.test(piece.text)) found.push(piece.text);
	}
	return found;
}

function isBookkeeping(sql: string, versionTable: string): boolean {
	return new RegExp(`\\b${versionTable.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\b`).test(sql) || /^\s*(?:select|with|show)\b[\s\S]*\b(?:pg_catalog|information_schema)\./i.test(sql);
}

/** As each driver writes them, with the casts that SQLAlchemy puts behind them. */
const placeholder = /(?:%\(\w+\)s|%s|\$\d+)/;
const withCast = /(?:%\(\w+\)s|%s|\$\d+)(?:::(?:timestamp|time)(?:\(\d+\))? with(?:out)? time zone|::double precision|::character varying|::\w+(?:\(\d+(?:, ?\d+)?\))?)?(?:\[\])*/gi;

function withoutPlaceholders(sql: string): string {
	return sql.replace(withCast, '$1').replaceAll('%%', '%');
}

function short(sql: string): string {
	const text = normaliseSql(sql);
	return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}
