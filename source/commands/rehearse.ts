/** `holdpoint rehearse`: rehearses the planned upgrade on a restored copy. */
import {Refusal} from '../journal/refusal.ts';
import type {Rehearsal} from '../journal/shapes/rehearsal.ts';
import {textFlag, type Command} from './command.ts';
import {formatTable} from './table.ts';
import {actionMode, withRoom} from './with-room.ts';

export const command: Command = {
	usage: 'rehearse [--local|--against URL] [--schema-only] [--tables T,…]',
	says: 'Rehearses the planned upgrade on a restored copy: up, down and up again, compared.',
	options: `--local        on a private server of its own (default without \`rehearsal: {url}\`)
--against URL  on this server
--schema-only  without rows
--tables T,…   with --schema-only: rows of these tables`,
	flags: {local: {type: 'boolean'}, against: {type: 'string'}, schemaOnly: {type: 'boolean'}, tables: {type: 'string'}},
	async run(call) {
		const {output} = call;
		const against = textFlag(call, 'against');
		const local = call.flags['local'] === true;
		if (local && against !== undefined) throw new Refusal(2, 'Give --local or --against, not both.');
		const tables = textFlag(call, 'tables')?.split(',').map(table => table.trim()).filter(Boolean);
		const params = {against, local, schemaOnly: call.flags['schemaOnly'] === true, tables};
		const rehearsal = await withRoom(call, {mode: actionMode(call), acts: true, progress: 'text'}, client => client.ask<Rehearsal>('rehearse', params));
		if (output.json) output.document(rehearsal);
		output.text(describeRehearsal(rehearsal, output.columns));
		return rehearsal.ok ? 0 : 1;
	},
};

function describeRehearsal({basis, seconds, restoreSeconds, revisions, data, check, problems, ok}: Rehearsal, width: number): string {
	const rows = [
		['copy', `${basis}, restored in ${restoreSeconds.toFixed(1)} s`],
		...revisions.map(each => [each.revision, `up ${each.up.toFixed(2)} s, down ${each.down.toFixed(2)} s, up again ${each.again.toFixed(2)} s`]),
		...data.filter(each => !each.equal).map(each => [each.table, `rows differ after up and down${each.loses ? `: loses ${each.loses}` : ''}`]),
		['alembic check', check.clean ? 'no differences' : `${check.differences.length} differences: ${check.differences.join('; ')}`],
		...problems.map(problem => ['problem', problem]),
		['result', `${ok ? 'ok' : 'not ok'}, ${seconds.toFixed(1)} s in all`],
	];
	return formatTable(rows, {width});
}
