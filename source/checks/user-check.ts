/** A check of the user's own: a command of the configuration, whose exit code and output are its verdict. */
import type {Settings} from '../config/settings.ts';
import {missesExpectation} from '../integrations/expectation.ts';
import {commandEvidence, type Check} from './check.ts';

const limitMs = 600_000;

/** It passes with exit code 0 and the expected output; 77 says that it is not applicable, as automake's tests do. */
export function userCheck({name, command, expect}: Settings['checks'][number]): Check {
	return {
		id: name,
		says: `The command ${command.join(' ')} ends well${expect === null ? '' : ', with the expected output'}.`,
		why: 'It is configured under `checks` in holdpoint.yaml.',
		proves: 'wholly',
		dependsOn: ['target', 'current', 'files', 'plan'],
		async run(look) {
			const result = await look.run(command, {timeoutMs: limitMs});
			const evidence = [commandEvidence(name, command, result)];
			if (result.exit === 77) return {status: 'not-applicable', summary: result.stdout.trim().split('\n').at(-1) || 'The command says that it does not apply (exit code 77).', evidence};
			if (result.exit !== 0) return {status: 'failed', summary: `The command ended with ${result.exit ?? 'no exit code'}.`, evidence};
			const missed = expect === null ? null : missesExpectation(result.stdout, expect);
			return missed === null ? {status: 'passed', summary: `The command ended with 0 after ${result.seconds.toFixed(1)} s.`, evidence} : {status: 'failed', summary: missed, evidence};
		},
	};
}
