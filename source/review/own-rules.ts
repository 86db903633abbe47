/** What the engine itself says: about SQL that it could not read, and about ignore comments. */
import type {RuleWords} from './rule.ts';

export const syntaxError: RuleWords = {
	id: 'syntax-error',
	level: 'error',
	category: 'robustness',
	says: 'is not SQL that PostgreSQL can parse',
	triggers: 'A statement that PostgreSQL\'s own parser refuses; at warning a DO block that PL/pgSQL\'s parser refuses. The other statements of the file are reviewed all the same.',
	spares: ['psql meta-commands, `\\restrict` lines and the data of COPY … FROM stdin'],
	why: 'The migration would stop at it, and what it was meant to do could not be reviewed.',
	fix: {sql: 'Mend the statement.', alembic: 'Mend the text given to `op.execute()`.'},
};

export const notReviewed: RuleWords = {
	id: 'not-reviewed',
	level: 'warning',
	category: 'robustness',
	says: 'could not be reviewed',
	triggers: 'A statement over 2 MB, one nested too deeply for the parser, or one that a rule could not judge.',
	spares: ['the data of COPY … FROM stdin, however large'],
	why: 'No answer is not a good answer: what it does is unknown to this review.',
	fix: {sql: 'Read it by eye, or split it into smaller statements.', alembic: 'Split the operation, such as a bulk insert, into smaller ones.'},
};

export const unusedIgnore: RuleWords = {
	id: 'unused-ignore',
	subject: 'ignore comment',
	level: 'warning',
	category: 'robustness',
	says: 'silences nothing',
	triggers: 'An ignore comment at whose statement the named rule finds nothing, that names a rule that does not exist, or that can\'t be read.',
	spares: ['a rule that is switched off'],
	why: 'It would silence a finding of tomorrow that nobody has looked at.',
	fix: {sql: 'Remove the comment, or write `-- holdpoint: ignore RULE -- reason` above the statement.', alembic: 'Remove the comment, or write `# holdpoint: ignore RULE -- reason` above the operation.'},
};

export const ignoreWithoutReason: RuleWords = {
	id: 'ignore-without-reason',
	subject: 'ignore comment',
	level: 'warning',
	category: 'robustness',
	says: 'gives no reason, so it silences nothing',
	triggers: 'An ignore comment without ` -- ` and a reason behind it.',
	spares: ['one of a rule that is switched off, or that looks at something else'],
	why: 'Whoever reads it in a year must be able to tell whether it still holds.',
	fix: {sql: '-- holdpoint: ignore RULE -- why it is safe here', alembic: '# holdpoint: ignore RULE -- why it is safe here'},
};

export const unsafeExecute: RuleWords = {
	id: 'unsafe-execute',
	level: 'info',
	category: 'robustness',
	says: 'runs SQL that nobody can read beforehand',
	triggers: 'A DO block with EXECUTE of anything but a constant, or in another language than PL/pgSQL.',
	spares: ['the other statements of a DO block, and EXECUTE of a constant: they are reviewed like any others', 'bodies of functions: creating one runs nothing of it'],
	why: 'What it locks, rewrites or loses is known only when it runs.',
	fix: {sql: '-- the statements themselves, written out', alembic: 'op.execute("…")  # the statement itself'},
};

export const ownRules: readonly RuleWords[] = [syntaxError, notReviewed, unsafeExecute, unusedIgnore, ignoreWithoutReason];
