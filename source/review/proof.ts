/** Whether a CHECK proves that a column is never null, as ALTER COLUMN SET NOT NULL understands it. */
import type {Node} from 'libpg-query';

/** `c IS NOT NULL`, alone or joined by AND; a stricter condition such as `c > 0` is no proof to PostgreSQL: measured. */
export function provesNotNull(expression: Node | undefined, column: string): boolean {
	if (!expression) return false;
	if ('NullTest' in expression) {
		const {nulltesttype, arg} = expression.NullTest;
		return nulltesttype === 'IS_NOT_NULL' && columnOf(arg) === column;
	}
	if ('BoolExpr' in expression && expression.BoolExpr.boolop === 'AND_EXPR') return (expression.BoolExpr.args ?? []).some(part => provesNotNull(part, column));
	return false;
}

/** The same of a definition as pg_get_constraintdef() writes it; what joins conditions by OR proves nothing. */
export function definitionProvesNotNull(definition: string | undefined, column: string): boolean {
	if (definition === undefined || / OR /.test(definition)) return false;
	const name = column.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
	return new RegExp(`\\("?${name}"? IS NOT NULL\\)`).test(definition);
}

/** The name of a bare column reference. */
export function columnOf(node: Node | undefined): string | undefined {
	if (!node || !('ColumnRef' in node)) return undefined;
	const last = node.ColumnRef.fields?.at(-1);
	return last && 'String' in last ? last.String.sval : undefined;
}
