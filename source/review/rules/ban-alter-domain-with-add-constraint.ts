/** A constraint added to a domain, which reads every table that uses it. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const banAlterDomainWithAddConstraint: Rule = {
	id: 'ban-alter-domain-with-add-constraint',
	level: 'warning',
	category: 'lock',
	says: 'reads every table that uses the domain while none can be written',
	triggers: 'ALTER DOMAIN … ADD CONSTRAINT without NOT VALID.',
	spares: ['NOT VALID, which locks no table (measured)', 'a domain that the same migration creates'],
	why: 'It takes SHARE on each table with a column of the domain and scans it; VALIDATE CONSTRAINT later does the same, at a time of your choice.',
	fix: {sql: 'ALTER DOMAIN {name} ADD CONSTRAINT … NOT VALID;\n-- at a quiet time\nALTER DOMAIN {name} VALIDATE CONSTRAINT …;', alembic: 'op.execute() of the same, the VALIDATE in a revision of its own'},
	lock: 'SHARE on every table that uses the domain, for a scan',
	on: ['alter-domain-add-constraint'],
	check({operations}, context) {
		return only(operations, 'alter-domain-add-constraint')
			.filter(({domain, constraint}) => !constraint.notValid && !context.isNewObject('type', domain.key))
			.map(({domain}) => ({message: `Every table that uses domain ${domain.text} is read for the new constraint, and none of them can be written.`, names: {name: domain.text}}));
	},
};
