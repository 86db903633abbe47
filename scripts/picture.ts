/** Makes docs/control-room.svg from the real screen: the demo in a pseudo-terminal, a few keys, and what an emulator then shows. `npm run picture` */
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import {drawSvg} from './picture/svg.ts';

const checkout = path.resolve(import.meta.dirname, '..');
const file = path.join(checkout, 'docs/control-room.svg');
const [columns, rows] = [120, 40];

const glass = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, scrollback: 0});
const {CI: _, NO_COLOR: __, ...environment} = process.env;
const demo = pty.spawn(process.execPath, [...process.execArgv, path.join(checkout, 'cli.tsx'), 'demo', '--rows', process.argv[2] ?? '1200000'], {
	name: 'xterm-256color', cols: columns, rows, cwd: checkout,
	env: {...environment, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', TERM: 'xterm-256color', HOLDPOINT_BY: 'ada'} as Record<string, string>,
});
demo.onData(data => glass.write(data));
const ended = new Promise<void>(resolve => {
	demo.onExit(() => resolve());
});
process.on('exit', () => demo.kill('SIGTERM'));

try {
	await see(/\d+ of 52 satisfied/, 180);
	demo.write('b');
	await see(/Take a backup/, 30);
	demo.write('y');
	await see(/[1-9]\d* of 52 satisfied/, 120);
	demo.write('e');
	await see(/[12]\d of 52 satisfied/, 180);
	// To the review of the generated SQL, whose evidence is worth a look.
	for (let down = 0; down < 11; down++) {
		demo.write('j');
		await wait(50);
	}
	// The charts need a few readings to have something to show.
	await wait(15_000);
	await writeFile(file, drawSvg(glass, 'The control room of holdpoint on the demo: checklist, detail, and the live state of the database'));
	console.log(`written: ${path.relative(process.cwd(), file)}`);
} finally {
	demo.write('q');
	await Promise.race([ended, wait(3000)]);
	demo.kill('SIGTERM');
	await Promise.race([ended, wait(30_000)]);
}
process.exit();

async function see(wanted: RegExp, seconds: number): Promise<void> {
	for (const until = Date.now() + seconds * 1000; ; await wait(100)) {
		const text = Array.from({length: rows}, (_line, row) => glass.buffer.active.getLine(row)?.translateToString(true) ?? '').join('\n');
		if (wanted.test(text)) return;
		if (Date.now() > until) throw new Error(`the screen never showed ${wanted}:\n${text}`);
	}
}
