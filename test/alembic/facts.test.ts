/** What Python's ast finds in a migration file, without running it. */
import {afterEach, expect, test} from 'vitest';
import type {ReadableFacts} from '../../source/alembic/facts.ts';
import {valueOf} from '../../source/alembic/problem.ts';
import {readProject} from '../../source/alembic/reading.ts';
import {alembicProject, type AlembicProject} from '../servers.ts';
import {projectIn} from './migrating.ts';

let files: AlembicProject;
afterEach(async () => files.remove());

test('operations, SQL literals, helpers, blocks, loops, binds and suspicious strings', async () => {
	files = await alembicProject({url: 'postgresql://nobody@127.0.0.1:1/x', revisions: {'b2.py': `"""Move the e-mail addresses.

They get a table of their own.

Revision ID: b2
Revises: a1
"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

revision, x = 'b2', 1
revision = 'b2'
down_revision = ('a1', 'a2')
LATER = sa.text("UPDATE later SET x = 1")

def fill(connection):
    while True:
        connection.execute(sa.text(f"UPDATE items SET x = {x} WHERE id > 1"))

def upgrade():
    with op.batch_alter_table('items') as batch:
        batch.add_column(sa.Column('x', sa.Integer, nullable=False))
    with op.get_context().autocommit_block():
        op.create_index('ix', 'items', ['x'], postgresql_concurrently=True)
    fill(op.get_bind())
    op.execute(LATER)
    op.execute("COPY t FROM 'http://admin:hunter22@files.internal/x'")

def downgrade():
    """One way only."""
    raise NotImplementedError('restore instead')
`}});
	const [facts] = valueOf((await readProject(projectIn(files.directory), {facts: true})).facts) as ReadableFacts[];
	expect(facts).toMatchObject({revision: 'b2', down: ['a1', 'a2'], message: 'Move the e-mail addresses.\n\nThey get a table of their own.', downgrade: {defined: true, empty: true, raises: true, operations: []}});
	expect(facts!.upgrade).toMatchObject({empty: false, raises: false, binds: [26], autocommit: [{line: 24, endLine: 25}]});
	expect(facts!.upgrade.operations.map(({op, table, line, loop, autocommit, sql}) => ({op, table, line, loop, autocommit, sql}))).toEqual([
		{op: 'batch_alter_table', table: undefined, line: 22, loop: false, autocommit: false, sql: null},
		{op: 'add_column', table: 'items', line: 23, loop: false, autocommit: false, sql: null},
		{op: 'create_index', table: undefined, line: 25, loop: false, autocommit: true, sql: null},
		{op: 'execute', table: undefined, line: 19, loop: true, autocommit: false, sql: 'UPDATE items SET x = {…} WHERE id > 1'},
		{op: 'execute', table: undefined, line: 27, loop: false, autocommit: false, sql: 'UPDATE later SET x = 1'},
		{op: 'execute', table: undefined, line: 28, loop: false, autocommit: false, sql: "COPY t FROM 'http://admin:***@files.internal/x'"},
	]);
	expect(facts!.upgrade.operations[2]).toMatchObject({arguments: ['ix', 'items', ['x']], keywords: {postgresql_concurrently: true}});
	expect(facts!.suspects).toEqual([{line: 28, kind: 'url', text: 'http://admin:***@files.internal/x'}]);
});
