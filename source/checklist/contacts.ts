/** Whom to call: the checklist's table, and what the configuration says besides or instead. */
import type {Table, TableRow} from 'mdast';
import {plainText} from './plain.ts';

export interface Contact {
	role: string;
	contact: string;
	escalation: string;
}

/** Rows of a table that has the columns Role and Contact (Escalation may be missing), in any order; else none. */
export function parseContacts(table: Table): Contact[] {
	const [head, ...rows] = table.children;
	const names = cellsOf(head).map(name => name.toLowerCase());
	const [role, contact, escalation] = ['role', 'contact', 'escalation'].map(name => names.indexOf(name));
	if (role! < 0 || contact! < 0) return [];
	return rows.map(row => {
		const cells = cellsOf(row);
		return {role: cells[role!] ?? '', contact: cells[contact!] ?? '', escalation: cells[escalation!] ?? ''};
	});
}

/** The table's rows in their order, each as the configuration has its role where it has it, then the configuration's others. */
export function mergeContacts(table: readonly Contact[], configured: readonly Contact[]): Contact[] {
	const key = ({role}: Contact) => role.trim().toLowerCase();
	const known = new Map(configured.map(contact => [key(contact), contact]));
	const roles = new Set(table.map(key));
	return [
		...table.map(row => {
			const own = known.get(key(row));
			return own ? {...own, escalation: own.escalation || row.escalation} : row;
		}),
		...configured.filter(contact => !roles.has(key(contact))),
	];
}

/** Nobody can be reached there: it is empty, or what a template has in its place, such as `[Slack/Phone]`. */
export function isPlaceholder({contact}: Pick<Contact, 'contact'>): boolean {
	return contact.trim() === '' || /^\[.*\]$/.test(contact.trim());
}

function cellsOf(row: TableRow | undefined): string[] {
	return row?.children.map(cell => plainText(cell)) ?? [];
}
