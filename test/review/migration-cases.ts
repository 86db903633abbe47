/** Cases of the rules about Python: lines of upgrade(), lines of downgrade(), and the lines that are found. */

export type MigrationCase = [upgrade: string[], downgrade: string[], expected: string[]];

const drop = 'op.drop_table("t")';
const create = 'op.create_table("t", sa.Column("id", sa.BigInteger))';
const add = 'op.add_column("t", sa.Column("a", sa.Text))';
const block = 'with op.get_context().autocommit_block():';
const concurrently = 'op.create_index("ix", "t", ["a"], postgresql_concurrently=True)';
const raise = 'raise NotImplementedError("one way")';

export const migrationCases: Record<string, MigrationCase[]> = {
	'empty-downgrade': [
		[[create], [], ['def downgrade() -> None:']],
		[[create], ['"""Nothing to do."""'], ['def downgrade() -> None:']],
		[['op.get_bind().execute(sa.text("UPDATE t SET a = 1"))'], ['pass'], ['def downgrade() -> None:']],
		[[create], [drop], []],
		[[create], [raise], []],
		[[], [], []],
		[['"""Only a mark."""'], [], []],
	],
	'asymmetric-downgrade': [
		[[create, add], [drop], []],
		[[create, 'op.create_table("u", sa.Column("id", sa.BigInteger))'], [drop], ['op.create_table("u", sa.Column("id", sa.BigInteger))']],
		[[add, 'op.create_index("ix", "u", ["b"])'], ['op.drop_column("t", "a")'], ['op.create_index("ix", "u", ["b"])']],
		[[add, 'op.create_index(op.f("ix"), "t", ["a"])'], ['op.drop_column("t", "a")'], []],
		[['op.create_foreign_key("fk", "t", "p", ["a"], ["id"])', add], ['op.drop_constraint("fk", "t")', 'op.drop_column("t", "a")'], []],
		[['op.drop_column("t", "a")', add.replace('"a"', '"b"')], ['op.drop_column("t", "b")'], ['op.drop_column("t", "a")']],
		[['with op.batch_alter_table("t") as batch:', '    batch.add_column(sa.Column("a", sa.Text))', '    batch.add_column(sa.Column("b", sa.Text))'], ['with op.batch_alter_table("t") as batch:', '    batch.drop_column("b")'], ['batch.add_column(sa.Column("a", sa.Text))']],
		[[create], ['op.execute("DROP TABLE t")'], []],
		[[create], ['sql = "DROP " + "TABLE t"', 'op.execute(sql)'], []],
		[[create], [raise], []],
		[[create, drop], ['op.execute("SELECT 1")'], []],
		[['op.create_unique_constraint(None, "t", ["a"])', add], ['op.drop_column("t", "a")'], []],
	],
	'hard-coded-secret': [
		[['op.execute("ALTER ROLE app PASSWORD \'hunter22\'")'], [], ['op.execute("ALTER ROLE app PASSWORD \'hunter22\'")']],
		[['op.execute("COPY t FROM \'http://admin:hunter22@files.example.org/x\'")'], [], ['op.execute("COPY t FROM \'http://admin:hunter22@files.example.org/x\'")']],
		[['key = "AKIA1234567890ABCDEF"'], [], ['key = "AKIA1234567890ABCDEF"']],
		[['key = "sk_live_51abc"'], [], ['key = "sk_live_51abc"']],
		[['import os', 'key = os.environ.get("KEY")'], [], []],
		[['op.execute("UPDATE t SET url = \'https://example.org/x\'")'], [], []],
		[[add], [], []],
	],
	'hard-coded-environment': [
		[['op.execute("UPDATE t SET url = \'https://example.org/x\'")'], [], ['op.execute("UPDATE t SET url = \'https://example.org/x\'")']],
		[['host = "db1.internal"'], [], ['host = "db1.internal"']],
		[['host = "10.0.0.3"'], [], ['host = "10.0.0.3"']],
		[['op.execute("COPY t FROM \'/var/data/x.csv\'")'], [], ['op.execute("COPY t FROM \'/var/data/x.csv\'")']],
		[['where = "production"'], [], ['where = "production"']],
		[['op.execute("ALTER ROLE app PASSWORD \'hunter22\'")'], [], []],
		[['op.execute("UPDATE t SET a = \'reproduction of it\'")'], [], []],
		[[add], [], []],
	],
	'model-imported': [
		[['import models'], [], ['import models']],
		[['from models import Order'], [], ['from models import Order']],
		[['import models as m', 'm.Order'], [], ['import models as m']],
		[['import json', 'json.dumps({})'], [], []],
		[['from sqlalchemy.orm import declarative_base'], [], []],
		[['models = 1'], [], []],
		[[add], [], []],
	],
	'query-in-offline-mode': [
		[['op.get_bind().execute(sa.text("SELECT 1"))'], [], ['op.get_bind().execute(sa.text("SELECT 1"))']],
		[['bind = op.get_bind()', 'sa.inspect(bind)'], [], ['bind = op.get_bind()']],
		[['from sqlalchemy.orm import Session', 'session = Session(bind=None)'], [], ['session = Session(bind=None)']],
		[['op.execute("UPDATE t SET a = 1")'], [], []],
		[[add], ['op.get_bind()'], []],
		[[], [], []],
	],
	'execute-of-a-variable': [
		[['sql = "SELECT" + " 1"', 'op.execute(sql)'], [], ['op.execute(sql)']],
		[['for t in ("a", "b"):', '    op.execute(make(t))'], [], ['op.execute(make(t))']],
		[['op.execute("SELECT 1")'], [], []],
		[['op.execute(sa.text("SELECT 1"))'], [], []],
		[['op.execute(f"DROP TABLE {1}")'], [], []],
		[[add], [], []],
		[[add], ['op.execute(make())'], []],
	],
	'autocommit-block-missing': [
		[[concurrently], [], [concurrently]],
		[['op.drop_index("ix", postgresql_concurrently=True)'], [], ['op.drop_index("ix", postgresql_concurrently=True)']],
		[['op.execute("CREATE INDEX CONCURRENTLY ix ON t (a)")'], [], ['op.execute("CREATE INDEX CONCURRENTLY ix ON t (a)")']],
		[['op.execute("VACUUM ANALYZE t")'], [], ['op.execute("VACUUM ANALYZE t")']],
		[[block, `    ${concurrently}`, concurrently], [], [concurrently]],
		[[add], [concurrently], [concurrently]],
		[[block, `    ${concurrently}`], [], []],
		[['op.create_index("ix", "t", ["a"])'], [], []],
		[['op.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY v")'], [], []],
		[['op.execute("COMMENT ON TABLE t IS \'CREATE INDEX CONCURRENTLY\'")'], [], []],
	],
	'autocommit-block-needless': [
		[[block, `    ${add}`], [], [block]],
		[[block, `    ${create}`, '    op.create_index("ix", "t", ["a"])'], [], [block]],
		[[block, '    op.execute("ALTER TABLE t ADD a int")'], [], [block]],
		[[block, `    ${concurrently}`, `    ${add}`], [], []],
		[[block, '    op.execute("ALTER TYPE d ADD VALUE \'x\'")'], [], []],
		[[block, '    op.execute("ALTER TABLE t VALIDATE CONSTRAINT c")'], [], []],
		[[block, '    op.execute("UPDATE t SET a = 1 WHERE id < 5")'], [], []],
		[[block, '    op.get_bind()', `    ${add}`], [], []],
		[[add], [], []],
	],
	'updates-in-a-loop': [
		[['for i in range(3):', '    op.execute(f"UPDATE t SET a = {i}")'], [], ['op.execute(f"UPDATE t SET a = {i}")']],
		[['bind = op.get_bind()', 'for i in range(3):', '    bind.execute(sa.text("DELETE FROM t WHERE a = 1"))'], [], ['bind.execute(sa.text("DELETE FROM t WHERE a = 1"))']],
		[['while True:', '    op.execute("INSERT INTO t VALUES (1)")'], [], ['op.execute("INSERT INTO t VALUES (1)")']],
		[[block, '    while True:', '        op.execute("UPDATE t SET a = 1 WHERE id < 5")'], [], []],
		[['for t in ("a", "b"):', '    op.add_column(t, sa.Column("c", sa.Text))'], [], []],
		[['for t in ("a", "b"):', '    op.execute(f"ALTER TABLE {t} ADD c text")'], [], []],
		[['op.execute("UPDATE t SET a = 1")'], [], []],
	],
	'nondeterministic-value': [
		[['import datetime', 'op.bulk_insert(t, [{"at": datetime.datetime.now()}])'], [], ['op.bulk_insert(t, [{"at": datetime.datetime.now()}])']],
		[['import uuid', 'op.execute(t.insert().values(id=uuid.uuid4()))'], [], ['op.execute(t.insert().values(id=uuid.uuid4()))']],
		[['import os', 'op.execute(make(os.environ["X"]))'], [], ['op.execute(make(os.environ["X"]))']],
		[['op.add_column("t", sa.Column("a", sa.DateTime, server_default=sa.func.now()))'], [], []],
		[['op.add_column("t", sa.Column("a", sa.Uuid, server_default=sa.text("gen_random_uuid()")))'], [], []],
		[['import datetime', 'at = datetime.datetime.now()'], [], []],
		[[add], [], []],
	],
};
