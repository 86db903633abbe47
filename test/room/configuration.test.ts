/** On a project without any configuration each item that a machine could prove says what to configure for it, or what to do first. */
import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {parse} from 'yaml';
import {shippedChecklist} from '../../source/checklist/shipped.ts';
import {missing} from '../../source/checks/configuration.ts';
import {configurationSchema} from '../../source/config/schema.ts';
import {satisfiedStates, type Item} from '../../source/journal/shapes/item.ts';
import {openSite} from './site.ts';

test('each item says which key of holdpoint.yaml would prove it, or which action comes first', async () => {
	const site = await openSite({checklist: readFileSync(shippedChecklist, 'utf8'), sql: 'CREATE TABLE before (id int)'});
	try {
		const {client} = await site.enter({}, {acts: true});
		const items = await client.ask<Item[]>('check', {items: 'all'});
		const unproven = items.filter(item => !satisfiedStates.has(item.state));
		const keys = Object.fromEntries(unproven.flatMap(item => item.verdict?.configure === undefined ? [] : [[item.check, item.verdict.configure.split(':')[0]]]));
		expect(keys).toEqual({
			'compat.application': 'compatibility', 'compat.api': 'compatibility', 'rollback.application': 'compatibility', 'backup.retention': 'backup',
			'preflight.notified': 'notify', 'preflight.rollback-plan': 'rollback_plan', 'post.smoke': 'smoke', 'post.logs': 'logs', 'post.metrics': 'metrics', 'post.errors': 'metrics',
			'tasks.documentation': 'documents', 'tasks.tickets': 'tickets', 'tasks.alerts': 'alerts',
		});
		for (const item of unproven) if (item.verdict?.configure !== undefined) expect(item.verdict.summary).toContain(`set in holdpoint.yaml: ${item.verdict.configure}`);
		const silent = unproven.filter(item => item.verdict?.configure === undefined && !/`holdpoint \w+`|finished upgrade in this run|contacts? of/.test(item.verdict?.summary ?? ''));
		expect(silent.map(item => [item.check, item.verdict?.summary]), 'neither a key nor a command is named').toEqual([
			['code.docstring', expect.stringContaining('"create items": 12 characters are no purpose')],
			['alembic.history', expect.stringMatching(/is in no git repository.*once git has them, a machine tells/)],
		]);
	} finally {
		await site.close();
	}
});

test.each(Object.entries(missing))('the example for %s is good configuration', (_, {example, when}) => {
	expect(configurationSchema.safeParse(parse(example)).error).toBeUndefined();
	expect(when).toBeTypeOf('function');
});
