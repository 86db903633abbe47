/** `holdpoint doctor`: what is missing or risky here, and how to mend it. It changes nothing. */
import {loadSettings} from '../config/load.ts';
import {Refusal} from '../journal/refusal.ts';
import type {Call, Command} from './command.ts';
import {examineMachine} from './doctor/machine.ts';
import {problemOf, type Problem} from './doctor/problem.ts';
import {examineProject} from './doctor/project.ts';
import {wrapLine} from './table.ts';

export const command: Command = {
	usage: 'doctor',
	says: 'What is missing or risky here, and how to mend it: Node, Python and Alembic, the project, the database and its rights, client programs, folders.',
	needs: 'nothing',
	async run(call) {
		const {output} = call;
		const problems = await examine(call);
		if (output.json) output.document({problems});
		const errors = problems.filter(({level}) => level === 'error').length;
		output.text([...problems.map(problem => describe(problem, output.columns)), summarise(problems)].join('\n'));
		return errors > 0 ? 1 : 0;
	},
};

async function examine(call: Call): Promise<Problem[]> {
	const {flags, environment, directory} = call;
	try {
		// Whoever may be asked, a doctor asks nobody: it says what is missing.
		const settings = await loadSettings({flags, environment, directory, interactive: false, needsProject: true});
		const order = ['error', 'warning', 'info'];
		const found = [...await examineMachine({settings, environment}), ...await examineProject({settings, environment, output: call.output})];
		return found.sort((one, other) => order.indexOf(one.level) - order.indexOf(other.level));
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		return [problemOf(error)];
	}
}

function describe({level, what, fix}: Problem, width: number): string {
	const indent = ' '.repeat('warning'.length + 2);
	return `${wrapLine(what, {width, head: `${level.padEnd('warning'.length)}  `, indent})}\n${wrapLine(fix, {width, head: `${indent}→ `, indent: `${indent}  `})}`;
}

function summarise(problems: readonly Problem[]): string {
	const count = (level: Problem['level']) => problems.filter(problem => problem.level === level).length;
	if (count('error') + count('warning') === 0) return 'Nothing is missing.';
	return `${count('error')} ${count('error') === 1 ? 'error' : 'errors'}, ${count('warning')} ${count('warning') === 1 ? 'warning' : 'warnings'}`;
}
