/** The schema changed as the migration says, and nothing half made is left. */
import {readFile} from 'node:fs/promises';
import type {Difference} from '../journal/shapes/rehearsal.ts';
import {belongsToTable, compareCatalogs, queryCatalog, type Catalog} from '../postgres/catalog.ts';
import {queryInvalidIndexes, queryUnvalidatedConstraints} from '../postgres/readback.ts';
import {queryEvidence, type Check, type Look} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {needUpgrade} from './needed.ts';
import {count, failed, forPerson, listed, passed, warned} from './verdict.ts';

export const postSchema: Check = {
	id: 'post.schema',
	says: 'The catalogs changed since before the upgrade, no index is invalid, and no constraint that was validated is not any more; each touched table is shown before and after.',
	why: 'A failed CREATE INDEX CONCURRENTLY leaves an index that costs every write and serves no read, and the exit code doesn\'t tell. Whether the changes are the ones that were meant, a person reads in the two columns of the evidence.',
	proves: 'wholly',
	dependsOn: ['target', 'current', 'plan'],
	async run(look) {
		const {outcome} = needUpgrade(look);
		const session = await look.session();
		const [catalog, before, invalid, unvalidated] = [await queryCatalog(session), await readBefore(look), await queryInvalidIndexes(session), await queryUnvalidatedConstraints(session)];
		const {context: {versionTable, versionTableSchema}} = await look.database();
		const changes = before && compareCatalogs(before.catalog, catalog, object => belongsToTable(object, versionTable, versionTableSchema));
		const evidence = [
			...(changes === null ? [] : [noteEvidence(`${count(changes.length, 'object')} changed since before the upgrade`, changes.map(describe))]),
			...touchedTables(changes ?? []).map(table => noteEvidence(`\\d ${table}`, sideBySide(table, before!.catalog, catalog))),
			queryEvidence('invalid indexes', 'pg_index WHERE NOT (indisvalid AND indisready AND indislive)', invalid),
			queryEvidence('constraints that are not validated', 'pg_constraint WHERE NOT convalidated', unvalidated),
		];
		const broken = invalid.filter(index => !index.building && !before?.invalidIndexes.includes(index.name));
		if (broken.length > 0) return failed(`${listed(broken.map(index => index.name))} ${broken.length === 1 ? 'is an invalid index' : 'are invalid indexes'}: drop and build again, both CONCURRENTLY.`, evidence);
		if (outcome.database.left.length > 0) return failed(`The upgrade left something that should not be there: ${listed(outcome.database.left)}.`, evidence);
		if (invalid.some(index => index.building)) return warned(`${listed(invalid.filter(index => index.building).map(index => index.name))} is being built right now.`, evidence);
		if (changes === null) throw forPerson('how the schema was before the upgrade was not kept, so only its state now is known: no invalid index. Look at it with \\d and attest.');
		if (changes.length === 0 && outcome.statements.some(({sql}) => /^\s*(create|alter|drop)\b/i.test(sql) && !sql.includes(versionTable))) return failed('Nothing in the catalogs changed, though the migration ran statements that change them.', evidence);
		const open = unvalidated.map(constraint => constraint.name).filter(name => changes.some(change => change.object.includes(name)));
		if (open.length > 0) return warned(`${count(changes.length, 'object')} changed; ${listed(open)} ${open.length === 1 ? 'is' : 'are'} not validated yet, and holds for new rows only.`, evidence);
		return passed(`${count(changes.length, 'object')} changed: ${listed(changes.map(({object, kind}) => `${object} ${{extra: 'is new', missing: 'is gone', changed: 'changed'}[kind]}`), 3)}; no invalid index.`, evidence);
	},
};

/** Kept by the upgrade right before its start. */
async function readBefore(look: Look): Promise<{catalog: Catalog; invalidIndexes: string[]} | null> {
	const kept = look.state.artifacts.findLast(artifact => artifact.what === 'the schema before the upgrade');
	if (!kept) return null;
	try {
		const {catalog, invalidIndexes} = JSON.parse(await readFile(kept.path, 'utf8')) as {catalog: Record<string, string>; invalidIndexes: string[]};
		return {catalog: new Map(Object.entries(catalog)), invalidIndexes};
	} catch {
		return null;
	}
}

function describe({object, kind, before, after}: Difference): string {
	if (kind === 'extra') return `+ ${object} ${after ?? ''}`;
	return kind === 'missing' ? `- ${object} ${before ?? ''}` : `~ ${object} ${before ?? ''} → ${after ?? ''}`;
}

const tablePattern = /^(?:table|column|constraint|trigger|policy|rule|privileges of|index)\b.*?((?:"[^"]+"|[\w$]+)\.(?:"[^"]+"|[\w$]+))/;

/** Tables with a changed column or constraint, or changed themselves. */
function touchedTables(changes: readonly Difference[]): string[] {
	return [...new Set(changes.flatMap(({object}) => {
		const name = / on (\S+\.\S+)$/.exec(object)?.[1] ?? (/^(table|column) /.test(object) ? tablePattern.exec(object)?.[1] : undefined);
		return name === undefined ? [] : [name];
	}))];
}

function sideBySide(table: string, before: Catalog, after: Catalog): string[] {
	const belongs = (object: string, definition: string) => object === `table ${table}` || object.startsWith(`column ${table}.`) || object.endsWith(` on ${table}`) || object.startsWith('index ') && definition.includes(` ON ${table} `);
	const objects = [...new Set([...before, ...after].filter(([object, definition]) => belongs(object, definition)).map(([object]) => object))].sort();
	return objects.map(object => {
		const [was, is] = [before.get(object), after.get(object)];
		return was === is ? `  ${object} ${is}` : `${was === undefined ? '+' : is === undefined ? '-' : '~'} ${object} ${was ?? '(not there)'} → ${is ?? '(gone)'}`;
	});
}
