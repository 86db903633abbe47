/** Whom to call. */
import {line, span, type Line} from '../../parts/line.ts';
import {pad, printable, widthOf} from '../../parts/printable.ts';
import type {Contact} from '../../state.ts';
import type {Panel} from '../panel.ts';

export const contactsPanel: Panel = {
	id: 'contacts',
	title: () => [span('Whom to call', 'title')],
	needs: state => [state.contacts],
	content(state) {
		if (state.contacts === null) return {lines: [line(' asking …', 'dim')]};
		if (state.contacts.length === 0) return {lines: [line(' nobody is named: fill the contacts table of the checklist, or `contacts` in holdpoint.yaml', 'warn')]};
		return {lines: [[], ...contactLines(state.contacts)]};
	},
};

/** The contacts as a table; also on the failure screen. */
export function contactLines(contacts: readonly Contact[]): Line[] {
	const wide = (key: 'role' | 'contact') => Math.min(40, Math.max(...contacts.map(contact => widthOf(printable(contact[key])))));
	const role = wide('role');
	const reach = wide('contact');
	return contacts.map(contact => [
		span(` ${pad(printable(contact.role), role)}  `, 'strong'),
		span(`${pad(printable(contact.contact), reach)}  `, /^\[.*\]$/.test(contact.contact) ? 'warn' : 'plain'),
		span(contact.escalation, 'dim'),
	]);
}
