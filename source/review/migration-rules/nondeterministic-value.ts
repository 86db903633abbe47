/** A value that is another one in each run. */
import {allOperations} from '../migration-rule.ts';
import type {MigrationRule} from '../migration-rule.ts';

const sources = /\b(datetime\.(?:now|utcnow|today)|date\.today|time\.time|uuid\.?uuid[147]|uuid[147]|random\.\w+|secrets\.\w+|os\.urandom|os\.environ|os\.getenv|getenv|socket\.gethostname|getpass\.getuser)\b/;

export const nondeterministicValue: MigrationRule = {
	id: 'nondeterministic-value',
	subject: 'migration',
	level: 'warning',
	category: 'robustness',
	says: 'gives the database another value in each run',
	triggers: 'An operation with a clock, a random number, a UUID or a variable of the environment among its arguments.',
	spares: ['functions of the database, such as sa.func.now()', 'the same outside of operations'],
	why: 'What was rehearsed and reviewed is not what runs in production, and each environment ends up with other data.',
	fix: {sql: '-- a constant, or a function of the database such as now()', alembic: 'sa.func.now()  # or sa.text("gen_random_uuid()")'},
	check(facts) {
		return allOperations(facts).flatMap(({line, endLine, arguments: list, keywords}) => {
			const codes = [...list, ...Object.values(keywords)].flatMap(each => typeof each === 'object' && each !== null && !Array.isArray(each) ? [each.code] : []);
			const found = codes.map(code => sources.exec(code)?.[1]).find(name => name !== undefined);
			return found === undefined ? [] : [{line, endLine, message: `${found} gives another value in each run.`}];
		});
	},
};
