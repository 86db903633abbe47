/** What a rule about a migration's Python is: like one about statements, but it looks at facts of the file. */
import type {Operation, ReadableFacts} from '../alembic/facts.ts';
import type {Level} from './finding.ts';
import type {Fix, RuleWords} from './rule.ts';

export interface MigrationReport {
	/** From 1. */
	line: number;
	endLine?: number;
	message: string;
	level?: Level;
	table?: string;
	names?: Record<string, string | undefined>;
	fix?: Fix;
}

export interface MigrationRule extends RuleWords {
	subject: 'migration';
	/** `all`: every migration under review, this one included. `lineOf`: where a text stands in the file; 1 when nobody gave the file's text. */
	check(facts: ReadableFacts, more: {all: readonly ReadableFacts[]; lineOf: (text: RegExp) => number}): MigrationReport[];
}

/** The operations of both directions. */
export function allOperations({upgrade, downgrade}: ReadableFacts): Operation[] {
	return [...upgrade.operations, ...downgrade.operations];
}

/** A literal string, also as `op.f("…")` writes it; undefined for anything else. */
export function textOf(argument: Operation['arguments'][number] | undefined): string | undefined {
	if (typeof argument === 'string') return argument;
	if (typeof argument !== 'object' || argument === null || Array.isArray(argument)) return undefined;
	return /^(?:\w+\.)*f\(\s*(?:u|r)?(['"])([^'"]+)\1\s*\)$/.exec(argument.code)?.[2];
}
