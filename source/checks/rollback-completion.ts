/** What people add to the rollback plan: the text or the file that `rollback_plan` names. */
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import type {Settings} from '../config/settings.ts';

export interface Completion {
	/** Where it comes from, as a person names it. */
	source: string;
	text: string;
	/** False for an address that only people can open. */
	readable: boolean;
	/** Why it is none, in a sentence. */
	fault: string | null;
}

/** Shorter is no plan. */
const leastCharacters = 20;
const mostCharacters = 20_000;

/** Null where nothing is configured. */
export async function readCompletion({rollbackPlan, project}: Pick<Settings, 'rollbackPlan' | 'project'>): Promise<Completion | null> {
	if (rollbackPlan === null) return null;
	if (/^\w+:\/\//.test(rollbackPlan)) return {source: rollbackPlan, text: rollbackPlan, readable: false, fault: null};
	const file = path.resolve(project, rollbackPlan);
	const text = await readFile(file, 'utf8').catch(() => null);
	const isFile = text !== null || /^[\w./-]+\.(md|txt|rst|html|pdf|adoc)$/i.test(rollbackPlan);
	const source = isFile ? path.relative(project, file) : '`rollback_plan` in holdpoint.yaml';
	const words = (text ?? (isFile ? '' : rollbackPlan)).slice(0, mostCharacters);
	const fault = isFile && text === null ? `The rollback plan ${file} can't be read.` : words.trim().length < leastCharacters ? 'The rollback plan that `rollback_plan` names is empty.' : null;
	return {source, text: words, readable: true, fault};
}
