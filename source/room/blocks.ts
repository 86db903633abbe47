/** Runs the checklist's own shell blocks, each as it stands and one at a time; a later room takes up what still runs. */
import {closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, rmSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {parseChecklist, type Checklist} from '../checklist/parse.ts';
import {destructiveWord, isSupervised} from '../journal/block-commands.ts';
import {Refusal} from '../journal/refusal.ts';
import type {Block} from '../journal/shapes/block.ts';
import type {Evidence, Verdict} from '../journal/shapes/evidence.ts';
import {openChild, startChild, type Child} from './children.ts';
import type {Room} from './room.ts';
import {hash} from './run-folder.ts';

/** Of its output so much is kept: the end says more than the beginning. */
const keptBytes = 256 * 1024;
const shownCharacters = 16 * 1024;
/** A block that prints more than this is ended: the run's disk is not its own. */
const mostBytes = 64 * 1024 * 1024;
/** Between the polite signal and the other one, for what the block started as well. */
const graceMs = 2000;
/** $1 is the text's file. Nothing asks its standard input, and both its outputs come in the order in which they were written. */
const runner = 'exec bash -euo pipefail "$1" </dev/null 2>&1';

export interface RunBlockRequest {
	block: string;
	/** Of the text that was looked at. */
	sha256?: string;
	confirmed: boolean;
	/** The database's name as a person typed it. */
	confirm?: string;
	by: string;
}

export interface Blocks {
	/** Runs it to its end. @throws Refusal 2 or 3 before anything was started */
	run(request: RunBlockRequest): Promise<Block>;
	/** Ends a running one with its whole process group. @throws Refusal 3 when it does not run */
	end(id: string, by: string): void;
	/** Takes up what an earlier room left running. */
	resume(): void;
	/** Marks as stale what was done by a text that the checklist no longer has. */
	refresh(): Promise<void>;
	/** Nothing more is followed or recorded; what runs goes on. */
	close(): void;
}

export function createBlocks(room: Room): Blocks {
	const followed = new Map<string, {child: Child; ended: string | null}>();
	const over = new AbortController();
	const blockOf = (id: string) => room.state().blocks.find(block => block.id === id);
	let seenAt = 0;

	const follow = async (id: string, child: Child, started: number): Promise<void> => {
		const work = {child, ended: null as string | null};
		followed.set(id, work);
		const bound = setInterval(() => {
			if (sizeOf(child) > mostBytes) endGroup(work, `ended, since it had printed more than ${mostBytes / 1024 / 1024} MB`);
		}, 1000);
		try {
			const {exit} = await child.follow(line => room.tell({push: 'activity', activity: {work: 'block', text: line.slice(0, 200)}}), over.signal);
			if (over.signal.aborted) return;
			await finish(id, {child, exit, started, reason: work.ended ?? (exit === null ? 'it ended without an exit code' : `exit ${exit}`)});
		} finally {
			clearInterval(bound);
			followed.delete(id);
			if (!over.signal.aborted) room.tell({push: 'activity', activity: {work: 'block', text: 'the block has ended', done: true}});
		}
	};
	const finish = async (id: string, {child, exit, started, reason}: {child: {folder: string}; exit: number | null; started: number; reason: string}): Promise<void> => {
		const output = room.scrubber.text(readEnd(path.join(child.folder, 'stdout')));
		const {path: file, sha256} = room.keeper.keep({name: `${path.basename(child.folder)}.txt`, text: output, what: `the output of the block ${id}`});
		const evidence: Evidence = {kind: 'command', title: `the block ${id}: ${reason}`, command: ['bash', '-euo', 'pipefail', id], exit, body: output.slice(-shownCharacters), path: file, sha256};
		const seconds = (Date.now() - started) / 1000;
		const by = blockOf(id)?.run?.by ?? 'holdpoint';
		room.keeper.record('block-finished', 'holdpoint', {block: id, exit, seconds, reason, evidence});
		// What it printed is kept scrubbed; as it came it must not stay.
		rmSync(child.folder, {recursive: true, force: true});
		await settleItem(room, {id, by, verdict: {status: exit === 0 ? 'passed' : 'failed', summary: `its block ran: ${reason}`, at: new Date().toISOString(), seconds, evidence: [evidence]}});
	};
	/** A full disk must not end the room. */
	const unkept = (error: unknown) => room.tell({push: 'activity', activity: {work: 'block', text: `what a block left could not be kept: ${(error as Error).message}`}});
	const resume = () => {
		for (const {id, run} of room.state().blocks) {
			if (run?.state !== 'running' || followed.has(id) || !room.keeper.folder) continue;
			const folder = path.join(room.keeper.folder, 'blocks', run.child);
			const started = Date.parse(run.startedAt);
			if (existsSync(path.join(folder, 'child.json'))) void follow(id, openChild(folder), started).catch(unkept);
			else void finish(id, {child: {folder}, exit: null, started, reason: 'its room ended before it began'}).catch(unkept);
		}
	};
	return {
		resume,
		async run({block: id, sha256, confirmed, confirm, by}) {
			if (room.keeper.opened) resume();
			const block = blockOf(id);
			if (!block) throw new Refusal(2, `The checklist has no block ${JSON.stringify(id)}.`);
			const text = runnableText(room, block);
			if (sha256 !== undefined && sha256 !== block.sha256) throw new Refusal(3, `The block ${id} is not the one that was looked at; look again.`);
			if (!confirmed) throw new Refusal(3, `The block ${id} was not confirmed (--yes). It would run in ${room.settings.project}:\n${text}`);
			const {database, environment} = room.state().target;
			const word = destructiveWord(block);
			if (word !== null && confirm !== database && (environment === 'production' || environment === 'unknown')) throw new Refusal(3, `The block ${id} has ${JSON.stringify(word)} in it, which may destroy something; in ${environment === 'unknown' ? 'an unknown environment, which counts as production,' : 'production'} it needs the database's name: --confirm ${database}.`);
			const running = room.state().blocks.find(each => each.run?.state === 'running');
			if (running) throw new Refusal(3, `The block ${running.id} still runs; wait for its end or end it.`);
			room.open(by);
			const folder = newFolder(room, id);
			const script = path.join(folder, 'script');
			writeFileSync(script, `${text}\n`, {mode: 0o600});
			room.keeper.record('block-started', by, {block: id, sha256: block.sha256, child: path.basename(folder)});
			await follow(id, startChild({folder, argv: ['/bin/sh', '-c', runner, 'holdpoint-block', script], directory: room.settings.project, environment: withoutOurs(room.environment)}), Date.now());
			return blockOf(id)!;
		},
		end(id, by) {
			const work = followed.get(id);
			if (!work) throw new Refusal(3, `The block ${id} does not run.`);
			endGroup(work, `ended by ${by}`);
		},
		async refresh() {
			const {path: file, sha256} = room.checklist;
			const ran = room.state().blocks.filter(({run}) => run?.state === 'done' || run?.state === 'failed');
			if (ran.length === 0 || room.settings.readOnly || !existsSync(file) || statSync(file).mtimeMs === seenAt) return;
			seenAt = statSync(file).mtimeMs;
			const markdown = readFileSync(file, 'utf8');
			if (hash(markdown) === sha256) return;
			const now = parseChecklist(markdown).blocks;
			for (const block of ran) {
				const other = now.find(each => each.id === block.id);
				if (!other || hash(other.text) !== block.sha256) room.keeper.record('block-went-stale', 'holdpoint', {block: block.id, reason: other ? 'the checklist has another text for it now' : 'the checklist no longer has it'});
			}
		},
		close: () => over.abort(),
	};
}

/** A document's blocks as a run begins with them. */
export function openBlocks({blocks}: Pick<Checklist, 'blocks'>): Block[] {
	return blocks.map(block => ({...block, sha256: hash(block.text)}));
}

/** The block's text, byte for byte as it was looked at. @throws Refusal 2 or 3 when it is none to be run here */
function runnableText(room: Room, block: Block): string {
	const {id} = block;
	if (isSupervised(block)) throw new Refusal(3, `holdpoint does itself what the block ${id} says, supervised: its steps start the actions and checks, and it is not given to bash.`);
	if (block.language === 'zsh') throw new Refusal(2, `The block ${id} is written for zsh, and holdpoint runs bash; run it by hand, or mark it \`bash\`.`);
	const {text} = room.checklist.parsed.blocks.find(each => each.id === id) ?? block;
	if (hash(text) !== block.sha256 || room.scrubber.text(text) !== text) throw new Refusal(3, `The block ${id} holds a secret, which nobody can be shown before it runs; let it read an environment variable or a file instead.`);
	const {path: file, sha256} = room.checklist;
	const markdown = existsSync(file) ? readFileSync(file, 'utf8') : null;
	const other = markdown !== null && hash(markdown) !== sha256 ? parseChecklist(markdown).blocks.find(each => each.id === id) : undefined;
	if (other && hash(other.text) !== block.sha256) throw new Refusal(3, `${file} has another text for the block ${id} than the checklist that this run follows; put it back, or abandon the run and begin anew with the new one.`);
	return text;
}

/** A block inside an item that no check verifies is that item's proof. */
async function settleItem(room: Room, {id, by, verdict}: {id: string; by: string; verdict: Verdict}): Promise<void> {
	const block = room.state().blocks.find(each => each.id === id);
	const item = room.state().items.find(each => each.id === block?.item);
	if (!item || item.check !== undefined) return;
	const context = await room.checks.contextOf(item).catch(() => ({}));
	room.keeper.record('check-finished', by, {item: item.id, check: id, verdict, context});
}

function newFolder(room: Room, id: string): string {
	const number = room.keeper.events.filter(({kind}) => kind === 'block-started').length + 1;
	const folder = path.join(room.keeper.folder!, 'blocks', `${String(number).padStart(3, '0')}-${id.replaceAll('/', '-')}`);
	mkdirSync(folder, {recursive: true, mode: 0o700});
	return folder;
}

/** What says where holdpoint's own sessions go is nobody else's. */
function withoutOurs(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('HOLDPOINT_')));
}

function endGroup(work: {child: Child; ended: string | null}, reason: string): void {
	work.ended ??= reason;
	const signal = (name: NodeJS.Signals) => {
		try {
			process.kill(-work.child.pid, name);
		} catch {
			// It has just ended by itself.
		}
	};
	signal('SIGTERM');
	setTimeout(() => signal('SIGKILL'), graceMs);
}

function sizeOf(child: Child): number {
	const file = path.join(child.folder, 'stdout');
	return existsSync(file) ? statSync(file).size : 0;
}

function readEnd(file: string): string {
	if (!existsSync(file)) return '';
	const {size} = statSync(file);
	const descriptor = openSync(file, 'r');
	try {
		const buffer = Buffer.alloc(Math.min(size, keptBytes));
		readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
		return `${size > keptBytes ? `[${size - keptBytes} bytes before this were left out]\n` : ''}${buffer.toString('utf8')}`;
	} finally {
		closeSync(descriptor);
	}
}
