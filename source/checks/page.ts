/** The page docs/items.md: what each check verifies, how far a machine can prove it, and why it matters. */
import {checks} from './index.ts';
import type {Check} from './check.ts';

const provers: Record<Check['proves'], string> = {
	wholly: 'machine',
	partly: 'machine in part, a person for the rest',
	nothing: 'person',
};

const areas: Record<string, string> = {
	code: 'Code review', alembic: 'Alembic', review: 'SQL review', schema: 'Schema', compat: 'Backward compatibility', rollback: 'Rollback', backup: 'Backup',
	preflight: 'Pre-flight', post: 'After the migration', large: 'Large tables', monitor: 'Monitoring', tasks: 'Post-deployment tasks',
};

/** Markdown; docs/items.md is this text, and a test holds the two equal. */
export function renderItems(): string {
	const lines = [
		'# What is checked, and how far a machine can prove it', '',
		'Written by `renderItems()` in source/checks/page.ts from the checks themselves; change it there.', '',
		'A check answers `passed`, `warned`, `failed` or `not-applicable`, each with its evidence. One that could not look says why and leaves the item open. Where a person is needed for the rest, the answer is `warned` and begins with "For a person:": attest the item.', '',
	];
	for (const [area, title] of Object.entries(areas)) {
		lines.push(`## ${title}`, '');
		for (const check of checks.filter(each => each.id.startsWith(`${area}.`))) {
			lines.push(`### \`${check.id}\``, '', check.says, '', `- proven by: ${provers[check.proves]}`, `- stale when it changes: ${check.dependsOn.join(', ')}${check.ttlMs === undefined ? '' : `; after ${describe(check.ttlMs)} in any case`}`, '', check.why, '');
		}
	}
	return `${lines.join('\n').trimEnd()}\n`;
}

function describe(ms: number): string {
	const minutes = ms / 60_000;
	if (minutes < 120) return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
	return minutes < 48 * 60 ? `${minutes / 60} hours` : `${minutes / 1440} days`;
}
