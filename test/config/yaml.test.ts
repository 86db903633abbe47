/** Every complaint about holdpoint.yaml says where and what; text in, sentence out. */
import {describe, expect, test} from 'vitest';
import {moments} from '../../source/config/moments.ts';
import {configurationJsonSchema, configurationSchema} from '../../source/config/schema.ts';
import {initConfiguration} from '../../source/config/template.ts';
import {parseConfiguration} from '../../source/config/yaml.ts';
import {eventKinds} from '../../source/journal/events.ts';

const parse = (text: string, environment = {}) => parseConfiguration({text, name: 'holdpoint.yaml', environment});

test.each([
	['enviroment: x', '1:1: unknown key `enviroment`; did you mean `environment`?'],
	['backup:\n  jobs: 2\n  formt: x', '3:3: unknown key `backup.formt`; did you mean `format`?'],
	['checks:\n  - name: a\n    command: [a]\n    expct: x', '4:5: unknown key `checks[0].expct`; did you mean `expect`?'],
	['environment: [{name: production, hots: a}]', '1:34: unknown key `environment[0].hots`; did you mean `host`?'],
	['guard:\n  zzz: 1', '2:3: unknown key `guard.zzz`; known here: max_blocked_sessions, '],
	['environment: prod', '1:14: `environment` must be production, staging or development, or a list'],
	['migration:\n  lock_timeout: 5', '2:17: `migration.lock_timeout` must be a duration: a number with ms, s, min or h'],
	['migration:\n  lock_timeout: 30m', '2:17: `migration.lock_timeout` must be a duration'],
	['backup: {format: tar}', '1:18: `backup.format` must be one of directory, custom'],
	['guard: {samples: 0}', '1:18: `guard.samples` must be at least 1'],
	['guard: {samples: 1.5}', '1:18: `guard.samples` must be a whole number'],
	['guard: {max_lag_seconds: much}', '1:26: `guard.max_lag_seconds` must be a number, or `off`'],
	['review: {pg_version: 99}', '1:22: `review.pg_version` must be at most 18'],
	['guard: 3', '1:8: `guard` must be a group of keys with values'],
	['standbys: one', '1:11: `standbys` must be a list'],
	['smoke:\n  - name: a', '2:5: `smoke[0]` needs exactly one of `command` and `url`'],
	['smoke: [{name: a, url: nope}]', '1:24: `smoke[0].url` must be a URL'],
	['notify: [{name: a, command: [x], on: [run-open]}]', '1:39: `notify[0].on[0]` must be one of the known names'],
	['naming: {ix: "("}', '1:14: `naming.ix` must be a regular expression'],
	['window: {start: 22:00, end: 2:00}', '1:29: `window.end` must be a time'],
	['window: {start: 22:00, end: 23:00, timezone: Mars}', '1:46: `window.timezone` must be the name of a time zone'],
	['database: {comand: [x]}', '1:11: `database` must be a text, `${VARIABLE}` or `{command:'],
	['database: ${NOT_SET}', '1:11: the environment variable NOT_SET is not set'],
	['- x', '1:1: must be a list of keys'],
	['a: [', '1:5: not readable as YAML'],
	['alembic: {}\nalembic: {}', '2:1: not readable as YAML: Map keys must be unique'],
	['a: *b', '1:1: not readable as YAML: Unresolved alias'],
	['# ü\r\nbackup:\r\n  formt: x', '3:3: unknown key'],
])('%j', (text, sentence) => {
	expect(() => parse(text)).toThrow(expect.objectContaining({name: 'Refusal', exit: 2, message: expect.stringContaining(`holdpoint.yaml:${sentence}`)}));
});

test('a wrong value is never repeated, since it may be a secret', () => {
	expect(() => parse('smoke: [{name: a, url: "${S}"}]', {S: 'hunter22'})).toThrow(expect.objectContaining({message: expect.not.stringContaining('hunter22')}));
	expect(() => parse('environment: hunter22')).toThrow(expect.objectContaining({message: expect.not.stringContaining('hunter22')}));
});

describe('${VARIABLE}', () => {
	test('is put into values, more than one in a text, and $${ stands for ${', () => {
		const {database, contacts} = parse('database: "postgresql://${U}:${P}@h/d"\ncontacts: [{role: "$${U}", contact: "${U}: x # y"}]', {U: 'ann', P: 'a: "b'});
		expect(database).toBe('postgresql://ann:a: "b@h/d');
		expect(contacts[0]).toMatchObject({role: '${U}', contact: 'ann: x # y'});
	});

	test('is left alone in commands, whose arguments everyone can see', () => {
		expect(parse('checks: [{name: a, command: [sh, -c, "echo ${P}"]}]', {P: 'secret'}).checks[0]!.command).toEqual(['sh', '-c', 'echo ${P}']);
	});
});

test('`off` and null switch a limit off', () => {
	expect(parse('guard: {max_blocked_sessions: off, max_session_seconds: null}').guard).toMatchObject({max_blocked_sessions: null, max_session_seconds: null, max_blocked_seconds: 3});
});

test('what notify can be told of is what the journal knows', () => {
	expect([...moments].sort()).toEqual([...eventKinds].sort());
});

describe('the template of init', () => {
	test('is accepted as it is and changes no default', () => {
		expect(parse(initConfiguration())).toEqual(parse(''));
	});

	test('is accepted with everything that it shows', () => {
		const shown = initConfiguration().replace(/^# (?=[a-z_]+:( |$)|  )(?!.*Durations)/gm, '').replace(/^Secrets:.*$|^# Durations:.*$/gm, '');
		expect(Object.keys(parse(shown, {DB_URL: 'a', MONITOR_URL: 'b', GUARD_URL: 'c', BACKUP_URL: 'd', WEBHOOK_URL: 'https://e.test'})).length).toBeGreaterThan(20);
		expect(parse(shown, {DB_URL: 'a', MONITOR_URL: 'b', GUARD_URL: 'c', BACKUP_URL: 'd', WEBHOOK_URL: 'https://e.test'})).toMatchObject({database: 'a', guard: parse('').guard, smoke: [{name: 'health'}]});
	});

	test('sets what was found', () => {
		const found = {python: ['poetry', 'run', 'python'], environment: {name: 'staging', host: 'a: b', database: 'shop'}, standbys: ['r1']} as const;
		expect(parse(initConfiguration({...found, python: [...found.python], standbys: ['r1']}))).toMatchObject({alembic: {python: found.python}, environment: [found.environment], standbys: ['r1']});
	});
});

test('the JSON Schema names the same keys as the file', () => {
	expect(Object.keys(configurationJsonSchema()['properties'] as object)).toEqual(Object.keys(configurationSchema.shape));
	expect(JSON.stringify(configurationJsonSchema())).not.toContain('"required":["alembic"');
});
