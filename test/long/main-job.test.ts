/** The main job on the command line, in one run: look, check, attest, plan, approve, upgrade, downgrade, report, verify, close. */
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, expect, test, vi} from 'vitest';
import {z} from 'zod';
import {parseEvent} from '../../source/journal/events.ts';
import {hashLine} from '../../source/journal/file.ts';
import {backupSchema} from '../../source/journal/shapes/backup.ts';
import {itemCountsSchema, itemSchema} from '../../source/journal/shapes/item.ts';
import {outcomeSchema} from '../../source/journal/shapes/outcome.ts';
import {planSchema, type Plan} from '../../source/journal/shapes/plan.ts';
import {reviewSchema} from '../../source/journal/shapes/review.ts';
import {runStateSchema, runSummarySchema} from '../../source/journal/shapes/run.ts';
import {sampleSchema} from '../../source/journal/shapes/sample.ts';
import {runAlembic} from '../servers.ts';
import {cli, cliProject, inProcess, jsonOf, type CliProject} from '../commands/cli.ts';

const checklist = `# Small checklist

## Before

<!-- hold: upgrade -->

- [ ] Every migration says what it is for <!-- check: code.docstring -->
- [ ] The team was told
- [ ] The window is agreed

## After

<!-- hold: close -->

- [ ] The database is where it should be <!-- check: post.current -->
`;
const itemsShape = z.object({run: z.string().nullable(), checklist: z.object({title: z.string(), path: z.string(), sha256: z.string()}), items: z.array(itemSchema), counts: itemCountsSchema});

// Each command starts Python some times; a machine under load takes long for that.
vi.setConfig({testTimeout: 120_000});

let project: CliProject;
let plan: Plan;
/** In this process, where a start of another would prove nothing more. */
const run = (words: string[]) => inProcess(words, {cwd: project.directory});
const states = async () => Object.fromEntries(itemsShape.parse(jsonOf(await run(['items', '--json']))).items.map(item => [item.text, item.state]));

beforeAll(async () => {
	project = await cliProject();
	await writeFile(path.join(project.directory, 'small.md'), checklist);
	await project.configure('environment: production\nchecklist: small.md');
});
afterAll(async () => {
	await project.remove();
	await project.database.drop();
});

test('doctor finds no error, init does not overwrite, looking opens no run', async () => {
	const doctor = await run(['doctor', '--json']);
	const {problems} = z.object({problems: z.array(z.object({level: z.enum(['error', 'warning', 'info']), what: z.string(), fix: z.string()}))}).parse(jsonOf(doctor));
	expect([doctor.exit, problems.filter(problem => problem.level === 'error')]).toEqual([0, []]);
	expect((await run(['init'])).exit).toBe(3);
	sampleSchema.parse(jsonOf(await run(['monitor', '--once', '--json'])));
	expect(itemsShape.parse(jsonOf(await run(['items', '--json']))).run).toBeNull();
	expect(jsonOf(await run(['runs', '--json']))).toEqual([]);
});

test('check, attest and waive satisfy items; each says who, and what', async () => {
	const checked = await cli(['check', 'code.docstring', '--json'], {cwd: project.directory});
	expect(itemsShape.parse(jsonOf(checked)).items).toMatchObject([{state: 'passed', check: 'code.docstring'}]);
	expect(checked.exit).toBe(0);
	expect((await run(['attest', 'told'])).exit).toBe(2);
	expect(itemSchema.parse(jsonOf(await run(['attest', 'told', '--by', 'eve', '--note', 'in #dba', '--json'])))).toMatchObject({state: 'attested', by: 'eve', note: 'in #dba'});
	expect((await run(['attest', 'told', '--note', 'x', '--read-only'])).exit).toBe(3);
});

test('plan tells what would happen, and an upgrade past an open item is refused', async () => {
	plan = planSchema.parse(jsonOf(await run(['plan', '--json'])));
	expect(plan).toMatchObject({action: 'upgrade', from: [], to: ['b2'], revisions: [{revision: 'a1', sql: true}, {revision: 'b2', sql: true}]});
	expect(await readFile(plan.sql, 'utf8')).toContain('ALTER TABLE items ADD COLUMN note TEXT');
	expect(plan.unmet.map(item => item.text)).toContain('The window is agreed');
	const refused = await run(['upgrade', '--yes', '--expect', plan.digest]);
	expect([refused.exit, refused.stdout]).toEqual([3, '']);
	expect(refused.stderr).toContain('The hold point before upgrade stands');
	reviewSchema.parse(jsonOf(await run(['review', '--json', '--fail-on', 'never'])));
});

test('in production --yes is not enough', async () => {
	// The plan is there now: what was attested before it was made is asked again.
	for (const item of ['told', 'agreed']) expect((await run(['waive', item, '--reason', 'a rehearsal of the command line'])).exit).toBe(0);
	expect((await run(['upgrade', '--yes'])).stderr).toContain('needs --expect');
	expect((await runAlembic(project, 'current')).stdout).toBe('');
});

test('an approved upgrade runs, is read back, and gives its own evidence', async () => {
	expect(jsonOf(await run(['approve', '--by', 'eve', '--json']))).toEqual({digest: plan.digest, approvals: [{by: 'eve', signed: false, at: expect.any(String)}]});
	expect(backupSchema.parse(jsonOf(await run(['backup', '--json']))).verified).toMatchObject({list: true, read: true});
	const upgraded = await cli(['upgrade', '--yes', '--json', '--progress', 'json'], {cwd: project.directory});
	expect(outcomeSchema.parse(jsonOf(upgraded))).toMatchObject({status: 'done', exit: 0, from: [], to: ['b2'], database: {version: ['b2'], verified: true}});
	expect(upgraded.exit).toBe(0);
	const kinds = upgraded.stderr.trim().split('\n').map(line => (JSON.parse(line) as {kind: string}).kind);
	expect(kinds).toEqual(expect.arrayContaining(['action', 'revision', 'statement']));
	expect((await runAlembic(project, 'current')).stdout).toContain('b2');
	expect(await states()).toMatchObject({'The database is where it should be': 'passed'});
});

test('a downgrade needs its revision', async () => {
	expect((await run(['downgrade'])).exit).toBe(2);
	const down = await run(['downgrade', 'a1', '--yes', '--confirm', project.database.name, '--json']);
	expect(outcomeSchema.parse(jsonOf(down))).toMatchObject({status: 'done', from: ['b2'], to: ['a1'], database: {version: ['a1'], verified: true}});
	const maintained = await run(['maintain', 'items', '--yes', '--json']);
	expect(outcomeSchema.parse(jsonOf(maintained))).toMatchObject({action: 'maintain', status: 'done'});
});

test('the record: show, journal, report, verify; close ends the run', async () => {
	const state = runStateSchema.parse(jsonOf(await run(['show', '--json'])));
	expect(state.actions.map(({action, status}) => `${action} ${status}`)).toEqual(['backup done', 'upgrade done', 'downgrade done', 'maintain done']);
	const lines = (await run(['journal', '--json'])).stdout.trimEnd().split('\n');
	for (const [index, line] of lines.entries()) expect(parseEvent(JSON.parse(line))).toMatchObject({seq: index + 1, ...(index > 0 && {previous: hashLine(lines[index - 1]!)})});
	expect((await run(['report'])).stdout).toMatch(/^- \[x\] The team was told/m);
	expect(jsonOf(await run(['verify', '--json', '--head', state.head]))).toEqual({ok: true, events: lines.length, head: state.head, problems: []});
	const closed = await run(['close', '--json']);
	expect([closed.exit, runSummarySchema.parse(jsonOf(closed)).state]).toEqual([0, 'closed']);
	expect((await run(['close'])).exit).toBe(3);
	expect(z.array(runSummarySchema).parse(jsonOf(await run(['runs', '--json'])))).toMatchObject([{run: state.run, state: 'closed'}]);
	expect((await run(['replay', '--json'])).exit).toBe(0);
});

test('an edited journal does not verify; a run without its database can be abandoned', async () => {
	const {run: id} = jsonOf(await run(['show', '--json']));
	const file = path.join(project.stateDir, 'runs', id, 'events.jsonl');
	await writeFile(file, (await readFile(file, 'utf8')).replace('in #dba', 'in #dbA'));
	const answer = await run(['verify', id, '--json']);
	expect([answer.exit, jsonOf(answer)]).toMatchObject([1, {ok: false, problems: [expect.stringContaining('does not follow the line before it')]}]);
	const opened = jsonOf(await run(['waive', 'told', '--reason', 'another run', '--json']));
	expect(opened.state).toBe('waived');
	await writeFile(path.join(project.directory, 'alembic.ini'), '[alembic]\nscript_location = nowhere\n');
	expect((await run(['abandon'])).stderr).toContain('--reason TEXT');
	expect(jsonOf(await run(['abandon', '--reason', 'the project is gone', '--json']))).toMatchObject({state: 'abandoned', outcome: 'abandoned: the project is gone'});
});
