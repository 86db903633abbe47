/** A report for a pull request or a ticket. */
import {repositoryPlace} from '../finding.ts';
import type {Finding, Review} from '../finding.ts';
import {summarise} from './pretty.ts';

export function formatMarkdown(review: Review): string {
	const files = Map.groupBy(review.findings, finding => repositoryPlace(finding).file ?? 'SQL');
	const sections = [...files].map(([file, findings]) => `## ${escapeText(file)}\n\n${findings.map(formatFinding).join('\n\n')}`);
	return `${['# SQL review', `${summarise(review)}.`, ...(review.notes ?? []).map(escapeText), ...sections].join('\n\n')}\n`;
}

function formatFinding(finding: Finding): string {
	const revision = finding.revision === undefined ? '' : `, revision \`${finding.revision}\``;
	const {line, column} = repositoryPlace(finding);
	const place = finding.file === undefined && finding.origin ? `line ${line}` : `line ${line}, column ${column}`;
	const lock = finding.lock === undefined ? '' : `\n  Lock: ${finding.lock} on ${code(finding.table ?? '')}.`;
	const source = finding.source === undefined ? '' : `\n\n${block(finding.source, 'sql')}`;
	return `- **${finding.level}** \`${finding.rule}\`, ${place}${revision}: ${escapeText(finding.message)}${source}\n\n  ${escapeText(finding.why)}${lock}\n\n${block(finding.fix, '')}`;
}

/** Fenced with more backticks than the text holds, inside the list item. */
function block(text: string, language: string): string {
	const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(match => match[0].length + 1)));
	return [`${fence}${language}`, ...text.split('\n'), fence].map(line => `  ${line}`).join('\n');
}

function code(text: string): string {
	return text.includes('`') ? escapeText(text) : `\`${text}\``;
}

function escapeText(text: string): string {
	return text.replaceAll(/[\\`*_[\]<>|#]/g, '\\$&');
}
