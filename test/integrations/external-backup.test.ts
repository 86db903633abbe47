/** What other backup tools print, and what is made of it. */
import {expect, test} from 'vitest';
import {asBackup, parseExternal} from '../../source/integrations/external-backup.ts';
import {readRetention, readStanzaName} from '../../source/integrations/pgbackrest.ts';

test.each([
	['pgbackrest --stanza=main archive-push %p', 'main'],
	['/usr/bin/pgbackrest --config=/etc/x.conf --stanza shop-1 archive-push %p', 'shop-1'],
	['pgbackrest --stanza=$(reboot) archive-push %p', null],
	['cp %p /mnt/pgbackrest/%f', null],
	['', null],
	[null, null],
])('the stanza of %s', (command, stanza) => {
	expect(readStanzaName(command)).toBe(stanza);
});

/** As pgBackRest 2.45 printed it, shortened; the number of the server is above 2^53. */
const info = (error: boolean) => `[{"archive":[{"database":{"id":1,"repo-key":1},"id":"15-1","max":"000000010000000000000003","min":"000000010000000000000001"}],"backup":[{"database":{"id":1,"repo-key":1},"error":${error},"info":{"size":23214197},"label":"20261123-053832F","lsn":{"start":"0/2000028","stop":"0/3000050"},"timestamp":{"start":1795412312,"stop":1795412314},"type":"full"}],"db":[{"id":1,"repo-key":1,"system-id":7711237150227136125,"version":"15"}],"name":"main","status":{"code":0,"message":"ok"}}]`;

test('pgBackRest: every digit of the system identifier, and no grade for being there', () => {
	const answer = parseExternal(info(false));
	if (typeof answer === 'string') throw new Error(answer);
	expect(answer).toMatchObject({lastSegment: '000000010000000000000003', problems: [], backups: [{ok: true}]});
	expect(asBackup(answer.backups[0]!, {database: 'shop', serverVersion: '15.18'})).toEqual({
		path: 'main/20261123-053832F', format: 'external', tool: 'pgBackRest (full)', bytes: 23214197, startedAt: '2026-11-23T05:38:32.000Z', finishedAt: '2026-11-23T05:38:34.000Z',
		serverVersion: '15', systemIdentifier: '7711237150227136125', database: 'shop', lsn: '0/2000028', tables: 0, verified: {list: false, read: false},
	});
	expect(parseExternal(info(true))).toMatchObject({backups: [{ok: false, error: expect.stringMatching(/wrong checksums/)}]});
});

test('retention is told in days only where the configuration says so', () => {
	const conf = (...lines: string[]) => readRetention(['[global]', 'repo1-path=/r', ...lines].join('\n'), 'main');
	expect(conf('repo1-retention-full=14', 'repo1-retention-full-type=time')).toEqual({days: 14, words: 'repo1-retention-full=14 days'});
	expect(conf('repo1-retention-full=2')).toEqual({days: null, words: 'repo1-retention-full=2 full backups'});
	expect(conf('repo1-retention-full=2', '[main]', 'repo1-retention-full=5', '[other]', 'repo1-retention-full=9')).toMatchObject({words: 'repo1-retention-full=5 full backups'});
	expect(conf()).toMatchObject({days: Number.POSITIVE_INFINITY});
	expect(readRetention('nothing of it', 'main')).toBeNull();
});
