/** The table of whom to call. */
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

function cellsOf(row: TableRow | undefined): string[] {
	return row?.children.map(cell => plainText(cell)) ?? [];
}
