/** What signals do to an action that a command waits for: on a terminal a question, elsewhere a cancel whose outcome is read back. */
import {createInterface} from 'node:readline';
import type {Entered} from '../room/enter.ts';
import type {Call} from './command.ts';

/** Returns the function that ends it. A lost terminal is nothing to an action. */
export function steerBySignals(call: Call, entered: Entered): () => void {
	const {output, settings} = call;
	let asked = false;
	const cancel = (signal: NodeJS.Signals) => {
		if (asked) {
			output.talk('It is being stopped; what it left is read back first.');
			return;
		}
		asked = true;
		void entered.client.ask<{done: boolean}>('cancel', {reason: `${signal} to the command`}).then(
			({done}) => {
				// Nothing ran yet, or any more: there is nothing to wait for.
				if (!done) process.exit(130);
			},
			(error: Error) => output.talk(`holdpoint: ${error.message}`),
		);
	};
	const ask = createQuestion(call, entered, () => cancel('SIGINT'));
	const onInterrupt = settings.interactive ? ask : cancel;
	const ignore = () => {};
	// On a terminal the room is another process: a TERM to this one detaches.
	const terminates = !settings.interactive || entered.inProcess;
	process.on('SIGINT', onInterrupt);
	if (terminates) process.on('SIGTERM', cancel);
	if (entered.inProcess) process.on('SIGHUP', ignore);
	return () => {
		process.off('SIGINT', onInterrupt);
		process.off('SIGTERM', cancel);
		process.off('SIGHUP', ignore);
	};
}

/** Detach, cancel, go on: asked on stderr, answered by a line; a second Ctrl-C while it is asked is "go on". */
function createQuestion({output}: Call, {inProcess}: Entered, cancel: () => void): () => void {
	let asking = false;
	return () => {
		if (asking) return;
		asking = true;
		const line = createInterface({input: process.stdin, output: process.stderr});
		const done = (answer: string) => {
			asking = false;
			line.close();
			if (answer === 'c') cancel();
			else if (answer === 'd' && !inProcess) {
				output.talk('Detached; it goes on: `holdpoint attach` looks at it, `holdpoint cancel` stops it.');
				process.exit(0);
			} else output.talk('It goes on.');
		};
		line.on('SIGINT', () => done('g'));
		line.question(inProcess ? 'It runs. Cancel it (c), or go on (g)? ' : 'It runs. Detach (d), cancel it (c), or go on (g)? ', answer => done(answer.trim().toLowerCase().slice(0, 1)));
	};
}
