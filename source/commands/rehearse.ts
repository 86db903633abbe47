/** `holdpoint rehearse`: rehearses the planned upgrade on a restored copy. */
import {Refusal} from '../journal/refusal.ts';
import type {Rehearsal} from '../journal/shapes/rehearsal.ts';
import {textFlag, type Command} from './command.ts';
import {formatTable} from './table.ts';
import {actionMode, withRoom} from './with-room.ts';

export const command: Command = {
	usage: 'rehearse [--local|--against URL [--clone]] [--schema-only] [--tables T,…]',
	says: 'Rehearses the planned upgrade on a restored copy: up, down and up again, compared.',
	options: `--local        on a private server of its own (default without \`rehearsal: {url}\`)
--against URL  on this server, in a database of its own that goes away again
--clone        the database of URL is a clone of the target already: it is migrated
               in place, and left so
--schema-only  without rows
--tables T,…   with --schema-only: rows of these tables`,
	flags: {local: {type: 'boolean'}, against: {type: 'string'}, clone: {type: 'boolean'}, schemaOnly: {type: 'boolean'}, tables: {type: 'string'}},
	async run(call) {
		const {output} = call;
		const against = textFlag(call, 'against');
		const local = call.flags['local'] === true;
		if (local && against !== undefined) throw new Refusal(2, 'Give --local or --against, not both.');
		const tables = textFlag(call, 'tables')?.split(',').map(table => table.trim()).filter(Boolean);
		const params = {against, clone: call.flags['clone'] === true, local, schemaOnly: call.flags['schemaOnly'] === true, tables};
		const rehearsal = await withRoom(call, {mode: actionMode(call), acts: true, plans: true, progress: 'text'}, client => client.ask<Rehearsal>('rehearse', params));
		if (output.json) output.document(rehearsal);
		output.text(describeRehearsal(rehearsal, output.columns));
		return rehearsal.ok ? 0 : 1;
	},
};

function describeRehearsal({basis, seconds, restoreSeconds, revisions, statements, data, check, compatibility, fit = [], warnings = [], unpromised = [], problems, ok}: Rehearsal, width: number): string {
	const took = (value: number, happened: boolean | undefined): string => happened === false ? 'did not run' : `${value.toFixed(2)} s`;
	const rows = [
		...fit.map(each => ['looked at', each]),
		['copy', `${basis}, restored in ${restoreSeconds.toFixed(1)} s`],
		...revisions.map(each => [each.revision, `up ${took(each.up, each.ran?.up)}, down ${took(each.down, each.ran?.down)}, up again ${took(each.again, each.ran?.again)}`]),
		...statements.filter(each => each.seconds >= 0.1).toSorted((one, other) => other.seconds - one.seconds).slice(0, 10).map(each => ['statement', `${each.seconds.toFixed(2)} s, on the target ${each.estimateSeconds == null ? 'unknown' : `about ${each.estimateSeconds.toFixed(1)} s`}: ${each.sql.replaceAll(/\s+/g, ' ').trim().slice(0, 160)}`]),
		...data.filter(each => !each.equal || each.loses || each.notCompared).map(each => [each.table, [each.equal ? 'rows as before after up and down' : 'rows differ after up and down', ...(each.loses ? [`loses ${each.loses}`] : []), ...(each.notCompared ? [`not compared: ${each.notCompared}`] : [])].join('; ')]),
		['alembic check', check.clean ? 'no differences' : `${check.differences.length} differences: ${check.differences.join('; ')}`],
		...(compatibility?.applications ?? []).map(each => [each.which === 'old' && each.schema === 'old' ? 'old, went back' : `${each.which} on ${each.schema}`, each.reason]),
		...(compatibility?.api ?? []).slice(0, 5).map(each => ['API', each]),
		...(compatibility?.statements?.broken ?? []).map(each => ['users\' query', `${each.problem}: ${each.query.replaceAll(/\s+/g, ' ').trim().slice(0, 160)}`]),
		...unpromised.map(each => ['not as --sql', each]), ...warnings.map(each => ['warning', each]),
		...problems.map(problem => ['problem', problem]),
		['result', `${ok ? 'ok' : 'not ok'}, ${seconds.toFixed(1)} s in all`],
	];
	return formatTable(rows, {width});
}
