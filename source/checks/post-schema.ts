/** The schema is the one that was rehearsed, and nothing half made is left. */
import {readFile} from 'node:fs/promises';
import type {Difference} from '../journal/shapes/rehearsal.ts';
import {belongsToTable, compareCatalogs, queryCatalog, type Catalog} from '../postgres/catalog.ts';
import {queryInvalidIndexes, queryUnvalidatedConstraints} from '../postgres/readback.ts';
import {queryEvidence, type Check, type Look} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {needUpgrade} from './needed.ts';
import {differFromRehearsal, readRehearsedSchema} from './rehearsed-schema.ts';
import {count, failed, forPerson, listed, passed, warned} from './verdict.ts';

/** What REINDEX CONCURRENTLY calls the indexes that it is building or about to drop (with a number behind where there are several). */
const halfBuilt = /_cc(?:new|old)\d*$/;

export const postSchema: Check = {
	id: 'post.schema',
	says: 'The target\'s catalogs are what the rehearsal made of its copy, no index is invalid or left of a REINDEX, and no constraint is unvalidated that the rehearsal had validated; each touched table is shown before and after.',
	why: 'A failed CREATE INDEX CONCURRENTLY leaves an index that costs every write and serves no read, and the exit code doesn\'t tell. Without a rehearsal of the plan that ran, only that something changed is known; whether it is what was meant, a person reads in the two columns of the evidence.',
	proves: 'wholly',
	dependsOn: ['target', 'current', 'plan'],
	async run(look) {
		const {outcome} = needUpgrade(look);
		const session = await look.session();
		const [catalog, before, invalid, unvalidated] = [await queryCatalog(session), await readBefore(look), await queryInvalidIndexes(session), await queryUnvalidatedConstraints(session)];
		const {context: {versionTable, versionTableSchema}} = await look.database();
		const ofVersion = (object: string) => belongsToTable(object, versionTable, versionTableSchema);
		const changes = before && compareCatalogs(before.catalog, catalog, ofVersion);
		const rehearsed = await readRehearsedSchema(look, (await look.plan()).digest);
		const differs = rehearsed && differFromRehearsal(rehearsed, {before: before?.catalog ?? null, after: catalog}, ofVersion);
		const evidence = [
			...(differs === null ? [] : [noteEvidence(`the schema as rehearsed → as it is: ${count(differs.made.length, 'difference')}`, [...differs.made.map(describe), ...differs.older.map(difference => `there before the upgrade already: ${describe(difference)}`)])]),
			...(changes === null ? [] : [noteEvidence(`${count(changes.length, 'object')} changed since before the upgrade`, changes.map(describe))]),
			...touchedTables(differs?.made ?? []).map(table => noteEvidence(`\\d ${table}, as rehearsed → as it is`, sideBySide(table, rehearsed!.after, catalog))),
			...touchedTables(changes ?? []).map(table => noteEvidence(`\\d ${table}`, sideBySide(table, before!.catalog, catalog))),
			queryEvidence('invalid indexes', 'pg_index WHERE NOT (indisvalid AND indisready AND indislive)', invalid),
			queryEvidence('constraints that are not validated', 'pg_constraint WHERE NOT convalidated', unvalidated),
		];
		const building = invalid.filter(index => index.building);
		const broken = invalid.filter(index => !index.building && !before?.invalidIndexes.includes(index.name));
		if (broken.length > 0) return failed(`${listed(broken.map(index => `${index.name}${halfBuilt.test(index.name.replace(/"$/, '')) ? ' (left of a REINDEX CONCURRENTLY)' : ''}`))} ${broken.length === 1 ? 'is an invalid index' : 'are invalid indexes'}: drop and build again, both CONCURRENTLY.`, evidence);
		if (outcome.database.left.length > 0) return failed(`The upgrade left something that should not be there: ${listed(outcome.database.left)}.`, evidence);
		if (building.length > 0) return warned(`${listed(building.map(index => index.name))} ${building.length === 1 ? 'is' : 'are'} being built right now.`, evidence);
		if (differs !== null && differs.made.length > 0) return failed(`${count(differs.made.length, 'object')} ${differs.made.length === 1 ? 'is' : 'are'} not as rehearsed: ${listed(differs.made.map(({object, kind}) => `${object} ${{missing: 'is missing', extra: 'was not rehearsed', changed: 'differs'}[kind]}`), 3)}.`, evidence);
		if (changes === null) throw forPerson('how the schema was before the upgrade was not kept, so only its state now is known: no invalid index. Look at it with \\d and attest.');
		if (changes.length === 0 && outcome.statements.some(({sql}) => /^\s*(create|alter|drop)\b/i.test(sql) && !sql.includes(versionTable))) return failed('Nothing in the catalogs changed, though the migration ran statements that change them.', evidence);
		const open = unvalidated.map(constraint => constraint.name).filter(name => changes.some(change => change.object.includes(name)));
		const what = changes.length === 0 ? 'nothing changed' : `${count(changes.length, 'object')} changed: ${listed(changes.map(({object, kind}) => `${object} ${{extra: 'is new', missing: 'is gone', changed: 'changed'}[kind]}`), 3)}`;
		if (open.length > 0) return warned(`${what}; ${listed(open)} ${open.length === 1 ? 'is' : 'are'} not validated yet${differs === null ? '' : ', as rehearsed'}, and holds for new rows only.`, evidence);
		if (differs === null) return passed(`${capital(what)}; no invalid index. This plan was not rehearsed, so there is nothing else to compare with.`, evidence);
		return passed(`The schema is as rehearsed; ${what}; no invalid index${differs.older.length > 0 ? `. Otherwise on the copy, and so before the upgrade already: ${listed(differs.older.map(each => each.object), 2)}` : ''}.`, evidence);
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

function capital(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}

function describe({object, kind, before, after}: Difference): string {
	if (kind === 'extra') return `+ ${object} ${after ?? ''}`;
	return kind === 'missing' ? `- ${object} ${before ?? ''}` : `~ ${object} ${before ?? ''} → ${after ?? ''}`;
}

const tablePattern = /^(?:table|column)\b.*?((?:"[^"]+"|[\w$]+)\.(?:"[^"]+"|[\w$]+))/;

/** Tables with a changed column, constraint or index, or changed themselves. */
function touchedTables(changes: readonly Difference[]): string[] {
	return [...new Set(changes.flatMap(({object, before, after}) => {
		const name = / on (\S+\.\S+)$/.exec(object)?.[1] ?? tablePattern.exec(object)?.[1] ?? (object.startsWith('index ') ? / ON (?:ONLY )?(\S+\.\S+) /.exec(after ?? before ?? '')?.[1] : undefined);
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
