/** What the rehearsal says of compatibility, as evidence, and whether it says anything of what is configured. */
import type {Evidence} from '../journal/shapes/evidence.ts';
import type {ApplicationRun, Compatibility} from '../journal/shapes/rehearsal.ts';
import {NotYet, type Look} from './check.ts';
import {noteEvidence} from './evidence.ts';

/**
 * Null where nothing is configured and nothing was rehearsed.
 * @throws NotYet when something is configured and was not rehearsed with this plan
 */
export async function readCompatibility(look: Look, which: readonly ApplicationRun['which'][]): Promise<Compatibility | null> {
	const configured = which.filter(each => look.settings.compatibility[each] !== null);
	const rehearsal = await look.rehearsal();
	const found = rehearsal?.compatibility ?? null;
	if (configured.length > 0 && found === null) throw new NotYet(`\`compatibility: {${configured.join(', ')}}\` runs on the rehearsed copy, and ${rehearsal === null ? 'there is no rehearsal of this plan yet' : 'the rehearsal of this plan was without it'}: run \`holdpoint rehearse\`.`);
	return found;
}

/** Such as `the released application on the new schema`. */
export function nameOf({which, schema}: Pick<ApplicationRun, 'which' | 'schema'>): string {
	if (which === 'old' && schema === 'old') return 'the released application after the downgrade';
	return `${{old: 'the released application', new: 'the new application', api: 'the API'}[which]} on the ${schema} schema`;
}

export function runEvidence(run: ApplicationRun): Evidence {
	return {kind: 'command', title: `${nameOf(run)}, ${run.seconds.toFixed(2)} s`, command: run.argv, exit: run.exit, body: run.output};
}

/** The target's own statements, on the copy before and after the upgrade. */
export function statementsEvidence({statements}: Compatibility): Evidence[] {
	if (!statements) return [];
	if (statements.missing !== undefined) return [noteEvidence('the target\'s most frequent statements', [`not compared: ${statements.missing}`])];
	return [
		noteEvidence(`the target's most frequent statements: ${statements.planned} could be planned before the upgrade, ${statements.broken.length} of them not after it`, statements.broken.map(tell)),
		...(statements.unclear.length > 0 ? [noteEvidence('statements that could not be planned before the upgrade either, and say nothing', statements.unclear.map(tell))] : []),
	];
}

function tell({query, calls, problem}: {query: string; calls: number; problem: string}): string {
	return `${calls.toLocaleString('en-US')} calls: ${problem}: ${query.replace(/\s+/g, ' ').trim().slice(0, 300)}`;
}
