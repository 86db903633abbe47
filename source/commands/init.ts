/** `holdpoint init`: writes a commented holdpoint.yaml after looking. */
import {existsSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {openProject} from '../alembic/project.ts';
import {initConfiguration, type InitialFacts} from '../config/template.ts';
import {Refusal} from '../journal/refusal.ts';
import {linkTarget} from '../room/target-link.ts';
import type {Call, Command} from './command.ts';
import {askPassword} from './with-room.ts';

export const command: Command = {
	usage: 'init',
	says: 'Writes a commented holdpoint.yaml into the project after looking at its Python, its database and its standbys. Never overwrites one.',
	async run(call) {
		const {settings, output} = call;
		const file = path.join(settings.project, 'holdpoint.yaml');
		if (settings.config !== null || existsSync(file)) throw new Refusal(3, `${settings.config ?? file} is there already; edit it, or move it away first. Nothing was changed.`);
		if (settings.readOnly) throw new Refusal(3, 'With --read-only nothing is written.');
		const text = initConfiguration(await lookAround(call));
		try {
			writeFileSync(file, text, {flag: 'wx', mode: 0o600});
		} catch (error) {
			throw new Refusal(2, `${file} can't be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'}); mend the permissions of its folder.`);
		}
		if (output.json) output.document({written: file});
		output.text(`${file} is written; \`holdpoint doctor\` says what is still missing.`);
		return 0;
	},
};

/** What can't be looked at stays a commented example, and is said. */
async function lookAround(call: Call): Promise<InitialFacts> {
	const {settings, environment, output} = call;
	const facts: InitialFacts = {};
	try {
		const {python} = await openProject({directory: settings.project, alembic: settings.alembic, environment});
		const [program = '', ...rest] = python;
		// A bare name is looked for on the PATH anyway, and a path from here is right for everyone who has the project.
		if (rest.length > 0 || program.includes('/')) facts.python = [relativeTo(settings.project, program), ...rest];
		const target = await linkTarget({settings, environment, scrubber: output.scrubber, askPassword: settings.interactive ? askPassword : null});
		try {
			const {host, database} = target.target;
			if (settings.environment) facts.environment = {name: settings.environment, host, database};
			const rows = await (await target.session()).query<{name: string}>(`SELECT application_name AS name FROM pg_stat_replication WHERE state = 'streaming' AND application_name NOT IN ('pg_basebackup', 'pg_receivewal') ORDER BY 1`);
			facts.standbys = rows.map(({name}) => name).filter(Boolean);
		} finally {
			await target.close();
		}
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		output.talk(`Not everything could be looked at: ${error.message}`);
	}
	return facts;
}

function relativeTo(folder: string, program: string): string {
	const inside = path.relative(folder, program);
	return inside.startsWith('..') || path.isAbsolute(inside) ? program : inside;
}
