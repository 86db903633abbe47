/** One setup at a time: `npm test` and `npm run demo` may be started side by side. */
import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {say} from './say.mjs';

/** Waits until no other living setup holds the lock; returns what frees it. */
export async function takeLock(folder) {
	for (let told = false; ; told = true) {
		try {
			mkdirSync(folder);
			writeFileSync(path.join(folder, 'pid'), String(process.pid));
			const free = () => rmSync(folder, {recursive: true, force: true});
			process.once('exit', free);
			return free;
		} catch (error) {
			if (error.code !== 'EEXIST') {
				throw error;
			}
		}
		if (!told) {
			say('another setup is at work, waiting for it');
			await wait(1000);
		}
		if (!holderLives(folder)) {
			rmSync(folder, {recursive: true, force: true});
		} else {
			await wait(200);
		}
	}
}

function holderLives(folder) {
	try {
		process.kill(Number(readFileSync(path.join(folder, 'pid'), 'utf8')), 0);
		return true;
	} catch (error) {
		return error.code === 'EPERM';
	}
}
