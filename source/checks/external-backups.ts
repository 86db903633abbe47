/** Backups that something else takes: the command of `backup.external`, or pgBackRest where the server's archive_command names it. */
import {Refusal} from '../journal/refusal.ts';
import type {Backup, ExternalBackup} from '../journal/shapes/backup.ts';
import type {Evidence} from '../journal/shapes/evidence.ts';
import {asBackup, parseExternal, type ExternalAnswer} from '../integrations/external-backup.ts';
import {infoCommand, readStanzaName} from '../integrations/pgbackrest.ts';
import {commandEvidence, type Look} from './check.ts';

export interface External {
	/** Such as `pgBackRest`, or the program of `backup.external`. */
	name: string;
	/** pgBackRest's stanza, when the server named it. */
	stanza: string | null;
	answer: ExternalAnswer;
	/** The newest that its tool calls good, as a backup of the run; null: there is none. */
	newest: Backup | null;
	evidence: Evidence[];
	/** Why it could not be asked, or what it complains of; null: nothing. */
	problem: string | null;
}

const known = new WeakMap<Look, Promise<External | null>>();

/** Asked once in a round of checks; null where no other tool is configured or recognised. */
export async function readExternal(look: Look): Promise<External | null> {
	const asked = known.get(look) ?? ask(look);
	known.set(look, asked);
	return asked;
}

/** The backup that counts: the run's own while nothing is wrong with it, else another tool's. */
export async function readStanding(look: Look, findFault: (backup: Backup) => Promise<string | null>): Promise<{backup: Backup | null; fault: string | null; external: External | null}> {
	const own = await look.backup();
	const ownFault = own === null ? null : await findFault(own);
	const external = await readExternal(look);
	if (own !== null && (ownFault === null || external === null || external.newest === null)) return {backup: own, fault: ownFault, external};
	if (external?.newest == null) return {backup: null, fault: null, external};
	const fault = await findFault(external.newest);
	return own !== null && fault !== null ? {backup: own, fault: ownFault, external} : {backup: external.newest, fault, external};
}

async function ask(look: Look): Promise<External | null> {
	const {external} = look.settings.backup;
	const stanza = external === null ? await recognise(look) : null;
	const command = external ?? (stanza === null ? null : infoCommand(stanza));
	if (command === null) return null;
	const name = stanza === null ? `\`${command[0]!}\` of \`backup.external\`` : 'pgBackRest';
	const none = {name, stanza, answer: {backups: [], problems: [], lastSegment: null}, newest: null};
	const end = await look.run(command, {timeoutMs: 60_000});
	const evidence = [commandEvidence('the backups that it has', command, end)];
	if (end.exit === null && stanza !== null) {
		return {...none, evidence, problem: `pgBackRest archives this server's WAL (stanza ${stanza}), and is not to be run here: name how to ask it in \`backup: {external: [ssh, HOST, pgbackrest, --stanza=${stanza}, info, --output=json]}\``};
	}
	const answer = end.exit === 0 ? parseExternal(end.stdout) : `it ended with ${end.exit ?? 'no exit code'}`;
	if (typeof answer === 'string') return {...none, evidence, problem: `${name} can't be judged: ${answer}`};
	const good = answer.backups.findLast(each => each.ok);
	return {name, stanza, answer, evidence, newest: good ? asBackup(good, look.state.target) : null, problem: complaint(name, answer)};
}

function complaint(name: string, {problems, backups}: ExternalAnswer): string | null {
	const last: ExternalBackup | undefined = backups.at(-1);
	if (problems.length > 0) return `${name} complains: ${problems.join('; ')}`;
	return last && !last.ok ? `the last backup of ${name}, ${last.label} of ${last.finishedAt}, failed: ${last.error ?? 'it did not say why'}` : null;
}

async function recognise(look: Look): Promise<string | null> {
	try {
		const [row] = await (await look.session()).query<{command: string}>('SELECT current_setting(\'archive_command\') AS command');
		return readStanzaName(row?.command ?? null);
	} catch (error) {
		if (error instanceof Refusal) throw error;
		return null;
	}
}
