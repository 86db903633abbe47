/** The review as one JSON document. */
import type {Review} from '../finding.ts';

export function formatJson(review: Review): string {
	return `${JSON.stringify(review, undefined, '\t')}\n`;
}
