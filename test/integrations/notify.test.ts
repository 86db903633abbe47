/** Notifications reach real commands and a real webhook, secrets stay out of what is said about them. */
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {sendNotification, type Notification} from '../../source/integrations/notify.ts';
import {startServer} from './server.ts';

const notification: Notification = {text: 'upgrade done', moment: 'action-finished', run: 'shop-1', at: '2026-03-01T10:00:00Z', outcome: {exit: 0}};
const options = {directory: tmpdir(), pauseMs: 1};

test('a webhook gets it as JSON', async () => {
	const {base, asked} = await startServer((_, response) => response.end('ok'));
	expect(await sendNotification({name: 'team', command: null, webhook: `${base}/hook`}, notification, options)).toMatchObject({ok: true, detail: 'status 200'});
	expect(asked).toMatchObject([{method: 'POST', url: '/hook', headers: {'content-type': 'application/json'}}]);
	expect(JSON.parse(asked[0]!.body)).toEqual(notification);
});

test('a user in the webhook\'s URL goes into a header', async () => {
	const {base, asked} = await startServer((_, response) => response.end());
	await sendNotification({name: 'team', command: null, webhook: base.replace('//', '//ann:p%40s@')}, notification, options);
	expect(asked[0]!.headers.authorization).toBe(`Basic ${Buffer.from('ann:p@s').toString('base64')}`);
});

test('a command gets it as JSON on its standard input', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'holdpoint-notify-'));
	onTestFinished(() => rm(folder, {recursive: true, force: true}));
	expect(await sendNotification({name: 'cat', command: ['sh', '-c', 'cat > got.json'], webhook: null}, notification, {...options, directory: folder})).toMatchObject({ok: true, tries: 1});
	expect(JSON.parse(await readFile(join(folder, 'got.json'), 'utf8'))).toEqual(notification);
});

test('what fails is said, without the URL', async () => {
	const {base} = await startServer((_, response) => { response.statusCode = 410; response.end(); });
	expect(await sendNotification({name: 'team', command: null, webhook: base}, notification, options)).toMatchObject({ok: false, detail: 'status 410', tries: 1});
	const gone = await sendNotification({name: 'team', command: null, webhook: 'http://localhost:1/s3cret'}, notification, options);
	expect(gone.ok).toBe(false);
	expect(gone.detail).not.toContain('s3cret');
	expect(await sendNotification({name: 'c', command: ['sh', '-c', 'echo why >&2; exit 4'], webhook: null}, notification, options)).toMatchObject({ok: false, detail: 'ended with exit code 4: why, tried twice', tries: 2});
});

test('what fails for a moment is sent once more, and both tries are told', async () => {
	let times = 0;
	const {base, asked} = await startServer((_, response) => {
		response.statusCode = ++times === 1 ? 503 : 200;
		response.end();
	});
	expect(await sendNotification({name: 'team', command: null, webhook: base}, notification, options)).toMatchObject({ok: true, detail: 'status 200 at the second try (at the first: status 503)', tries: 2});
	expect(asked.map(({body}) => body)).toEqual([JSON.stringify(notification), JSON.stringify(notification)]);
});
