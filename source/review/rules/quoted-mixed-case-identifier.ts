/** New names that need quotes ever after. */
import {newNames} from '../new-names.ts';
import type {Rule} from '../rule.ts';

export const quotedMixedCaseIdentifier: Rule = {
	id: 'quoted-mixed-case-identifier',
	level: 'warning',
	category: 'naming',
	says: 'gives a name that needs quotes ever after',
	triggers: 'A new table, column, index or constraint whose name has capital letters, blanks or other signs, or is a reserved word.',
	spares: ['names that fold to themselves', 'references to what is there'],
	why: 'Whoever writes it without quotes gets another name, and an error that it does not exist.',
	fix: {sql: '-- small letters, digits and underscores', alembic: '# small letters, digits and underscores'},
	optIn: true,
	check({operations}) {
		return newNames(operations)
			.filter(({name}) => !/^[a-z_][a-z0-9_]*$/.test(name) || reserved.has(name))
			.map(({name, at, table}) => ({message: `The name ${name} needs quotes wherever it is written.`, at, table}));
	},
};

/** PostgreSQL's reserved words; those that may stand as a column's or a function's name included, since a table's they can't be. */
const reserved = new Set(`
all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column concurrently
constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user default
deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having ilike in initially inner
intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on only or
order outer overlaps placing primary references returning right select session_user similar some symmetric system_user table
tablesample then to trailing true union unique user using variadic verbose when where window with
`.trim().split(/\s+/));
