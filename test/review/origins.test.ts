/** Which operation a statement of the SQL comes from. */
import {expect, test} from 'vitest';
import type {Argument, Operation, ReadableFacts} from '../../source/alembic/facts.ts';
import {traceOrigins} from '../../source/review/origins.ts';

const operation = (line: number, op: string, given: Argument[], more: Partial<Operation> = {}): Operation => ({op, on: 'op', line, endLine: line, arguments: given, keywords: {}, autocommit: false, loop: false, sql: null, ...more});

/** upgrade() begins in line 10. */
function trace(statements: string[], operations: Operation[]): number[] {
	const upgrade = {defined: true, empty: false, raises: false, line: 10, endLine: 99, operations, binds: [], autocommit: []};
	const facts: ReadableFacts = {file: 'b2.py', sha256: '', revision: 'b2', down: ['a1'], docstring: '', message: '', imports: [], upgrade, downgrade: upgrade, suspects: []};
	return [...traceOrigins(`-- Running upgrade a1 -> b2\n${statements.join(';\n')};`, [facts]).values()].map(({line}) => line);
}

test.each<[string, string[], Operation[], number[]]>([
	['one after the other', ['ALTER TABLE t ADD COLUMN a INTEGER', 'ALTER TABLE t DROP COLUMN b'], [operation(11, 'add_column', ['t', {code: 'sa.Column("a", sa.Integer)'}]), operation(12, 'drop_column', ['t', 'b'])], [11, 12]],
	['a table with its index', ['CREATE TABLE t (a INTEGER)', 'CREATE INDEX ix_t_a ON t (a)'], [operation(11, 'create_table', ['t', {code: 'sa.Column("a", index=True)'}]), operation(12, 'create_table', ['u'])], [11, 11]],
	['a constraint beside a change of its column', ['ALTER TABLE t ALTER COLUMN a TYPE TEXT', 'ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0)'], [operation(11, 'alter_column', ['t', 'a']), operation(12, 'create_check_constraint', [{code: 'op.f("ck")'}, 't', 'a > 0'])], [11, 12]],
	['SQL as it stands in the file', ['UPDATE t SET a = 1', 'DELETE FROM  t'], [operation(11, 'execute', [], {sql: 'UPDATE t SET a = 1'}), operation(13, 'execute', [], {sql: 'DELETE FROM t;'})], [11, 13]],
	['SQL with something filled in, in a loop', ['UPDATE t SET a = 1', 'UPDATE u SET a = 1'], [operation(11, 'execute', [], {sql: 'UPDATE {table} SET a = 1', loop: true})], [11, 11]],
	['a batch, which names its table once', ['ALTER TABLE t ADD COLUMN a INTEGER'], [operation(11, 'add_column', [{code: 'sa.Column("a", sa.Integer)'}], {on: 'batch', table: 'u'}), operation(14, 'add_column', [{code: 'sa.Column("a", sa.Integer)'}], {on: 'batch', table: 't'})], [14]],
	['what nothing in the file says: upgrade() itself', ['CREATE VIEW v AS SELECT 1'], [operation(11, 'execute', [{code: 'text'}])], [10]],
])('%s', (_, statements, operations, lines) => {
	expect(trace(statements, operations)).toEqual(lines);
});
