/** Every key of holdpoint.yaml with its type, default and meaning; CONTRACT.md lists the same. */
import {z} from 'zod';
import {moments} from './moments.ts';
import {parseDuration} from './durations.ts';

const durationPattern = /^\s*\d+(\.\d+)?\s*(ms|s|min|h)\s*$/;
const durationMessage = 'must be a duration: a number with ms, s, min or h, such as `5s` or `30min`';
/** A duration; milliseconds after parsing. */
const duration = z.string({error: durationMessage}).regex(durationPattern, durationMessage).transform(text => parseDuration(text)!);
const text = z.string().min(1, 'must not be empty');
const count = z.int().min(0);
const number = z.number().min(0);
const argv = z.array(text).min(1, 'must name a command').describe('A command and its arguments, run without a shell');
const command = z.union([argv, text.transform(one => [one])], {error: 'must be a command: a list such as `[curl, -f, URL]`, or the path of a program'})
	.describe('A list of command and arguments, or the path of a program');
const regularExpression = text.refine(isRegularExpression, 'must be a regular expression');
const secret = z.union([text, z.strictObject({command: argv})], {error: 'must be a text, `${VARIABLE}` or `{command: [program, argument]}`'})
	.describe('A text, `${VARIABLE}`, or a command that prints it: `{command: [pass, show, db]}`');
/** A limit of the guard; null or `off` switches it off. */
const limit = z.union([number, z.null(), z.literal('off').transform(() => null)], {error: 'must be a number, or `off`'});

const compression = z.union([z.int().min(0).max(9).transform(String), z.string().regex(/^(?:none|(?:gzip|lz4|zstd)(?::[\w=,-]+)?)$/)], {error: 'must be `none`, `lz4`, or gzip or zstd with a level, such as gzip:6'});

const environmentName = z.enum(['production', 'staging', 'development']);
const environment = z.union([
	environmentName,
	z.array(z.strictObject({name: environmentName, host: text.optional(), database: text.optional()})),
], {error: 'must be production, staging or development, or a list of rules `{name, host, database}`'})
	.describe('A name, or rules by host and database (globs with `*`); the first that fits counts');

const alembic = z.strictObject({
	python: command.optional().describe('The project\'s interpreter, or the command in front of it'),
	ini: text.optional(),
	section: text.default('alembic'),
	arguments: z.array(text).default([]).describe('Given to Alembic before its command, such as `-x tenant=a`'),
	environment: z.record(z.string(), z.string()).default({}),
}).prefault({});

const backup = z.strictObject({
	directory: text.optional(),
	format: z.enum(['directory', 'custom']).default('directory'),
	jobs: z.int().min(1).optional(),
	// Half of the time of pg_dump's own default, gzip:6, or less, for files larger by 3 to 16 % (rows of hashes, of words, of JSON); every pg_restore reads it.
	compress: compression.default('gzip:3').describe('As `pg_dump --compress` has it, whose own default is gzip:6'),
	count_rows: z.union([count, z.literal('all').transform(() => null)], {error: 'must be a number of rows, or `all`'}).default(5_000_000).describe('Tables of more rows than this, by estimate, are not counted beside the dump, since that reads them once more'),
	from: secret.optional().describe('A standby to take the backup from'),
	retention_days: number.default(7),
	max_age: duration.prefault('1h'),
	external: command.optional().describe('A command that prints the newest backup of something else as JSON (`holdpoint schema ExternalBackup`), or `pgbackrest … info --output=json`'),
}).prefault({});

const migration = z.strictObject({
	lock_timeout: duration.prefault('5s'),
	lock_ladder: z.array(duration).min(1).optional(),
	lock_retries: count.default(30).describe('Attempts after the first'),
	statement_timeout: duration.prefault('30min'),
	throttle: z.strictObject({lag_seconds: number.optional(), lag_bytes: number.optional()}).prefault({}),
}).prefault({});

const guard = z.strictObject({
	max_blocked_sessions: limit.default(20),
	max_blocked_seconds: limit.default(3),
	max_session_seconds: limit.default(60),
	max_lag_seconds: limit.default(null),
	max_lag_bytes: limit.default(null),
	min_free_connections_percent: limit.default(10),
	max_estimate_factor: limit.default(null),
	min_free_disk_bytes: limit.default(null),
	max_retained_wal_bytes: limit.default(null),
	free_disk: command.optional().describe('Prints how many bytes are free where the server keeps its data'),
	samples: z.int().min(1).default(2),
	action: z.enum(['cancel', 'alert']).default('cancel'),
}).prefault({});

const moment = text.regex(/^(\d\d:\d\d|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?)$/, 'must be a time such as `22:00` or `2026-05-01 22:00`');
const window = z.strictObject({
	start: moment,
	end: moment,
	timezone: text.default('UTC').refine(isTimeZone, 'must be the name of a time zone, such as `Europe/Berlin`'),
});

const named = {name: text};
const oneOf = (one: string, other: string) => ({error: `needs exactly one of \`${one}\` and \`${other}\``});
const smoke = z.strictObject({...named, command: command.optional(), url: z.url({protocol: /^https?$/}).optional(), expect: text.optional().describe('A status such as `204`, a text, or `/a pattern/`')})
	.refine(test => (test.command === undefined) !== (test.url === undefined), oneOf('command', 'url'));
const notify = z.strictObject({...named, command: command.optional(), webhook: secret.optional(), on: z.array(z.enum(moments)).min(1)})
	.refine(target => (target.command === undefined) !== (target.webhook === undefined), oneOf('command', 'webhook'));

export const configurationSchema = z.strictObject({
	database: secret.optional(),
	environment: environment.optional(),
	checklist: text.optional(),
	state_dir: text.optional(),
	alembic,
	roles: z.strictObject({monitor: secret.optional(), guard: secret.optional(), backup: secret.optional()}).prefault({}),
	standbys: z.array(text).default([]),
	backup,
	rehearsal: z.strictObject({url: secret.optional(), local: z.boolean().optional(), limit_gb: number.default(50), tables: z.array(text).default([])}).prefault({}),
	migration,
	guard,
	window: window.optional(),
	rollback_plan: text.optional(),
	large_table_rows: count.default(1_000_000),
	naming: z.record(z.string(), regularExpression).optional(),
	review: z.strictObject({pg_version: z.int().min(12).max(18).optional(), rules: z.record(z.string(), z.enum(['error', 'warning', 'info', 'off'])).default({})}).prefault({}),
	checks: z.array(z.strictObject({...named, command, expect: text.optional(), item: text.optional()})).default([]),
	smoke: z.array(smoke).default([]),
	compatibility: z.strictObject({old: command.optional(), new: command.optional(), api: command.optional()}).prefault({}),
	logs: z.array(z.strictObject({...named, command, errors: regularExpression.optional()})).default([]),
	metrics: z.strictObject({prometheus: z.url().optional(), queries: z.record(z.string(), text).default({})}).prefault({}),
	alerts: z.strictObject({alertmanager: z.url().optional()}).prefault({}),
	tickets: command.optional(),
	documents: command.optional(),
	notify: z.array(notify).default([]),
	approvals: z.strictObject({required: count.default(0), allowed_signers: text.optional(), expire_hours: number.default(24)}).prefault({}),
	contacts: z.array(z.strictObject({role: text, contact: text, escalation: z.string().default('')})).default([]),
	room: z.strictObject({idle_minutes: number.default(10)}).prefault({}),
});

/** holdpoint.yaml with its defaults; durations are milliseconds, single programs are argv. */
export type Configuration = z.output<typeof configurationSchema>;

/** The JSON Schema of holdpoint.yaml, for `holdpoint schema configuration` and editors. */
export function configurationJsonSchema(): Record<string, unknown> {
	return z.toJSONSchema(configurationSchema, {io: 'input'}) as Record<string, unknown>;
}

function isRegularExpression(pattern: string): boolean {
	try {
		return Boolean(new RegExp(pattern));
	} catch {
		return false;
	}
}

function isTimeZone(name: string): boolean {
	try {
		return Boolean(new Intl.DateTimeFormat('en', {timeZone: name}));
	} catch {
		return false;
	}
}
