/** The git history of the sandbox's project: who wrote which migration, for which ticket. */
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {execa} from 'execa';

/** The tickets that the pending migrations are for, with their titles. */
export const tickets: Readonly<Record<string, string>> = {
	'SHOP-311': 'Loyalty points for returning customers',
	'SHOP-318': '"My orders" is slow',
	'SHOP-324': 'Reports want a reason for each cancelled order',
	'SHOP-330': 'Totals with two decimals, and no old references',
};

const ticketOf: Readonly<Record<string, string>> = {f13b8e60a2d4: 'SHOP-311', '6c0d52b7e9f1': 'SHOP-318', '0ae4917cd3b6': 'SHOP-324', '5e7f20d1b48c': 'SHOP-330'};
const noor = 'Noor Haddad <noor@shop.example>';

/** Makes the project a repository with a commit for what runs today and one for each pending migration. False without git: nobody then knows who wrote what. */
export async function writeHistory(project: string): Promise<boolean> {
	const versions = path.join(project, 'migrations/versions');
	const files = (await readdir(versions)).filter(name => name.endsWith('.py'));
	const pending = Object.keys(ticketOf).map(revision => ({revision, file: files.find(name => name.startsWith(revision))!}));
	try {
		await runGit(project, 'init', '--quiet', '--initial-branch=main');
		await runGit(project, 'add', '--', '.', ...pending.map(({file}) => `:!migrations/versions/${file}`));
		await commit(project, {author: 'Ada Brandt <ada@shop.example>', message: 'The shop as it runs today'});
		for (const {revision, file} of pending) {
			const [, title = ''] = /^"""(.*)/.exec(await readFile(path.join(versions, file), 'utf8')) ?? [];
			await runGit(project, 'add', '--', path.join('migrations/versions', file));
			await commit(project, {author: noor, message: `${title}\n\n${ticketOf[revision]}`});
		}
		return true;
	} catch (error) {
		if ((error as {code?: string}).code === 'ENOENT') return false;
		throw error;
	}
}

/** Commits one file as a colleague does. */
export async function commitFile(project: string, {file, message}: {file: string; message: string}): Promise<void> {
	await runGit(project, 'add', '--', file);
	await commit(project, {author: noor, message});
}

async function commit(project: string, {author, message}: {author: string; message: string}): Promise<void> {
	await runGit(project, '-c', 'user.name=The shop', '-c', 'user.email=shop@shop.example', '-c', 'commit.gpgsign=false', 'commit', '--quiet', '--no-verify', `--author=${author}`, '-m', message);
}

async function runGit(project: string, ...words: string[]): Promise<void> {
	// Whatever git is told about the user's own repositories is none of the sandbox's business.
	const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
	await execa('git', ['-C', project, ...words], {env: {...environment, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null'}, extendEnv: false, stdin: 'ignore'});
}
