/** Whether two processes would be sent to the same database: then the second finds the first's room without starting Python. */
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import type {Settings} from '../config/settings.ts';
import {hash} from './run-folder.ts';

/** Hashes only: nothing of it can be read back. */
export interface Origin {
	/** Of the settings and of the environment's variables. */
	circumstances: string;
	/** Absolute paths: configurations, env.py, the modules that it loads, and whatever lies beside them. */
	files: {file: string; sha256: string}[];
}

type Circumstances = {settings: Settings; environment: NodeJS.ProcessEnv};

/** What a terminal, a session, npm or a test runner sets; every other variable may be what env.py reads. */
const ofTheSession = /^(SSH_|TERM|COLORTERM|TMUX|STY$|WINDOW|DISPLAY|XDG_(SESSION|VTNR|SEAT|RUNTIME)|DBUS_|LS_COLORS|PS\d|PWD$|OLDPWD$|SHLVL$|_$|COLUMNS$|LINES$|npm_|INIT_CWD$|NODE|TSX_|CI$|NO_COLOR$|FORCE_COLOR$|HOLDPOINT_(BY|DEBUG)$|EDITOR|VISUAL$|PAGER|LESS|HIST|MAIL$|INVOCATION_ID|JOURNAL_STREAM|LANG|LC_)/;
/** A dotenv file or a settings module beside the project may hold the URL; larger files are no settings. */
const largestSettings = 1_000_000;

/** `loaded`: the files that are known to lead to the target. Null when one of them is not on this machine. */
export function readOrigin({settings, environment, loaded}: Circumstances & {loaded: readonly string[]}): Origin | null {
	const files = [...new Set([...loaded, ...(settings.config ? [settings.config] : []), ...besides(settings.project), ...besides(path.dirname(settings.project)).filter(file => path.basename(file).startsWith('.env'))])].sort();
	if (!files.every(file => existsSync(file))) return null;
	return {circumstances: circumstancesOf({settings, environment}), files: files.map(file => ({file, sha256: hash(readFileSync(file))}))};
}

/** A difference only costs the start of Python that asks env.py itself. */
export function isSameOrigin(origin: Origin, {settings, environment}: Circumstances): boolean {
	const now = readOrigin({settings, environment, loaded: origin.files.map(({file}) => file).filter(file => existsSync(file))});
	return now !== null && JSON.stringify(now) === JSON.stringify(origin);
}

function circumstancesOf({settings: {project, alembic, database, environment: name}, environment}: Circumstances): string {
	const variables = Object.entries(environment).filter(([variable]) => !ofTheSession.test(variable)).sort(([a], [b]) => (a < b ? -1 : 1));
	return hash(JSON.stringify({project, alembic, database, name, variables}));
}

function besides(folder: string): string[] {
	try {
		return readdirSync(folder).map(name => path.join(folder, name)).filter(file => {
			const status = statSync(file, {throwIfNoEntry: false});
			return Boolean(status?.isFile() && status.size <= largestSettings);
		});
	} catch {
		return [];
	}
}
