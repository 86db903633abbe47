/** How both versions of the application, its API and the users' statements got on with both schemas. */
import type {Compatibility} from '../../../journal/shapes/rehearsal.ts';
import {count, seconds} from '../../parts/figures.ts';
import {line, type Line} from '../../parts/line.ts';
import {heading, text} from './rows.ts';

const names = {old: 'released application', new: 'new application', api: 'API'} as const;

/** Nothing where nothing was asked for. */
export function compatibilityLines(compatibility: Compatibility | undefined, width: number): Line[] {
	if (compatibility === undefined) return [];
	const {applications, api, statements} = compatibility;
	return [
		[], heading('both versions on both schemas'),
		...applications.flatMap(({which, schema, ok, reason, seconds: took, output}) => [
			...text(`${names[which]} ${which === 'old' && schema === 'old' ? 'after the downgrade' : `on the ${schema} schema`}: ${ok ? 'fine' : reason} (${seconds(took)})`, width, ok ? 'good' : 'bad'),
			...(ok ? [] : output.split('\n').slice(-5).flatMap(row => text(row, width, 'dim', '  '))),
		]),
		...(applications.length === 0 ? [line('no command is configured (compatibility: {old, new, api} in holdpoint.yaml)', 'dim')] : []),
		...(api === undefined ? [] : api.length === 0 ? [line('the API answers the same on both', 'good')] : [line('the API answers otherwise, - old and + new schema:', 'bad'), ...api.slice(0, 20).flatMap(row => text(row, width, 'warn', '  ')), ...(api.length > 20 ? [line(`  and ${count(api.length - 20)} lines more`, 'dim')] : [])]),
		...(statements === undefined ? [] : statementsOf(statements, width)),
	];
}

function statementsOf({planned, broken, unclear, missing}: NonNullable<Compatibility['statements']>, width: number): Line[] {
	if (missing !== undefined) return text(`the users' statements were not tried: ${missing}`, width, 'dim');
	return [
		...text(`${count(planned)} statements of the target's users, planned before and after: ${broken.length === 0 ? 'none is refused' : `${count(broken.length)} refused after the upgrade`}${unclear.length > 0 ? `; ${count(unclear.length)} more can't be planned without values` : ''}`, width, broken.length === 0 ? 'good' : 'bad'),
		...broken.flatMap(({query, calls, problem}) => [...text(`${problem}, ${count(calls)} calls`, width, 'bad', '  '), ...text(query.replaceAll(/\s+/g, ' ').trim(), width, 'dim', '    ').slice(0, 3)]),
	];
}
