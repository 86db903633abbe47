/** The list of checks against the checklist's bindings, their files, their cases and their page. */
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {expect, test} from 'vitest';
import {checkIds} from '../../source/checklist/binding.ts';
import {contextKeys} from '../../source/checks/check.ts';
import {checks, findCheck} from '../../source/checks/index.ts';
import {renderItems} from '../../source/checks/page.ts';

const root = path.resolve(import.meta.dirname, '../..');

test('each of the document\'s 52 items has a check, and each check an item, in the same order', () => {
	expect(checks.map(check => check.id)).toEqual(checkIds);
	expect(checkIds).toHaveLength(52);
	expect(findCheck('alembic.check')?.id).toBe('alembic.check');
	expect(findCheck('alembic.nothing')).toBeUndefined();
});

test('a check lives in the file of its name and exports the name in camel case', async () => {
	const files = new Set(await readdir(path.join(root, 'source/checks')));
	for (const check of checks) {
		const file = `${check.id.replace('.', '-')}.ts`;
		expect(files, check.id).toContain(file);
		const text = await readFile(path.join(root, 'source/checks', file), 'utf8');
		expect(text, check.id).toContain(`export const ${camel(check.id)}: Check = {`);
		expect(text, check.id).toContain(`id: '${check.id}'`);
	}
});

test('each check says what it verifies and why in whole sentences, and depends on known parts of the context', () => {
	for (const {id, says, why, dependsOn} of checks) {
		expect(says, id).toMatch(/^.{20,}\.$/);
		expect(why, id).toMatch(/^.{20,}\.$/);
		expect(contextKeys, id).toEqual(expect.arrayContaining([...dependsOn]));
		expect(dependsOn.length, id).toBeGreaterThan(0);
	}
});

test('each check has its cases in a test of its area', async () => {
	const folder = path.join(root, 'test/checks');
	const tests = (await Promise.all((await readdir(folder)).filter(name => name.endsWith('.test.ts')).map(async name => readFile(path.join(folder, name), 'utf8')))).join('\n');
	expect(checks.filter(check => !tests.includes(`cases(${camel(check.id)}, {`)).map(check => check.id)).toEqual([]);
});

test('what warns "for a person" never settles the item by itself', async () => {
	for (const {id, proves} of checks) {
		const text = await readFile(path.join(root, 'source/checks', `${id.replace('.', '-')}.ts`), 'utf8');
		if (/warned\([`'].*For a person/.test(text)) expect(proves, id).toBe('partly');
	}
});

test('docs/items.md is what the checks say of themselves', async () => {
	expect(await readFile(path.join(root, 'docs/items.md'), 'utf8')).toBe(renderItems());
	expect(renderItems().match(/^### /gm)).toHaveLength(52);
});

function camel(id: string): string {
	return id.replace(/[.-](\w)/g, (_, letter: string) => letter.toUpperCase());
}
