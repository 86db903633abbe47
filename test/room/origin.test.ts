/** Two processes share a room only when everything that could send them to another database is the same. */
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Settings} from '../../source/config/settings.ts';
import {isSameOrigin, readOrigin} from '../../source/room/origin.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'holdpoint-origin-'));
const project = path.join(folder, 'project');
const environmentFile = path.join(project, 'migrations/env.py');
const settings = {project, config: null, alembic: {python: null, ini: null, section: 'alembic', arguments: [], environment: {}}, database: null, environment: null} as unknown as Settings;
const environment = {DATABASE_URL: 'postgresql://a/shop', TERM: 'xterm', SSH_TTY: '/dev/pts/1'};

beforeAll(() => {
	mkdirSync(path.dirname(environmentFile), {recursive: true});
	for (const [file, text] of [['alembic.ini', '[alembic]'], ['.env', 'STAGE=one'], ['migrations/env.py', 'run()']] as const) writeFileSync(path.join(project, file), text);
});
afterAll(() => rmSync(folder, {recursive: true}));

test.each<[string, boolean, {environment?: NodeJS.ProcessEnv; settings?: Settings; file?: [string, string]}]>([
	['nothing changed', true, {}],
	['another terminal', true, {environment: {...environment, TERM: 'tmux', SSH_TTY: '/dev/pts/9', COLUMNS: '80'}}],
	['another URL in the environment', false, {environment: {...environment, DATABASE_URL: 'postgresql://b/shop'}}],
	['a variable more', false, {environment: {...environment, STAGE: 'two'}}],
	['another --database', false, {settings: {...settings, database: {url: {kind: 'text', text: 'postgresql://b/shop'}, source: '--database'}}}],
	['env.py edited', false, {file: ['migrations/env.py', 'run(2)']}],
	['a dotenv file edited', false, {file: ['.env', 'STAGE=two']}],
	['a file more beside alembic.ini', false, {file: ['settings.toml', 'x = 1']}],
])('%s: the same is %s', (_, same, changed) => {
	const origin = readOrigin({settings, environment, loaded: [environmentFile]})!;
	if (changed.file) writeFileSync(path.join(project, changed.file[0]), changed.file[1]);
	expect(isSameOrigin(origin, {settings: changed.settings ?? settings, environment: changed.environment ?? environment})).toBe(same);
});

test('a file that is not on this machine, as of a container, makes no origin; no secret can be read in one', () => {
	expect(readOrigin({settings, environment, loaded: ['/inside/a/container/env.py']})).toBeNull();
	expect(JSON.stringify(readOrigin({settings, environment, loaded: [environmentFile]}))).not.toContain('postgresql');
});
