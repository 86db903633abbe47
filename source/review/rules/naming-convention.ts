/** New names that don't follow the configured convention. */
import {newNames} from '../new-names.ts';
import type {Rule} from '../rule.ts';

export const namingConvention: Rule = {
	id: 'naming-convention',
	level: 'warning',
	category: 'naming',
	says: 'gives a name that does not follow the convention',
	triggers: 'A new table, column, index, constraint, schema or type whose name does not match the regular expression given for its kind (`naming` in holdpoint.yaml): ix or index, uq or unique, ck or check, fk or foreign-key, pk or primary-key, ex or exclude, table, column, schema, type.',
	spares: ['kinds without an expression', 'references to what is there', 'temporary tables'],
	why: 'Names that follow a rule are found, and a downgrade can work them out.',
	fix: {sql: '-- a name that matches {pattern}', alembic: 'MetaData(naming_convention={"ix": "ix_%(column_0_label)s", …})'},
	optIn: true,
	check({operations}, {naming}) {
		return newNames(operations).flatMap(({kind, name, at, table}) => {
			const pattern = [kind, ...shorthands[kind] ?? []].map(word => naming[word]).find(Boolean);
			if (pattern === undefined || new RegExp(pattern).test(name)) return [];
			return [{message: `The ${kind.replace('-', ' ')} ${name} does not match ${pattern}.`, at, table, names: {pattern}}];
		});
	},
};

/** As SQLAlchemy's naming_convention has them. */
const shorthands: Partial<Record<string, string[]>> = {'index': ['ix'], 'unique': ['uq'], 'check': ['ck'], 'foreign-key': ['fk', 'foreign_key'], 'primary-key': ['pk', 'primary_key'], 'exclude': ['ex']};
