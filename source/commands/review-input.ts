/** Reviews SQL that is given: files and standard input, with neither a project nor a database. */
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {text} from 'node:stream/consumers';
import {loadSettings} from '../config/load.ts';
import type {Settings} from '../config/settings.ts';
import {Refusal} from '../journal/refusal.ts';
import type {Review} from '../review/finding.ts';
import {reviewFiles} from '../review/review.ts';
import {textFlag, type Call} from './command.ts';
import {readChangedFiles} from './review-since.ts';
import type {WantedReview} from './review.ts';

/** @throws Refusal 2 for a file that can't be read, or an option that is for projects */
export async function reviewInput(call: Call, {pgVersion, rules}: WantedReview): Promise<Review> {
	if (textFlag(call, 'range') !== undefined) throw new Refusal(2, '--range is for the revisions of a project; leave the files out.');
	const since = textFlag(call, 'since');
	const changed = since === undefined ? null : await readChangedFiles(call.directory, since);
	const wanted = changed ? call.input.filter(file => file === '-' || changed.has(path.resolve(call.directory, file))) : call.input;
	const files = [];
	for (const file of wanted) files.push({file: file === '-' ? '<stdin>' : file, text: await readSql(call, file)});
	const settings = await readSettings(call);
	const version = pgVersion ?? settings?.review.pgVersion ?? undefined;
	return reviewFiles(files, {
		...(version !== undefined && {pgVersion: version}),
		...(typeof call.flags['transaction'] === 'boolean' && {transaction: call.flags['transaction']}),
		...(rules !== undefined && {enabled: rules}),
		rules: settings?.review.rules ?? {},
		...(settings?.naming && {naming: settings.naming}),
	});
}

async function readSql({directory, stdin}: Call, file: string): Promise<string> {
	if (file === '-') return text(stdin);
	if (file.endsWith('.py')) throw new Refusal(2, `${file} is Python, and this reviews SQL; without files, \`holdpoint review\` takes the SQL of the project's pending revisions.`);
	return readFile(path.resolve(directory, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
		throw new Refusal(2, error.code === 'ENOENT' ? `There is no file ${file}.` : error.code === 'EISDIR' ? `${file} is a folder; name the SQL files in it.` : `${file} can't be read (${error.code ?? 'unknown'}).`);
	});
}

/** Levels of rules that a holdpoint.yaml near by sets. Where it can't be read, a review of files goes on without it. */
async function readSettings(call: Call): Promise<Settings | null> {
	try {
		return await loadSettings({flags: call.flags, environment: call.environment, directory: call.directory, interactive: false, needsProject: false});
	} catch (error) {
		if (textFlag(call, 'config') !== undefined) throw error;
		call.output.talk(`Reviewed without the configuration: ${(error as Error).message}`);
		return null;
	}
}
