/** The child's side of child.ts: its settings, and the end when its parent is gone. */
import {createInterface} from 'node:readline';

/** Reads the settings from standard input; when that closes, for whatever reason, this process ends. */
export async function readSettings<Settings>(): Promise<Settings> {
	const lines = createInterface({input: process.stdin});
	lines.on('close', () => process.exit(0));
	return new Promise(resolve => {
		lines.once('line', line => resolve(JSON.parse(line) as Settings));
	});
}

/** Tells the parent something. */
export function tell(line: unknown): void {
	process.stdout.write(`${JSON.stringify(line)}\n`);
}
process.stdout.on('error', () => process.exit(0));
