/** `holdpoint backup`: takes and verifies a backup. */
import type {Backup} from '../journal/shapes/backup.ts';
import {countedWords} from '../journal/backup-words.ts';
import {byteWords} from '../journal/byte-words.ts';
import {choiceFlag, numberFlag, textFlag, type Command} from './command.ts';
import {formatTable} from './table.ts';
import {actionMode, withRoom} from './with-room.ts';

export const command: Command = {
	usage: 'backup [--format directory|custom] [--jobs N] [--compress C] [--verify list|read|restore] [--from URL] [--switch-wal]',
	says: 'Takes a backup of the target and verifies it.',
	options: `--format F  directory (default, in parallel) or custom
--jobs N    so many tables at once
--compress C  as pg_dump has it: gzip:6, zstd:1, none; default gzip:3, or backup.compress
--verify V  list: its table of contents; read (default): every block of it; restore: into a scratch server, compared
--from URL  a standby to take it from
--switch-wal  force a WAL switch afterwards and wait until it is archived`,
	flags: {format: {type: 'string'}, jobs: {type: 'number'}, compress: {type: 'string'}, verify: {type: 'string'}, from: {type: 'string'}, switchWal: {type: 'boolean'}},
	async run(call) {
		const {output} = call;
		const params = {
			format: choiceFlag(call, 'format', ['directory', 'custom']), verify: choiceFlag(call, 'verify', ['list', 'read', 'restore']),
			jobs: numberFlag(call, 'jobs', {least: 1, whole: true}), compress: textFlag(call, 'compress'), from: textFlag(call, 'from'), switchWal: call.flags['switchWal'] === true,
		};
		const backup = await withRoom(call, {mode: actionMode(call), acts: true, progress: 'text'}, client => client.ask<Backup>('backup', params));
		if (output.json) output.document(backup);
		output.text(formatTable(factsOf(backup), {width: output.columns}));
		return (backup.verified.restore?.differences.length ?? 0) > 0 || backup.archived?.why != null ? 1 : 0;
	},
};

function factsOf({path, format, bytes, startedAt, finishedAt, tables, lsn, sha256, manifest, globals, source, archived, compression, counted, warnings = [], verified}: Backup): string[][] {
	const {restore} = verified;
	return [
		['backup', path],
		['format', `${format}${compression === undefined ? '' : `, ${compression}`}, ${byteWords(bytes)}, ${tables} tables`],
		...(counted ? [['rows', countedWords(counted)]] : []),
		['time', `${startedAt} to ${finishedAt}${lsn === null ? '' : `, at ${lsn}`}`],
		...(source ? [['from', `the standby ${source.host}:${source.port}, ${byteWords(source.behindBytes)} of WAL behind the target`]] : []),
		...(sha256 ? [['sha256', sha256]] : []),
		...(manifest ? [['manifest', manifest]] : []),
		...(globals ? [['globals', globals.path ?? `not backed up: ${globals.why ?? 'unknown why'}`]] : []),
		['verified', [verified.list && 'its table of contents', verified.read && 'every block read'].filter(Boolean).join(', ') || 'not at all'],
		...warnings.map(each => ['warning', each]),
		...(archived ? [['WAL switch', archived.why === null ? `segment ${archived.segment ?? ''} archived after ${archived.seconds?.toFixed(1) ?? '?'} s` : `not archived: ${archived.why}`]] : []),
		...(restore ? [['restored', `${restore.tables} tables, ${restore.rowsCompared.toLocaleString('en-US')} rows compared in ${restore.seconds.toFixed(1)} s`], ...restore.differences.map(each => ['differs', each])] : []),
	];
}
