/** A domain with constraints. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const banCreateDomainWithConstraint: Rule = {
	id: 'ban-create-domain-with-constraint',
	level: 'warning',
	category: 'type',
	says: 'creates a domain whose constraints are hard to change',
	triggers: 'CREATE DOMAIN with CHECK or NOT NULL.',
	spares: ['a domain without constraints'],
	why: 'A later change reads every table that uses the domain while none of them can be written, and a new column of it rewrites its table.',
	fix: {sql: 'CREATE DOMAIN {name} AS …;  -- and a CHECK at each column', alembic: 'sa.CheckConstraint(…) at each column'},
	on: ['create-domain'],
	check: ({operations}) => only(operations, 'create-domain').filter(({constraints}) => constraints.length > 0).map(({name}) => ({message: `Changing the constraint of domain ${name.text} later reads every table that uses it.`, names: {name: name.text}})),
};
