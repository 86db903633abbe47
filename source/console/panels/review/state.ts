/** The reviewed SQL with the findings beside the lines that they are about. */
import type {Finding} from '../../../journal/shapes/review.ts';
import type {ReviewAnswer} from '../../state.ts';

export interface ReviewedLine {
	number: number;
	text: string;
	findings: Finding[];
}

const order = {error: 0, warning: 1, info: 2} as const;

/** Each line of the SQL with the findings that begin on it. */
export function reviewedLines({sql, review}: ReviewAnswer): ReviewedLine[] {
	const texts = sql.trimEnd().split('\n');
	return texts.map((text, index) => ({
		number: index + 1,
		text: text.trimEnd(),
		findings: review.findings.filter(finding => (index === texts.length - 1 ? finding.line >= index + 1 : finding.line === index + 1)),
	}));
}

/** Most severe first; the order of the text within a level. */
export function bySeverity(findings: readonly Finding[]): Finding[] {
	return findings.toSorted((left, right) => order[left.level] - order[right.level] || left.line - right.line);
}
