/** GitLab's code quality report. */
import {createHash} from 'node:crypto';
import {repositoryPlace} from '../finding.ts';
import type {Level, Review} from '../finding.ts';

const severities: Record<Level, string> = {error: 'critical', warning: 'major', info: 'info'};

/** The fingerprint leaves lines out, so that a finding that only moved is the same one. */
export function formatGitlab(review: Review): string {
	const seen = new Map<string, number>();
	const issues = review.findings.map(finding => {
		const {file, line, endLine} = repositoryPlace(finding);
		const identity = [finding.rule, file ?? '', finding.revision ?? '', finding.message].join('\0');
		const times = seen.get(identity) ?? 0;
		seen.set(identity, times + 1);
		return {
			description: `${finding.message} ${finding.why}`,
			check_name: finding.rule,
			fingerprint: createHash('sha256').update(`${identity}\0${times}`).digest('hex'),
			severity: severities[finding.level],
			location: {path: file ?? 'stdin.sql', lines: {begin: line, ...(endLine === undefined ? {} : {end: endLine})}},
		};
	});
	return `${JSON.stringify(issues, undefined, '\t')}\n`;
}
