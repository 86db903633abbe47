/** Tells, after a failure half way along a path, what committed revisions made from what the failed one left; pure. */
import type {Statement} from '../journal/shapes/outcome.ts';
import type {Difference} from '../journal/shapes/rehearsal.ts';

/**
 * The differences whose object the statements of committed revisions name, and those of another revision do not; what is new and
 * named by its very name in a committed one was there by then. What nobody names stays with what was left: it is not hidden.
 */
export function madeOnPurpose(differences: readonly Difference[], {statements, committed}: {statements: readonly Statement[]; committed: ReadonlySet<string>}): Difference[] {
	const wordsOf = (of: (statement: Statement) => boolean) => new Set(statements.filter(each => of(each) && changesSchema.test(each.sql)).flatMap(({sql}) => sql.match(word) ?? []).map(each => each.toLowerCase()));
	const purpose = wordsOf(({revision, sqlstate}) => revision !== undefined && committed.has(revision) && sqlstate === undefined);
	const failed = wordsOf(({revision}) => revision === undefined || !committed.has(revision));
	return differences.filter(({object, kind}) => {
		const names = namesOf(object);
		if (names.length === 0 || !names.every(name => isNamed(name, purpose))) return false;
		return (kind === 'extra' && names.every(name => purpose.has(name))) || !names.every(name => isNamed(name, failed));
	});
}

const changesSchema = /^\s*(?:--.*\n\s*|\/\*[^]*?\*\/\s*)*(create|alter|drop|comment|grant|revoke|reindex|do|call|select|security)\b/i;
const word = /[\p{L}_][\p{L}\p{N}_$]*/gu;

/** `column public.t.n`: t, n; `constraint c on public.t`: c, t; `index public.ix`: ix. The schema need not be written. */
function namesOf(object: string): string[] {
	const [what, on] = object.split(' on ');
	const own = what!.slice(what!.lastIndexOf(' ') + 1).split('.');
	const table = on?.split('.').at(-1);
	return [...(own.length > 1 ? own.slice(1) : own), ...(table === undefined ? [] : [table])].flatMap(each => each.match(word) ?? []).map(each => each.toLowerCase());
}

/** What PostgreSQL names itself begins with a name that was given: `t_pkey`, `t_id_seq`. */
const isNamed = (name: string, words: ReadonlySet<string>): boolean => words.has(name) || [...words].some(each => name.startsWith(`${each}_`));
