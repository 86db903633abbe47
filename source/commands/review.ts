/** `holdpoint review`: reviews SQL files, standard input, or the project's pending revisions. */
import type {ReviewAnswer} from '../actions/review.ts';
import {Refusal} from '../journal/refusal.ts';
import {explainRule} from '../review/explain.ts';
import type {Review} from '../review/finding.ts';
import {formats, type Format} from '../review/formats/index.ts';
import {choiceFlag, numberFlag, textFlag, type Call, type Command} from './command.ts';
import {onlyChanged, readChangedFiles} from './review-since.ts';
import {reviewInput} from './review-input.ts';
import {fromRepositoryRoot} from './review-places.ts';
import {withRoom} from './with-room.ts';

/** Read by code hosts, which know files from the root of the repository. */
const hosted = new Set<Format>(['github', 'gitlab', 'junit', 'markdown', 'sarif']);
const failing = ['error', 'warning', 'never'] as const;

export const command: Command = {
	usage: 'review [FILE…|-] [--range A:B] [--format F] [--pg-version N] [--rules all|ID,…] [--since GITREF] [--fail-on error|warning|never]',
	says: 'Reviews SQL files (each by itself, as one migration), standard input with -, or without either the pending revisions of the project.',
	options: `--range A:B          the revisions behind A up to B, all of them: base:head; default: from where the database is to head
--format F           ${Object.keys(formats).join(', ')}; --json is --format json
--pg-version N       major version to judge by, 12 to 18; default: the server's, for files 14
--transaction        the files run inside a transaction, as Alembic opens one; --no-transaction: they do not (default)
--rules all|ID,…     all rules, also the opt-in ones, or only the named ones
--since GITREF       only files and revisions that changed since then
--fail-on LEVEL      exit 1 from this level on: error (default), warning, never
--explain RULE       what a rule is about`,
	flags: {
		range: {type: 'string'}, format: {type: 'string'}, pgVersion: {type: 'number'}, transaction: {type: 'boolean'}, rules: {type: 'string'},
		since: {type: 'string'}, failOn: {type: 'string'}, explain: {type: 'string'},
	},
	words: Infinity,
	needs: ({input, flags}) => (input.length > 0 || flags['explain'] !== undefined ? 'nothing' : 'project'),
	async run(call) {
		const {output} = call;
		const explained = textFlag(call, 'explain');
		if (explained !== undefined) {
			output.raw(explainRule(explained));
			return 0;
		}
		const format = choiceFlag(call, 'format', Object.keys(formats) as Format[]) ?? (output.json ? 'json' : 'pretty');
		const failOn = choiceFlag(call, 'failOn', failing) ?? 'error';
		const review = call.input.length > 0 ? await reviewInput(call, wantedOf(call)) : await reviewProject(call);
		const shown = hosted.has(format) ? await fromRepositoryRoot(review, call.directory) : review;
		output.raw(`${(formats[format] as (review: Review, options: {color: boolean}) => string)(shown, {color: output.color && format === 'pretty'}).trimEnd()}\n`);
		return isFailure(review, failOn) ? 1 : 0;
	},
};

export interface WantedReview {
	pgVersion?: number;
	rules?: 'all' | string[];
}

function wantedOf(call: Call): WantedReview {
	const pgVersion = numberFlag(call, 'pgVersion', {least: 12, whole: true});
	if (pgVersion !== undefined && pgVersion > 18) throw new Refusal(2, '--pg-version is a major version from 12 to 18.');
	const named = textFlag(call, 'rules');
	const rules = named === undefined || named === 'all' ? named : named.split(',').map(id => id.trim()).filter(Boolean);
	return {...(pgVersion !== undefined && {pgVersion}), ...(rules !== undefined && {rules})};
}

async function reviewProject(call: Call): Promise<Review> {
	if (call.flags['transaction'] !== undefined) throw new Refusal(2, '--transaction is for files: what of the project runs in a transaction, Alembic knows.');
	const range = textFlag(call, 'range');
	const since = textFlag(call, 'since');
	const changed = since === undefined ? null : await readChangedFiles(call.settings.project, since);
	const {review, plan} = await withRoom(call, {}, client => client.ask<ReviewAnswer>('review', {...wantedOf(call), ...(range !== undefined && {range})}));
	if (plan.revisions.length === 0) call.output.talk(range === undefined ? `The database is at ${plan.from.join(', ') || 'base'} already; there is nothing to review.` : `There is no revision in ${range}; there is nothing to review.`);
	return changed ? onlyChanged(review, finding => plan.revisions.some(each => each.revision === finding.revision && changed.has(each.file))) : review;
}

function isFailure({counts}: Review, failOn: (typeof failing)[number]): boolean {
	return failOn !== 'never' && (counts.error > 0 || (failOn === 'warning' && counts.warning > 0));
}
