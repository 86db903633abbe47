/** What a rule is: one object, in one file named as its id, and one line in rules/index.ts. */
import type {Context} from './context.ts';
import type {Level} from './finding.ts';
import type {Lock} from './locks.ts';
import type {TableName} from './names.ts';
import type {Operation} from './operations.ts';

/** One statement as the rules see it. */
export interface Statement {
	/** In its file, from 1. */
	number: number;
	text: string;
	operations: Operation[];
	/** Of all its operations. */
	locks: Lock[];
	/** The parse tree, for what the operations don't say. */
	tree: unknown;
}

export interface Report {
	message: string;
	/** Byte offset in the statement; without it the statement's begin. */
	at?: number;
	table?: TableName;
	/** Other than the rule's own; the table's size still moves it. */
	level?: Level;
	/** Fills the `{name}` places of the fix. */
	names?: Record<string, string | undefined>;
	/** Another way than the rule's own. */
	fix?: Fix;
	/** Asked about each later statement of the transaction (outside of one: of the migration): does it make this harmless, and what remains? */
	settledBy?: (operation: Operation) => Level | 'nothing' | undefined;
}

/** The safe way, with places such as `{table}` that a report fills in. */
export interface Fix {
	sql: string;
	alembic: string;
}

/** What a rule says of itself: enough for its page, whatever it looks at. */
export interface RuleWords {
	id: string;
	level: Level;
	category: 'lock' | 'rewrite' | 'transaction' | 'data-loss' | 'backward-compatibility' | 'robustness' | 'type' | 'naming';
	/** What it looks at; default: a statement. */
	subject?: 'statement' | 'migration' | 'ignore comment';
	/** Half a sentence: what the statement does. */
	says: string;
	/** What sets it off, and what does not though it looks like it. */
	triggers: string;
	spares: string[];
	why: string;
	fix: Fix;
	/** The lock it is about, for its page. */
	lock?: string;
	/** Major versions that it holds for, both included. */
	versions?: {from?: number; to?: number};
	/** Only when asked for by name, or with all rules. */
	optIn?: boolean;
	/** How bad it is depends on the size of the table. */
	scales?: boolean;
}

export interface Rule extends RuleWords {
	/** The operations it asks about; without it, every statement is shown to it. */
	on?: Operation['do'][];
	/** What it claims of the table, so that a measurement can prove it wrong. */
	claims?: 'rewrite' | 'scan';
	/** Means nothing in a script of one statement. */
	amongOthers?: boolean;
	check(statement: Statement, context: Context): Report[];
	/** Asked once, behind the last statement: what was never done. Points at a statement by its number. */
	end?(context: Context): (Report & {statement: number})[];
}
