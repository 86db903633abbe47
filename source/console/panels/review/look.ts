/** How a person reads the review: the row under the cursor, folded revisions, and what was on the screen already. */

export interface ReviewLook {
	/** Key of the row under the cursor; null: the first. */
	at: string | null;
	folded: ReadonlySet<string>;
	/** Numbers of the statements that were on the screen, from their first line to their last. */
	read: ReadonlySet<number>;
	/** Lines of the SQL that were on the screen. */
	seen: ReadonlySet<number>;
}

export const firstReviewLook: ReviewLook = {at: null, folded: new Set(), read: new Set(), seen: new Set()};
