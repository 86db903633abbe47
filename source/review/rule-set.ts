/** The rules that a review goes by, found by what a statement does. */
import {Refusal} from '../journal/refusal.ts';
import {refuseUnknown} from './explain.ts';
import {levels} from './finding.ts';
import type {Level} from './finding.ts';
import type {Operation} from './operations.ts';
import type {Rule} from './rule.ts';
import {findRule, rules} from './rules/index.ts';

export interface Choice {
	/** Levels by rule; `off` switches one off, a level switches an opt-in one on. */
	rules?: Record<string, string>;
	/** `default`: all but the opt-in ones. */
	enabled?: 'default' | 'all' | string[];
	naming?: Record<string, string>;
}

export class RuleSet {
	readonly rules: readonly Rule[];
	readonly ids: ReadonlySet<string>;
	readonly levels: Readonly<Record<string, string>>;
	readonly #choice: Choice;
	readonly #byKinds = new Map<string, Rule[]>();

	/** @throws Refusal (2) when a rule is named that does not exist, or a level. */
	constructor(choice: Choice) {
		checkNames(choice);
		this.#choice = choice;
		this.levels = choice.rules ?? {};
		this.rules = rules.filter(rule => this.has(rule));
		this.ids = new Set(this.rules.map(rule => rule.id));
	}

	/** Whether this rule is asked for. */
	has({id, optIn}: {id: string; optIn?: boolean}): boolean {
		const {enabled = 'default', rules: configured = {}, naming = {}} = this.#choice;
		if (configured[id] === 'off') return false;
		if (Array.isArray(enabled)) return enabled.includes(id);
		// Whoever writes a convention down wants it held.
		return enabled === 'all' || !optIn || configured[id] !== undefined || (id === 'naming-convention' && Object.keys(naming).length > 0);
	}

	/** The level that the configuration gives a rule. */
	levelOf(id: string): Level | undefined {
		const level = this.levels[id];
		return level === 'off' ? undefined : level as Level | undefined;
	}

	/** The rules that ask about one of these operations, in their order. */
	of(operations: readonly Operation[]): readonly Rule[] {
		const [first] = operations;
		const kinds = operations.length === 1 ? first!.do : [...new Set(operations.map(operation => operation.do))].join(' ');
		let found = this.#byKinds.get(kinds);
		if (!found) {
			const asked = new Set<string>(operations.map(operation => operation.do));
			found = this.rules.filter(rule => !rule.on || rule.on.some(kind => asked.has(kind)));
			this.#byKinds.set(kinds, found);
		}
		return found;
	}
}

function checkNames({enabled, rules: configured = {}, naming = {}}: Choice): void {
	for (const [kind, pattern] of Object.entries(naming)) {
		try {
			new RegExp(pattern);
		} catch {
			throw new Refusal(2, `The naming of ${kind} is no regular expression: ${pattern}`);
		}
	}
	for (const id of [...Array.isArray(enabled) ? enabled : [], ...Object.keys(configured)]) {
		if (!findRule(id)) throw refuseUnknown(id);
	}
	for (const [id, level] of Object.entries(configured)) {
		if (level !== 'off' && !levels.includes(level as Level)) throw new Refusal(2, `The level of review rule ${id} is "${level}"; it can be error, warning, info or off.`);
	}
}
