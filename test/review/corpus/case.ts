/** How a case of the corpus is written down. */
import type {ReviewOptions} from '../../../source/review/review.ts';

/**
 * `source`: where the fact comes from: `locks 23` and `probe 5` are rows of the measurements on PostgreSQL 15.18, `rule 27 spares` what a
 * rule must leave alone, `squawk#349` an issue where its users asked for it, `eugene E1 bad` a case of another linter's own tests, `manual` PostgreSQL's documentation of that version.
 * `expected`: the rules of all errors and warnings in their order; a rule behind `~` is an info that must be there, other infos don't count.
 */
export type CorpusCase = [source: string, sql: string, expected: string, options?: ReviewOptions];
