/** What a line of a shell block asks for, as far as holdpoint does the same itself and supervises it. */
import type {Block} from './shapes/block.ts';

export type Role = 'sql' | 'show-sql' | 'upgrade' | 'downgrade' | 'check' | 'current' | 'history' | 'dump' | 'list' | 'scratch' | 'restore' | 'describe' | 'activity' | 'locks' | 'replication' | 'vacuum';

const forms: readonly [Role, RegExp][] = [
	['sql', /\balembic\b.*\s(?:upgrade|downgrade)\b.*\s--sql\b/s],
	['upgrade', /\balembic\b.*\supgrade\b/s],
	['downgrade', /\balembic\b.*\sdowngrade\b/s],
	['check', /\balembic\b.*\scheck\b/s],
	['current', /\balembic\b.*\scurrent\b/s],
	['history', /\balembic\b.*\shistory\b/s],
	['dump', /^\s*(?:\w+=\S*\s+)*(?:time\s+)?pg_dump(?:all)?\b/],
	['list', /^\s*pg_restore\b.*\s(?:-l|--list)\b/s],
	['restore', /^\s*(?:time\s+)?pg_restore\b/],
	['activity', /\bpsql\b.*\bpg_stat_activity\b/s],
	['locks', /\bpsql\b.*\bpg_locks\b/s],
	['replication', /\bpsql\b.*\bpg_stat_replication\b/s],
	['vacuum', /^\s*vacuumdb\b|\bpsql\b.*\bVACUUM\b/is],
	['describe', /\bpsql\b.*\\d/s],
];

/** The role of each step of a block, null for remarks and for what holdpoint does not do. Two lines only mean something after another: `cat` after the SQL was written, `createdb` before a restore. */
export function rolesOf({steps}: Pick<Block, 'steps'>): (Role | null)[] {
	const plain = steps.map(({command}) => (command === null ? null : forms.find(([, form]) => form.test(command))?.[0] ?? null));
	return plain.map((role, at) => {
		const command = steps[at]!.command ?? '';
		if (role !== null) return role;
		if (/^\s*(?:cat|less|more|bat)\s/.test(command) && plain.slice(0, at).includes('sql')) return 'show-sql';
		if (/^\s*createdb\b/.test(command) && plain.slice(at).includes('restore')) return 'scratch';
		return null;
	});
}

/**
 * Whether bash is never given this block: holdpoint does each of its lines itself, or one of them moves the database
 * along its revisions, which must not happen beside the hold points, however the line is wrapped.
 */
export function isSupervised(block: Pick<Block, 'steps' | 'text'>): boolean {
	if (/\balembic\b[\s\S]*?\s(?:upgrade|downgrade|stamp)\b/.test(block.text)) return true;
	const roles = rolesOf(block);
	return block.steps.every(({command}, at) => command === null || roles[at] !== null);
}

/** The word of a block that could destroy something, or null. It errs towards asking: a name to type is cheap. */
export function destructiveWord({text}: Pick<Block, 'text'>): string | null {
	const found = /\b(?:drop|truncate|delete|alter|update|grant|revoke|reindex)\b|\b(?:rm|rmdir|dd|mkfs\S*|shred|kill|pkill|killall|shutdown|reboot|halt|dropdb|dropuser|pg_ctl|pg_resetwal|pg_terminate_backend|pg_cancel_backend|pg_promote)\b|--(?:clean|force|delete)\b|\b(?:systemctl|service)\s.*\b(?:stop|restart)\b|\b(?:destroy|uninstall|scale)\b|\bpsql\b.*\s(?:-f|--file)\b|\bgit\s+(?:reset|push)\b|>\s*\/(?!dev\/null|tmp\/)/i.exec(text);
	return found ? found[0].trim() : null;
}
