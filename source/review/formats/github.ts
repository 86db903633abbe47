/** Workflow commands of GitHub Actions, which become annotations. */
import {repositoryPlace} from '../finding.ts';
import type {Level, Review} from '../finding.ts';

const commands: Record<Level, string> = {error: 'error', warning: 'warning', info: 'notice'};

export function formatGithub(review: Review): string {
	return review.findings.map(finding => {
		const {file, line, column, endLine} = repositoryPlace(finding);
		const properties = [
			...(file === undefined ? [] : [`file=${escapeProperty(file)}`]),
			`line=${line}`,
			// With an end on another line a column would be refused.
			...(endLine === undefined || endLine === line ? [`col=${column}`] : [`endLine=${endLine}`]),
			`title=${escapeProperty(finding.rule)}`,
		];
		return `::${commands[finding.level]} ${properties.join(',')}::${escapeData(`${finding.message} ${finding.why}\n${finding.fix}`)}\n`;
	}).join('');
}

function escapeData(text: string): string {
	return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
	return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
