/** PostgreSQL's programs: found where they usually are, or the distribution's package installed when we may. */
import {accessSync, constants, readFileSync, readdirSync, realpathSync} from 'node:fs';
import path from 'node:path';
import {canInstall, installPackages, withoutClusters} from './apt.mjs';
import {say, Unmet} from './say.mjs';

const needed = ['postgres', 'initdb', 'pg_ctl', 'pg_basebackup', 'pg_dump', 'pg_restore', 'psql'];
const folders = JSON.parse(readFileSync(new URL('../../source/postgres/program-folders.json', import.meta.url), 'utf8'));

/** Says where the programs are. */
export async function preparePostgres({looking}) {
	const found = findFolder();
	if (found !== null) {
		return `PostgreSQL in ${found}`;
	}
	if (looking) {
		return null;
	}
	if (process.env.PG_BIN) {
		throw new Unmet(`PG_BIN names ${process.env.PG_BIN}, which lacks ${missingIn(process.env.PG_BIN).join(', ')}: name a folder that has them, or unset it.`);
	}
	if (!canInstall()) {
		throw new Unmet(`PostgreSQL's server and client programs were not found: ${command()}, or name their folder in PG_BIN.`);
	}
	say('installing the distribution\'s package "postgresql" (apt-get; no cluster is made, no service started)');
	await withoutClusters(async () => installPackages(['postgresql']));
	const now = findFolder();
	if (now === null) {
		throw new Unmet('The package "postgresql" is installed, but its programs are not in /usr/lib/postgresql: name their folder in PG_BIN.');
	}
	say(`PostgreSQL is installed in ${now}`);
	return `PostgreSQL in ${now}`;
}

function findFolder() {
	const candidates = process.env.PG_BIN ? [process.env.PG_BIN] : [...pathFolders(), ...usualFolders()];
	return candidates.find(folder => missingIn(folder).length === 0) ?? null;
}

function missingIn(folder) {
	return needed.filter(name => {
		try {
			accessSync(path.join(folder, name), constants.X_OK);
			return false;
		} catch {
			return true;
		}
	});
}

function pathFolders() {
	return (process.env.PATH ?? '').split(path.delimiter).flatMap(folder => {
		try {
			return [path.dirname(realpathSync(path.join(folder, 'postgres'))), folder];
		} catch {
			return [];
		}
	});
}

function usualFolders() {
	const found = [];
	for (const {parent, prefix, rest} of folders.versioned) {
		for (const entry of listed(parent)) {
			const version = entry.startsWith(prefix) && entry.length > prefix.length ? Number(entry.slice(prefix.length)) : Number.NaN;
			if (Number.isFinite(version)) {
				found.push({folder: path.join(parent, entry, rest), version});
			}
		}
	}
	return [...found.sort((a, b) => b.version - a.version).map(({folder}) => folder), ...folders.fixed];
}

function listed(folder) {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}

function command() {
	if (process.platform === 'darwin') {
		return 'run "brew install postgresql@18"';
	}
	return listed('/usr/bin').includes('apt-get') ? 'run "sudo apt-get install postgresql"' : 'install your distribution\'s package (Fedora: "sudo dnf install postgresql-server postgresql", Alpine: "apk add postgresql", Arch: "sudo pacman -S postgresql")';
}
