/** Names files as a code host does: from the root of the repository. */
import path from 'node:path';
import {makeReview, type Review} from '../review/finding.ts';
import {readRepositoryRoot} from './review-since.ts';

/** What lies outside of the repository, or where there is none outside of `directory`, keeps its absolute path. */
export async function fromRepositoryRoot(review: Review, directory: string): Promise<Review> {
	const root = await readRepositoryRoot(directory) ?? directory;
	const rename = (file: string): string => {
		if (file.startsWith('<')) return file;
		const absolute = path.resolve(directory, file);
		const relative = path.relative(root, absolute);
		return relative.startsWith('..') || path.isAbsolute(relative) ? absolute : relative.split(path.sep).join('/');
	};
	const findings = review.findings.map(finding => ({
		...finding,
		...(finding.file !== undefined && {file: rename(finding.file)}),
		...(finding.origin && {origin: {...finding.origin, file: rename(finding.origin.file)}}),
	}));
	return makeReview(review.statements, findings, {suppressed: review.suppressed, notes: review.notes});
}
