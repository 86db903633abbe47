/** Writes small real Alembic projects, with the env.py that Alembic's own templates carry. */
import {mkdir, readFile, readdir, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {execa} from 'execa';

const environment = path.resolve(import.meta.dirname, '../../.cache/python');

/** The Python that scripts/setup.mjs prepared: Alembic, SQLAlchemy and psycopg. */
export const pythonPath = path.join(environment, 'bin/python');

export interface AlembicProject {
	/** Holds alembic.ini; revisions are in `migrations/versions`. */
	directory: string;
	versions: string;
	/** Adds or replaces a revision's file and returns its path. */
	write(fileName: string, body: string): Promise<string>;
	remove(): Promise<void>;
}

export interface ProjectOptions {
	/** Database as `postgresql://…`; the driver is put in. */
	url: string;
	/** File name (in versions/) → its text; default: one revision `a1` that creates a table `items`. */
	revisions?: Record<string, string>;
	/** One of Alembic's templates. */
	env?: 'generic' | 'async' | 'pyproject' | 'pyproject_async';
	/** A whole env.py instead of the template's. */
	envPy?: string;
	/** The text of models.py; its `metadata` becomes target_metadata. */
	models?: string;
	/** Further lines for `[alembic]` in alembic.ini. */
	ini?: string[];
}

/** Writes the project into the folder; the caller removes it. */
export async function writeAlembicProject(directory: string, {url, revisions, env = 'generic', envPy, models, ini = []}: ProjectOptions): Promise<AlembicProject> {
	const versions = path.join(directory, 'migrations/versions');
	await mkdir(versions, {recursive: true});
	const template = await templateFolder(env);
	await writeFile(path.join(directory, 'alembic.ini'), iniText({url, ini, pyproject: env.startsWith('pyproject')}), {mode: 0o600});
	if (env.startsWith('pyproject')) {
		await writeFile(path.join(directory, 'pyproject.toml'), '[tool.alembic]\nscript_location = "%(here)s/migrations"\nprepend_sys_path = ["."]\n');
	}
	await writeFile(path.join(directory, 'migrations/script.py.mako'), await readFile(path.join(template, 'script.py.mako')));
	const body = envPy ?? await readFile(path.join(template, 'env.py'), 'utf8');
	await writeFile(path.join(directory, 'migrations/env.py'), models === undefined ? body : body.replace('target_metadata = None', 'from models import metadata as target_metadata'));
	if (models !== undefined) {
		await writeFile(path.join(directory, 'models.py'), models);
	}
	const write = async (fileName: string, text: string): Promise<string> => {
		const file = path.join(versions, fileName);
		await writeFile(file, text);
		return file;
	};
	for (const [fileName, text] of Object.entries(revisions ?? {'a1_create_items.py': createItems})) {
		await write(fileName, text);
	}
	return {directory, versions, write, remove: async () => rm(directory, {recursive: true, force: true})};
}

/** The text of a revision's file; `upgrade` and `downgrade` are lines of Python. */
export function revisionFile({revision, down = null, doc, upgrade, downgrade}: {revision: string; down?: string | string[] | null; doc?: string; upgrade: string[]; downgrade?: string[]}): string {
	const body = (lines: string[]) => (lines.length === 0 ? ['pass'] : lines).map(line => `    ${line}`).join('\n');
	return `"""${doc ?? `revision ${revision}`}

Revision ID: ${revision}
Revises: ${down === null ? '' : [down].flat().join(', ')}
Create Date: 2026-01-01 00:00:00

"""
from alembic import op
import sqlalchemy as sa

revision = '${revision}'
down_revision = ${down === null ? 'None' : Array.isArray(down) ? `(${down.map(one => `'${one}'`).join(', ')},)` : `'${down}'`}
branch_labels = None
depends_on = None


def upgrade() -> None:
${body(upgrade)}


def downgrade() -> None:
${body(downgrade ?? [])}
`;
}

/** Runs plain Alembic in a project; never throws for its exit code. */
export async function runAlembic(project: {directory: string}, ...args: string[]) {
	return execa(pythonPath, ['-m', 'alembic', ...args], {cwd: project.directory, reject: false, stdin: 'ignore', all: true});
}

const createItems = revisionFile({
	revision: 'a1',
	doc: 'create items',
	upgrade: ["op.create_table('items', sa.Column('id', sa.BigInteger, primary_key=True), sa.Column('name', sa.Text, nullable=False))"],
	downgrade: ["op.drop_table('items')"],
});

function iniText({url, ini, pyproject}: {url: string; ini: string[]; pyproject: boolean}): string {
	const withDriver = url.replace(/^postgres(ql)?:\/\//, 'postgresql+psycopg://').replaceAll('%', '%%');
	return `[alembic]
${pyproject ? '' : 'script_location = %(here)s/migrations\nprepend_sys_path = .\n'}sqlalchemy.url = ${withDriver}
${ini.join('\n')}

[loggers]
keys = root,sqlalchemy,alembic

[handlers]
keys = console

[formatters]
keys = generic

[logger_root]
level = WARNING
handlers = console
qualname =

[logger_sqlalchemy]
level = WARNING
handlers =
qualname = sqlalchemy.engine

[logger_alembic]
level = INFO
handlers =
qualname = alembic

[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = generic

[formatter_generic]
format = %(levelname)-5.5s [%(name)s] %(message)s
datefmt = %H:%M:%S
`;
}

async function templateFolder(name: string): Promise<string> {
	const lib = path.join(environment, 'lib');
	const version = (await readdir(lib)).find(entry => entry.startsWith('python3'));
	return path.join(lib, version!, 'site-packages/alembic/templates', name);
}
