/** A Python virtual environment of our own with pinned Alembic, SQLAlchemy and psycopg, for the sandbox and the tests. */
import {createHash} from 'node:crypto';
import {existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {canInstall, installPackages} from './apt.mjs';
import {run} from './run.mjs';
import {say, Unmet} from './say.mjs';

/** Makes or mends `.cache/python`. Says which Alembic is in it. */
export async function preparePython({root, cache, looking}) {
	const requirements = path.join(root, 'scripts/requirements.txt');
	const folder = path.join(cache, 'python');
	const stampFile = path.join(folder, '.holdpoint');
	const stamp = createHash('sha256').update(readFileSync(requirements)).digest('hex');
	const says = `Alembic ${/^alembic==(.+)$/m.exec(readFileSync(requirements, 'utf8'))[1]}`;
	const python = path.join(folder, 'bin/python');
	if (existsSync(python) && readText(stampFile) === stamp) {
		return says;
	}
	if (looking) {
		return null;
	}
	if ((await run(python, ['-m', 'pip', '--version'], {quiet: true})).code !== 0) {
		await makeEnvironment(folder);
	}
	say('installing Alembic, SQLAlchemy and psycopg into .cache/python');
	const {code, output} = await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '-r', requirements], {quiet: true});
	if (code !== 0) {
		throw new Unmet(`pip could not install scripts/requirements.txt: ${lastLine(output)} It needs a Python package index.`);
	}
	writeFileSync(stampFile, stamp);
	return says;
}

async function makeEnvironment(folder) {
	const interpreter = await findInterpreter();
	say(`making a Python environment in .cache/python (${interpreter.path}, ${interpreter.version})`);
	const make = async () => {
		rmSync(folder, {recursive: true, force: true});
		return run(interpreter.path, ['-m', 'venv', folder], {quiet: true});
	};
	let {code, output} = await make();
	// Debian's Python comes without ensurepip; the package named here brings it.
	if (code !== 0 && /ensurepip|python3[\d.]*-venv/.test(output) && canInstall()) {
		const name = `python${interpreter.version}-venv`;
		say(`installing ${name} (apt-get)`);
		await installPackages([name]);
		({code, output} = await make());
	}
	if (code !== 0) {
		const how = /ensurepip/.test(output) ? `install "python${interpreter.version}-venv" (Debian, Ubuntu: sudo apt-get install python${interpreter.version}-venv).` : lastLine(output);
		throw new Unmet(`Python ${interpreter.version} can't make a virtual environment: ${how}`);
	}
}

/** The first Python on the PATH that the pinned releases run on. */
async function findInterpreter() {
	const names = ['python3', ...[14, 13, 12, 11, 10].map(minor => `python3.${minor}`), '/usr/bin/python3'];
	const seen = [];
	for (const name of names) {
		const {code, output} = await run(name, ['-c', 'import sys; print(sys.executable, *sys.version_info[:2])'], {quiet: true});
		const [, executable, major, minor] = /^(.*) (\d+) (\d+)$/m.exec(output) ?? [];
		if (code === 0 && executable !== undefined) {
			if (Number(major) === 3 && Number(minor) >= 10) {
				return {path: executable, version: `${major}.${minor}`};
			}
			seen.push(`${major}.${minor}`);
		}
	}
	const had = seen.length === 0 ? 'Python 3 was not found' : `Python ${seen.join(', ')} is too old (3.10 or newer is needed)`;
	throw new Unmet(`${had}: install it (Debian, Ubuntu: sudo apt-get install python3 python3-venv; macOS: brew install python).`);
}

function readText(file) {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		return null;
	}
}

function lastLine(text) {
	return text.trim().split('\n').at(-1);
}
