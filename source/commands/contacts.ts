/** `holdpoint contacts`: whom to call. */
import {readFileSync} from 'node:fs';
import {parseChecklist} from '../checklist/parse.ts';
import {shippedChecklist} from '../checklist/shipped.ts';
import {Refusal} from '../journal/refusal.ts';
import type {Call, Command} from './command.ts';
import {formatTable} from './table.ts';

export const command: Command = {
	usage: 'contacts',
	says: 'Whom to call: the contacts of holdpoint.yaml, else the table of the checklist.',
	needs: 'settings',
	async run(call) {
		const {output} = call;
		const contacts = readContacts(call);
		if (output.json) output.document(contacts);
		output.text(contacts.length > 0 ? formatTable(contacts.map(({role, contact, escalation}) => [role, contact, escalation]), {width: output.columns}) : 'Neither holdpoint.yaml nor the checklist says whom to call.');
		return 0;
	},
};

function readContacts({settings}: Call) {
	if (settings.contacts.length > 0) return settings.contacts;
	const file = settings.checklist ?? shippedChecklist;
	try {
		return parseChecklist(readFileSync(file, 'utf8')).contacts;
	} catch (error) {
		throw new Refusal(2, `The checklist ${file} can't be read: ${(error as NodeJS.ErrnoException).code}; correct \`checklist\` in holdpoint.yaml.`);
	}
}
