/** Whole scripts, as Alembic, pg_dump and people write them. */
import type {CorpusCase} from './case.ts';

const revision = (down: string, up: string, body: string) => `-- Running upgrade ${down} -> ${up}\n\n${body}\n\nUPDATE alembic_version SET version_num='${up}' WHERE alembic_version.version_num = '${down}';\n\n`;
const table = 'CREATE TABLE n (\n    id BIGINT NOT NULL, \n    PRIMARY KEY (id)\n);';

export const scripts: CorpusCase[] = [
	['asked 1: one revision', `BEGIN;\n\n${revision('a', 'b', `${table}\n\nCREATE INDEX ix_n_id ON n (id);`)}COMMIT;`, ''],
	['asked 2: a chain in one file', `BEGIN;\n\n${revision('a', 'b', table)}${revision('b', 'c', 'CREATE INDEX ix_n_id ON n (id);')}COMMIT;`, 'require-concurrent-index-creation'],
	['asked 2: a chain in one file', `BEGIN;\n\n${revision('a', 'b', table)}${revision('b', 'c', 'ALTER TABLE n ADD COLUMN x INTEGER NOT NULL;')}COMMIT;`, 'adding-required-field'],
	['asked 3: autocommit_block alone', `BEGIN;\n\n-- Running upgrade a -> b\n\nCOMMIT;\n\nCREATE INDEX CONCURRENTLY ix ON t (a);\n\nBEGIN;\n\nUPDATE alembic_version SET version_num='b' WHERE alembic_version.version_num = 'a';\n\nCOMMIT;`, ''],
	['asked 3: autocommit_block after a change', `BEGIN;\n\n-- Running upgrade a -> b\n\nALTER TABLE t ADD COLUMN a TEXT;\n\nCOMMIT;\n\nCREATE INDEX CONCURRENTLY ix ON t (a);\n\nBEGIN;\n\nUPDATE alembic_version SET version_num='b' WHERE alembic_version.version_num = 'a';\n\nCOMMIT;`, 'alembic-non-atomic-revision'],
	['asked 3: autocommit_block forgotten', `BEGIN;\n\n${revision('a', 'b', 'CREATE INDEX CONCURRENTLY ix ON t (a);')}COMMIT;`, 'ban-concurrent-index-creation-in-transaction'],
	['asked 3: a block clears only itself', `BEGIN;\n\n-- Running upgrade a -> b\n\nCOMMIT;\n\nCREATE INDEX CONCURRENTLY ix ON t (a);\n\nBEGIN;\n\nCREATE INDEX CONCURRENTLY iy ON t (b);\n\nUPDATE alembic_version SET version_num='b';\n\nCOMMIT;`, 'ban-concurrent-index-creation-in-transaction'],
	['asked 5: the proof is in an older revision', `BEGIN;\n\n${revision('a', 'b', 'ALTER TABLE t ADD CONSTRAINT k CHECK (a IS NOT NULL) NOT VALID;')}COMMIT;\n\nBEGIN;\n\n${revision('b', 'c', 'ALTER TABLE t VALIDATE CONSTRAINT k;')}COMMIT;\n\nBEGIN;\n\n${revision('c', 'd', 'ALTER TABLE t ALTER COLUMN a SET NOT NULL;\n\nALTER TABLE t DROP CONSTRAINT k;')}COMMIT;`, ''],
	['asked 5: one transaction for all revisions', `BEGIN;\n\n${revision('a', 'b', 'ALTER TABLE t ADD CONSTRAINT k CHECK (a IS NOT NULL) NOT VALID;')}${revision('b', 'c', 'ALTER TABLE t VALIDATE CONSTRAINT k;')}COMMIT;`, 'not-valid-validate-in-same-transaction'],
	['rule 12 trap: add_column with a ForeignKey', `BEGIN;\n\n${revision('a', 'b', 'ALTER TABLE t ADD COLUMN p BIGINT;\n\nALTER TABLE t ADD FOREIGN KEY(p) REFERENCES parent (id);\n\nCREATE INDEX ix_t_p ON t (p);')}COMMIT;`, 'adding-foreign-key-constraint require-concurrent-index-creation ~unnamed-constraint'],
	['rule 15: never validated', `BEGIN;\n\n${revision('a', 'b', 'ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0) NOT VALID;')}${revision('b', 'c', 'COMMENT ON TABLE t IS \'x\';')}COMMIT;`, '~not-valid-never-validated'],
	['downgrades tell losses at info', `BEGIN;\n\n-- Running downgrade b -> a\n\nDROP TABLE n;\n\nDROP INDEX ix;\n\nALTER TABLE t DROP COLUMN x;\n\nUPDATE alembic_version SET version_num='a' WHERE alembic_version.version_num = 'b';\n\nCOMMIT;`, '~ban-drop-table ~ban-drop-column'],
	['the first revision makes the version table', `BEGIN;\n\nCREATE TABLE alembic_version (\n    version_num VARCHAR(32) NOT NULL, \n    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)\n);\n\n-- Running upgrade  -> a\n\n${table}\n\nINSERT INTO alembic_version (version_num) VALUES ('a') RETURNING alembic_version.version_num;\n\nCOMMIT;`, ''],
	['the last downgrade drops the version', 'BEGIN;\n\n-- Running downgrade a -> \n\nDROP TABLE n;\n\nDELETE FROM alembic_version WHERE alembic_version.version_num = \'a\';\n\nDROP TABLE alembic_version;\n\nCOMMIT;', '~ban-drop-table'],
	['a version table of another name', `BEGIN;\n\n-- Running upgrade a -> b\n\nALTER TABLE t ADD COLUMN a TEXT;\n\nUPDATE app_version SET version_num='b';\n\nCOMMIT;`, '', {knowledge: {versionTable: 'app_version'}}],
	['a merge does nothing', `BEGIN;\n\n-- Running upgrade a, b -> m\n\nDELETE FROM alembic_version WHERE alembic_version.version_num = 'a';\n\nUPDATE alembic_version SET version_num='m' WHERE alembic_version.version_num = 'b';\n\nCOMMIT;`, ''],
	['pg_dump\'s frame', '\\restrict abc\n\nSET statement_timeout = 0;\nSET lock_timeout = 0;\nSELECT pg_catalog.set_config(\'search_path\', \'\', false);\n\nCREATE TABLE public.n (\n    id bigint NOT NULL\n);\n\nCOPY public.n (id) FROM stdin;\n1\n2;\n\\.\n\nALTER TABLE ONLY public.n ADD CONSTRAINT n_pkey PRIMARY KEY (id);\n\n\\unrestrict abc\n', 'adding-primary-key-constraint'],
	['psql\'s commands', '\\set ON_ERROR_STOP on\n\\timing on\nDROP TABLE t;\n\\echo done; DROP TABLE u;\n', 'ban-drop-table'],
	['a syntax error hides nothing', 'ALTER TABEL t ADD a int;\nDROP TABLE u;', 'syntax-error ban-drop-table'],
	['a function\'s body runs nothing', 'CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$\nBEGIN\n  DROP TABLE t;\n  DELETE FROM u;\nEND $$;', ''],
	['a DO block runs all of it', 'DO $$\nBEGIN\n  IF EXISTS (SELECT 1 FROM pg_class) THEN\n    DROP TABLE t;\n  END IF;\nEND $$;', 'ban-drop-table'],
	['a DO block puts SQL together', 'DO $$\nDECLARE r record;\nBEGIN\n  FOR r IN SELECT tablename FROM pg_tables LOOP\n    EXECUTE format(\'ALTER TABLE %I ADD z int\', r.tablename);\n  END LOOP;\nEND $$;', '~unsafe-execute'],
	['a WITH that changes', 'WITH gone AS (DELETE FROM t RETURNING *) INSERT INTO archive SELECT * FROM gone;', 'dml-without-where'],
	['begun, never ended', 'BEGIN; ALTER TABLE t ADD z int;', 'ban-uncommitted-transaction'],
	['ended, never begun', 'ALTER TABLE t ADD z int; COMMIT;', 'transaction-nesting'],
	['the tool owns the transaction', 'ALTER TABLE t ADD z int; COMMIT;', 'transaction-nesting', {transaction: true}],
	['begun twice', 'BEGIN; BEGIN; COMMIT;', 'transaction-nesting'],
	['the whole safe way to a new required column', 'ALTER TABLE t ADD z int; ALTER TABLE t ALTER z SET DEFAULT 0; ALTER TABLE t ADD CONSTRAINT z_set CHECK (z IS NOT NULL) NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT z_set; ALTER TABLE t ALTER z SET NOT NULL; ALTER TABLE t DROP CONSTRAINT z_set;', ''],
	['the whole safe way to a unique constraint', 'DROP INDEX CONCURRENTLY IF EXISTS u; CREATE UNIQUE INDEX CONCURRENTLY u ON t (a); ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX u;', ''],
	['the whole safe way to a foreign key', 'ALTER TABLE t ADD p bigint; CREATE INDEX CONCURRENTLY i ON t (p); ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES parent NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT f;', ''],
	['the whole safe way to a partition', 'CREATE TABLE p3 (LIKE pt INCLUDING ALL); ALTER TABLE pt ATTACH PARTITION p3 FOR VALUES FROM (20) TO (30);', ''],
	['everything at once', 'BEGIN; ALTER TABLE orders ADD COLUMN total numeric NOT NULL; UPDATE orders SET total = 0; CREATE INDEX i ON orders (total); COMMIT;', 'adding-required-field dml-without-where backfill-in-schema-transaction require-concurrent-index-creation'],
];
