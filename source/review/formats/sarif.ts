/** SARIF 2.1.0, which code hosts and editors read. */
import {repositoryPlace} from '../finding.ts';
import type {Finding, Level, Review} from '../finding.ts';
import {findRule} from '../rules/index.ts';

const sarifLevels: Record<Level, 'error' | 'warning' | 'note'> = {error: 'error', warning: 'warning', info: 'note'};

export function formatSarif(review: Review, {version = '0.1.0'}: {version?: string} = {}): string {
	const ids = [...new Set(review.findings.map(finding => finding.rule))];
	const document = {
		$schema: 'https://json.schemastore.org/sarif-2.1.0.json',
		version: '2.1.0',
		runs: [{
			tool: {driver: {name: 'holdpoint', version, rules: ids.map(describeRule)}},
			invocations: [{executionSuccessful: true, toolExecutionNotifications: (review.notes ?? []).map(text => ({level: 'note', message: {text}}))}],
			columnKind: 'unicodeCodePoints',
			results: review.findings.map(finding => describeFinding(finding, ids.indexOf(finding.rule))),
		}],
	};
	return `${JSON.stringify(document, undefined, '\t')}\n`;
}

function describeRule(id: string): object {
	const rule = findRule(id);
	if (!rule) return {id};
	return {
		id,
		shortDescription: {text: `The ${rule.subject ?? 'statement'} ${rule.says}.`},
		fullDescription: {text: rule.why},
		help: {text: `${rule.fix.sql}\n${rule.fix.alembic}`.trim()},
		defaultConfiguration: {level: sarifLevels[rule.level]},
		properties: {category: rule.category},
	};
}

function describeFinding(finding: Finding, ruleIndex: number): object {
	const {file, line, column, endLine} = repositoryPlace(finding);
	return {
		ruleId: finding.rule,
		ruleIndex,
		level: sarifLevels[finding.level],
		message: {text: `${finding.message} ${finding.why}`},
		locations: [{
			physicalLocation: {
				artifactLocation: {uri: uriOf(file)},
				region: {
					startLine: line,
					startColumn: column,
					...(endLine !== undefined && endLine > line ? {endLine} : {}),
					// In Python another text stands there.
					...(finding.source === undefined || file !== finding.file ? {} : {snippet: {text: finding.source}}),
				},
			},
		}],
		properties: {statement: finding.statement, revision: finding.revision, table: finding.table, lock: finding.lock, measured: finding.measured, sql: file === finding.file ? undefined : finding.source},
	};
}

/** An absolute path becomes a file URI, a relative one a relative reference, with nothing in it that a URI may not hold. */
function uriOf(file: string | undefined): string {
	const path = (file ?? 'stdin.sql').split('/').map(part => encodeURIComponent(part)).join('/');
	return path.startsWith('/') ? `file://${path}` : path;
}
