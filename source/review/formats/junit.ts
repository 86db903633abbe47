/** JUnit's XML, which every build server shows. */
import {repositoryPlace} from '../finding.ts';
import type {Finding, Review} from '../finding.ts';

/** Errors and warnings are failures; infos are told in the output of their case. */
export function formatJunit(review: Review): string {
	const failures = review.counts.error + review.counts.warning;
	const cases = review.findings.length > 0 ? review.findings.map(formatCase) : ['    <testcase name="all statements" classname="holdpoint.review"/>'];
	return [
		'<?xml version="1.0" encoding="UTF-8"?>',
		`<testsuites name="holdpoint review" tests="${cases.length}" failures="${failures}">`,
		`  <testsuite name="SQL review" tests="${cases.length}" failures="${failures}" errors="0">`,
		...cases,
		'  </testsuite>',
		'</testsuites>',
		'',
	].join('\n');
}

function formatCase(finding: Finding): string {
	const {file, line, column} = repositoryPlace(finding);
	const place = `${file ?? 'SQL'}:${line}:${column}`;
	const body = escapeXml(`${finding.why}\n${finding.fix}`);
	const inside = finding.level === 'info'
		? `<system-out>${escapeXml(finding.message)}\n${body}</system-out>`
		: `<failure type="${finding.level}" message="${escapeXml(finding.message)}">${body}</failure>`;
	return `    <testcase name="${escapeXml(`${finding.rule} ${place}`)}" classname="holdpoint.review" file="${escapeXml(file ?? '')}" line="${line}">${inside}</testcase>`;
}

/** XML 1.0 can't hold most control characters, escaped or not. */
function escapeXml(text: string): string {
	return text
		.replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD')
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;')
		.replaceAll('\n', '&#10;');
}
