/** A program that opens a sandbox in the folder of its first argument, says what it has, and waits to be ended. */
import {openSandbox} from '../../demo/sandbox.ts';

const sandbox = await openSandbox({directory: process.argv[2]!, rows: 20_000});
console.log(JSON.stringify({
	directory: sandbox.directory,
	pids: [sandbox.primary.pid, sandbox.standby.pid, sandbox.application.pid, sandbox.traffic.pid, sandbox.office.pid, ...(sandbox.monitoring?.pids ?? [])],
}));
setInterval(() => undefined, 60_000);
