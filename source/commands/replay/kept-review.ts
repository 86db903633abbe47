/** The SQL that a run's plan had at a moment, and the review of it, from what the run's folder keeps. */
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import type {ReviewAnswer} from '../../console/state.ts';
import {reviewSchema, type Review, type StatementLook} from '../../journal/shapes/review.ts';
import type {RunState} from '../../journal/shapes/run.ts';

/** Gives the same answer for the same plan, so that nothing is drawn anew; null: there was no plan yet, or its SQL is not there. */
export function keptReviews(folder: string): (run: RunState | null) => ReviewAnswer | null {
	let last: {key: string; answer: ReviewAnswer | null} = {key: '', answer: null};
	return run => {
		if (!run?.plan) return null;
		const names = ['sql', 'json'].map(kind => `${kind === 'sql' ? run.plan!.action : 'review'}-${run.plan!.digest.slice(0, 12)}.${kind}`);
		const [sql, review] = names.map(name => run.artifacts.find(artifact => path.basename(artifact.path) === name));
		const key = `${sql?.sha256} ${review?.sha256}`;
		if (last.key !== key) last = {key, answer: sql ? read(folder, {sql: names[0]!, review: review && names[1], sha256: run.plan.sqlSha256}) : null};
		return last.answer;
	};
}

function read(folder: string, {sql, review, sha256}: {sql: string; review: string | undefined; sha256: string}): ReviewAnswer | null {
	const text = textOf(folder, sql);
	if (text === null) return null;
	const kept = review === undefined ? null : parseReview(textOf(folder, review));
	return {sql: text, sha256, ...(kept ?? {review: nothing, statements: [], unreviewed: true})};
}

const nothing: Review = {statements: 0, findings: [], counts: {error: 0, warning: 0, info: 0}, suppressed: 0};

/** The folder may have been moved; what is not there, or damaged, is not shown. */
function textOf(folder: string, name: string): string | null {
	const file = path.join(folder, 'artifacts', name);
	return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

/** What the statements lock is kept beside the review. */
function parseReview(text: string | null): Pick<ReviewAnswer, 'review' | 'statements'> | null {
	if (text === null) return null;
	try {
		const kept = JSON.parse(text) as {looks?: StatementLook[]};
		return {review: reviewSchema.parse(kept), statements: kept.looks ?? []};
	} catch {
		return null;
	}
}
