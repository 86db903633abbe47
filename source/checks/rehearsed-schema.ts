/** The schema as the rehearsal made it, kept as an artifact: what the target must be after its upgrade. */
import {readFile} from 'node:fs/promises';
import type {Difference} from '../journal/shapes/rehearsal.ts';
import {compareCatalogs, type Catalog} from '../postgres/catalog.ts';
import type {Look} from './check.ts';

/** The words by which its artifact is known. */
export const rehearsedSchemaAs = 'the schema as rehearsed, before and after the upgrade';

export interface RehearsedSchema {
	before: Catalog;
	after: Catalog;
}

/** Of the newest rehearsal of that plan; null when there was none, or its file can't be read any more. */
export async function readRehearsedSchema({state}: Pick<Look, 'state'>, digest: string): Promise<RehearsedSchema | null> {
	for (const {path} of state.artifacts.filter(artifact => artifact.what === rehearsedSchemaAs).reverse()) {
		const kept = await readFile(path, 'utf8').then(text => JSON.parse(text) as {digest: string; before: Record<string, string>; after: Record<string, string>}).catch(() => null);
		if (kept?.digest === digest) return {before: new Map(Object.entries(kept.before)), after: new Map(Object.entries(kept.after))};
	}
	return null;
}

export interface SchemaDifference {
	/** Between what was rehearsed (`before`) and the target (`after`), and made by the upgrade. */
	made: Difference[];
	/** There before the upgrade already: what the copy can't have, or what changed since the backup. */
	older: Difference[];
}

/** Pure. `target`: as it was right before the upgrade, null when that was not kept, and as it is. */
export function differFromRehearsal(rehearsed: RehearsedSchema, target: {before: Catalog | null; after: Catalog}, ignore: (object: string) => boolean): SchemaDifference {
	const now = compareCatalogs(rehearsed.after, target.after, ignore);
	if (target.before === null) return {made: now, older: []};
	const known = new Map(compareCatalogs(rehearsed.before, target.before, ignore).map(difference => [difference.object, difference]));
	const same = (one: Difference) => {
		const other = known.get(one.object);
		return other?.kind === one.kind && other.before === one.before && other.after === one.after;
	};
	return {made: now.filter(difference => !same(difference)), older: now.filter(same)};
}
