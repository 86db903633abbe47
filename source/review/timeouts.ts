/** Which lock_timeout and statement_timeout hold at a statement. */
import type {Knowledge} from './knowledge.ts';

type Timeout = 'lock_timeout' | 'statement_timeout';

const units: Record<string, number> = {us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000};

export class Timeouts {
	readonly #session = new Map<string, number>();
	readonly #local = new Map<string, number>();

	constructor(knowledge: Knowledge | undefined) {
		if (knowledge?.lockTimeoutMs !== undefined) this.#session.set('lock_timeout', knowledge.lockTimeoutMs);
		if (knowledge?.statementTimeoutMs !== undefined) this.#session.set('statement_timeout', knowledge.statementTimeoutMs);
	}

	/** In milliseconds; 0 is none, and so is what was never set. */
	get(name: Timeout): number {
		return this.#local.get(name) ?? this.#session.get(name) ?? 0;
	}

	/** SET LOCAL outside a transaction only warns and changes nothing: measured. */
	set({name, value, local}: {name: string; value?: string; local: boolean}, inTransaction: boolean): void {
		if (name !== 'lock_timeout' && name !== 'statement_timeout') return;
		if (local && !inTransaction) return;
		const milliseconds = parseDuration(value);
		if (local) this.#local.set(name, milliseconds);
		else {
			this.#local.delete(name);
			this.#session.set(name, milliseconds);
		}
	}

	endTransaction(): void {
		this.#local.clear();
	}
}

/** A bare number counts milliseconds, as in PostgreSQL; what can't be read counts as no timeout. */
function parseDuration(value: string | undefined): number {
	const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(value ?? '');
	if (!match) return 0;
	return Number(match[1]) * (units[match[2]!.toLowerCase() || 'ms'] ?? 0);
}
