/** Workflow commands of GitHub Actions, which become annotations. */
import type {Level, Review} from '../finding.ts';

const commands: Record<Level, string> = {error: 'error', warning: 'warning', info: 'notice'};

export function formatGithub(review: Review): string {
	return review.findings.map(finding => {
		const properties = [
			...(finding.file === undefined ? [] : [`file=${escapeProperty(finding.file)}`]),
			`line=${finding.line}`,
			// With an end on another line a column would be refused.
			...(finding.endLine === undefined || finding.endLine === finding.line ? [`col=${finding.column}`] : [`endLine=${finding.endLine}`]),
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
