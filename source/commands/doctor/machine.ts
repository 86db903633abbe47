/** What doctor looks at on this machine: Node, folders, programs, the configuration's own file, the checklist. */
import {accessSync, constants, existsSync, readFileSync, statfsSync, statSync} from 'node:fs';
import path from 'node:path';
import {isPlaceholder, mergeContacts} from '../../checklist/contacts.ts';
import {parseChecklist, requireItems} from '../../checklist/parse.ts';
import {shippedChecklist} from '../../checklist/shipped.ts';
import {secretsOf} from '../../config/secrets.ts';
import type {Settings} from '../../config/settings.ts';
import {byteWords} from '../../journal/byte-words.ts';
import {describePlace} from '../../room/place.ts';
import {examined, type Problem} from './problem.ts';

/** With less left, a journal may soon not be written. */
const fewBytes = 500_000_000;

export interface Machine {
	settings: Settings;
	environment: NodeJS.ProcessEnv;
}

export async function examineMachine(machine: Machine): Promise<Problem[]> {
	const found = await Promise.all([examineNode, examineFolders, examineConfiguration, examineChecklist].map(examine => examined(() => examine(machine))));
	return found.flat();
}

async function examineNode(): Promise<Problem[]> {
	const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
	// As in package.json's engines: zstd with a dictionary.
	if (major > 24 || (major === 22 && minor >= 19) || (major === 24 && minor >= 6)) return [];
	return [{level: 'error', what: `This is Node ${process.versions.node}; holdpoint needs 22.19, 24.6 or newer.`, fix: 'Install a newer one, or use `npm run -s holdpoint --` in the checkout, which brings its own.'}];
}

async function examineFolders({settings, environment}: Machine): Promise<Problem[]> {
	const problems = describePlace({settings, environment, inProcess: false}).map((sentence): Problem => {
		const [, what = sentence, fix = 'Run holdpoint outside of it, or keep it until the run is closed.'] = /^(.*?): ((?:choose|run) .*)$/.exec(sentence) ?? [];
		return {level: 'warning', what, fix};
	});
	const folders = [['state_dir', settings.stateDir, '--state-dir'], ['backup.directory', settings.backup.directory, '`backup: {directory: …}`']] as const;
	for (const [name, folder, option] of folders) {
		if (folder === null) continue;
		const nearest = nearestFolder(folder);
		if (!isWritable(nearest)) problems.push({level: 'error', what: `The folder ${folder} (${name}) can't be written.`, fix: `Mend its permissions, or choose another with ${option}.`});
		else if (freeBytes(nearest) < fewBytes) problems.push({level: 'warning', what: `There are only ${byteWords(freeBytes(nearest))} left for ${folder} (${name}).`, fix: `Make room, or choose another folder with ${option}.`});
	}
	return problems;
}

async function examineConfiguration({settings}: Machine): Promise<Problem[]> {
	const {config, rollbackPlan} = settings;
	const problems: Problem[] = [];
	if (config === null) problems.push({level: 'info', what: 'There is no holdpoint.yaml: the defaults count, and every database counts as production.', fix: '`holdpoint init` writes one after looking.'});
	else if ((statSync(config).mode & 0o044) !== 0 && secretsOf(settings).length > 0) problems.push({level: 'warning', what: `${config} holds a password, and others may read it.`, fix: `chmod 600 ${config}, or name the secret by \${VARIABLE} or {command: […]}.`});
	if (rollbackPlan !== null && path.isAbsolute(rollbackPlan) && !existsSync(rollbackPlan)) problems.push({level: 'warning', what: `The rollback plan ${rollbackPlan} is not there.`, fix: 'Write it, or correct `rollback_plan` in holdpoint.yaml.'});
	return problems;
}

async function examineChecklist({settings}: Machine): Promise<Problem[]> {
	const file = settings.checklist ?? shippedChecklist;
	if (!existsSync(file)) return [{level: 'error', what: `The checklist ${file} is not there.`, fix: 'Correct `checklist` in holdpoint.yaml.'}];
	const checklist = requireItems(parseChecklist(readFileSync(file, 'utf8')), file);
	const nobody = mergeContacts(checklist.contacts, settings.contacts).filter(isPlaceholder).map(({role}) => role);
	return [
		...checklist.problems.map((problem): Problem => ({level: 'warning', what: `${file}, ${problem}.`, fix: 'Correct the directive there.'})),
		...(nobody.length > 0 ? [{level: 'warning' as const, what: `Whom to call is still a placeholder for ${nobody.join(', ')}.`, fix: 'Fill the table of contacts in your checklist, or `contacts` in holdpoint.yaml.'}] : []),
	];
}

/** The folder, or the nearest one above it that is there. */
export function nearestFolder(folder: string): string {
	return existsSync(folder) || folder === path.dirname(folder) ? folder : nearestFolder(path.dirname(folder));
}

export function freeBytes(folder: string): number {
	const {bavail, bsize} = statfsSync(folder);
	return bavail * bsize;
}

function isWritable(folder: string): boolean {
	try {
		accessSync(folder, constants.W_OK | constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
