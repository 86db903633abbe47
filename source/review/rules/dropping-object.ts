/** DROP of something that holds no rows, under the running application. */
import {only} from '../operations.ts';
import type {OperationOf} from '../operations.ts';
import type {TableName} from '../names.ts';
import type {Report, Rule} from '../rule.ts';

/** Types and sequences are seldom named by an application itself. */
const levels: Partial<Record<string, 'warning' | 'info'>> = {'view': 'warning', 'function': 'warning', 'procedure': 'warning', 'routine': 'warning', 'aggregate': 'warning', 'extension': 'warning', 'type': 'info', 'domain': 'info', 'sequence': 'info'};

export const droppingObject: Rule = {
	id: 'dropping-object',
	level: 'warning',
	category: 'backward-compatibility',
	says: 'drops something that the running application may call',
	triggers: 'DROP VIEW, FUNCTION, PROCEDURE, AGGREGATE or EXTENSION; at info DROP TYPE, DOMAIN or SEQUENCE.',
	spares: ['what the same migration creates, or has renamed out of the way', 'a view, a function or a type that is created again in the same transaction', 'DROP … CASCADE, which has a rule of its own'],
	why: 'PostgreSQL refuses only while something inside the database depends on it. What the application of yesterday calls it can\'t know: that fails from the commit on.',
	fix: {sql: '-- a release after its last caller is gone\nDROP {kind} {name};', alembic: '# in a later release\nop.execute("DROP {kind} {name}")'},
	on: ['drop'],
	check({operations}, context) {
		return only(operations, 'drop').flatMap(drop => {
			const level = levels[drop.object];
			if (level === undefined || drop.cascade) return [];
			return drop.names.filter(name => !context.isNewObject(drop.object, name.key)).map((name): Report => ({
				message: `Dropping ${drop.object} ${name.text} breaks whatever still calls it.`, level,
				names: {kind: drop.object.toUpperCase(), name: name.text},
				settledBy: operation => createsAgain(operation, drop, name) ? 'nothing' : undefined,
			}));
		});
	},
};

function createsAgain(operation: Parameters<NonNullable<Report['settledBy']>>[0], {object}: OperationOf<'drop'>, {key}: TableName): boolean {
	if (operation.do === 'create-view') return object === 'view' && operation.table.key === key;
	if (operation.do === 'create-function') return ['function', 'procedure', 'routine'].includes(object) && operation.name.key === key;
	return (operation.do === 'create-enum' || operation.do === 'create-domain') && (object === 'type' || object === 'domain') && operation.name.key === key;
}
