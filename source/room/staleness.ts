/** When evidence no longer counts: what it looked at has changed, or it is too old. */
import {createHash} from 'node:crypto';
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import type {Item} from '../journal/shapes/item.ts';

/** In words, what each key of a context is. */
const words: Record<string, string> = {
	target: 'the target is another database',
	current: 'the database has moved to another revision',
	files: 'the migration files on the path, or env.py, are not what they were',
	plan: 'the plan is another one',
	backup: 'the backup is another one, changed, or gone',
	rehearsal: 'the rehearsal is another one',
};

/** The reason, or null while the evidence counts. `now`: the context as it is; `at`: milliseconds since 1970. */
export function staleReason(item: Pick<Item, 'context' | 'at'>, {now, ttlMs, at}: {now: Record<string, string>; ttlMs?: number; at: number}): string | null {
	for (const [key, value] of Object.entries(item.context ?? {})) {
		if (now[key] !== undefined && now[key] !== value) return words[key] ?? `${key} changed`;
	}
	if (ttlMs !== undefined && item.at && at - Date.parse(item.at) > ttlMs) return `it is older than ${Math.round(ttlMs / 60_000)} min, and what it looked at moves by itself`;
	return null;
}

/** One digest over the contents of files; a missing one counts as such. */
export function hashFiles(project: string, files: readonly string[]): string {
	const hash = createHash('sha256');
	for (const file of [...files].sort()) {
		hash.update(`${path.relative(project, file)}\0`);
		hash.update(existsSync(file) ? readFileSync(file) : 'missing');
	}
	return hash.digest('hex');
}
