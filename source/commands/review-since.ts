/** What git knows of the files under review: where their repository is, and which of them changed since a commit. */
import path from 'node:path';
import {execa} from 'execa';
import {Refusal} from '../journal/refusal.ts';
import {makeReview, type Finding, type Review} from '../review/finding.ts';

/** Absolute paths of the files that differ from a commit, new ones included. @throws Refusal 2 when git can't tell */
export async function readChangedFiles(directory: string, since: string): Promise<ReadonlySet<string>> {
	const git = async (...words: string[]) => {
		const result = await execa('git', ['-C', directory, ...words], {reject: false, stdin: 'ignore'});
		if (result.exitCode !== 0) throw new Refusal(2, `git can't tell what changed since ${since} in ${directory}: ${(result.stderr || result.originalMessage || '').split('\n', 1)[0]}`);
		return result.stdout;
	};
	// `--end-of-options`: a reference that begins with a hyphen is not an option of git.
	const root = await git('rev-parse', '--show-toplevel');
	const [changed, added] = await Promise.all([git('diff', '--name-only', '-z', '--end-of-options', since), git('ls-files', '--others', '--exclude-standard', '--full-name', '-z')]);
	return new Set([changed, added].flatMap(list => list.split('\0')).filter(Boolean).map(file => path.join(root.trim(), file)));
}

/** Absolute; null outside of a repository, and without git. */
export async function readRepositoryRoot(directory: string): Promise<string | null> {
	const {exitCode, stdout} = await execa('git', ['-C', directory, 'rev-parse', '--show-toplevel'], {reject: false, stdin: 'ignore'});
	return exitCode === 0 ? stdout.trim() : null;
}

/** The review without the findings that are not about them. */
export function onlyChanged(review: Review, isChanged: (finding: Finding) => boolean): Review {
	return makeReview(review.statements, review.findings.filter(isChanged), {suppressed: review.suppressed, notes: review.notes});
}
