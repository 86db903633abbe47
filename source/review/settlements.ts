/** Findings that a later statement may make harmless, such as a renamed table whose old name becomes a view. */
import type {Finding} from './finding.ts';
import type {Operation} from './operations.ts';
import type {Report} from './rule.ts';

interface Open {
	finding: Finding;
	settledBy: NonNullable<Report['settledBy']>;
	/** The transaction it must happen in; outside of one, the whole migration. */
	transaction?: number;
	/** The configuration said which level it has. */
	fixed: boolean;
}

export class Settlements {
	/** What turned out to be nothing. */
	readonly gone = new Set<Finding>();
	#open: Open[] = [];

	expect(open: Open): void {
		this.#open.push(open);
	}

	/** Shows a later statement to whatever is still open. */
	ask(operations: readonly Operation[], transaction: number): void {
		if (this.#open.length === 0) return;
		this.#open = this.#open.filter(({finding, settledBy, transaction: within, fixed}) => {
			if (within !== undefined && within !== transaction) return false;
			for (const operation of operations) {
				const remains = settledBy(operation);
				if (remains === undefined) continue;
				if (remains === 'nothing') this.gone.add(finding);
				else if (!fixed) finding.level = remains;
				return false;
			}
			return true;
		});
	}

	/** Another migration begins. */
	close(): void {
		this.#open = [];
	}
}
