#!/usr/bin/env node
/** The entry: flags → one frozen Settings → a command. */
import {enableCompileCache} from 'node:module';
import process from 'node:process';

process.env['NODE_ENV'] ??= 'production';
// node:sqlite is stable enough for us; Node 22 says on every start that it is experimental.
const warn = process.emitWarning;
process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
	if (!String(warning).includes('SQLite')) (warn as (...all: unknown[]) => void).call(process, warning, ...rest);
}) as typeof process.emitWarning;

// Compiled code is kept between starts: most commands are short ones.
enableCompileCache?.();
const {main} = await import('./source/commands/main.ts');
process.exitCode = await main({
	argv: process.argv.slice(2),
	environment: process.env,
	// npm runs scripts in the package's folder and says in INIT_CWD where the user is.
	directory: process.env['npm_lifecycle_event'] === 'holdpoint' ? process.env['INIT_CWD'] ?? process.cwd() : process.cwd(),
	stdin: process.stdin,
	stdout: process.stdout,
	stderr: process.stderr,
});
// Libraries may keep timers; what matters has been awaited. Output that is still on its way to a pipe is let go out first.
for (const stream of [process.stdout, process.stderr]) if (stream.writableLength > 0) await new Promise(resolve => stream.write('', resolve));
process.exit();
