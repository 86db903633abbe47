/** Whom to call. */
import {line, span, type Line} from '../../parts/line.ts';
import {pad, printable, widthOf} from '../../parts/printable.ts';
import type {Contact, ConsoleState} from '../../state.ts';
import type {Panel} from '../panel.ts';

export const contactsPanel: Panel = {
	id: 'contacts',
	title: () => [span('Whom to call', 'title')],
	needs: state => [state.contacts],
	content: state => ({lines: contactRows(state)}),
};

/** The contacts, or why there are none; a placeholder that nobody has filled in is said to be one. */
export function contactRows({contacts}: Pick<ConsoleState, 'contacts'>): Line[] {
	if (contacts === null) return [line(' asking …', 'dim')];
	if (contacts.length === 0) return [line(' nobody is named: fill the contacts table of the checklist, or `contacts` in holdpoint.yaml', 'warn')];
	const open = contacts.filter(({contact}) => isPlaceholder(contact)).length;
	return [[], ...contactLines(contacts), ...(open > 0 ? [[], line(` ${open === 1 ? 'one of them is' : `${open} of them are`} still a placeholder: fill the checklist's table, or \`contacts\` in holdpoint.yaml`, 'warn')] : [])];
}

/** The contacts as a table; also on the failure screen. */
export function contactLines(contacts: readonly Contact[]): Line[] {
	const wide = (key: 'role' | 'contact') => Math.min(40, Math.max(...contacts.map(contact => widthOf(printable(contact[key])))));
	const role = wide('role');
	const reach = wide('contact');
	return contacts.map(contact => [
		span(` ${pad(printable(contact.role), role)}  `, 'strong'),
		span(`${pad(printable(contact.contact), reach)}  `, isPlaceholder(contact.contact) ? 'warn' : 'plain'),
		span(contact.escalation, 'dim'),
	]);
}

function isPlaceholder(contact: string): boolean {
	return contact.trim() === '' || /^\[.*\]$/.test(contact.trim());
}
