/** `holdpoint contacts`: whom to call. */
import {readFileSync} from 'node:fs';
import {mergeContacts} from '../checklist/contacts.ts';
import {parseChecklist} from '../checklist/parse.ts';
import {shippedChecklist} from '../checklist/shipped.ts';
import {Refusal} from '../journal/refusal.ts';
import type {Call, Command} from './command.ts';
import {formatTable} from './table.ts';

export const command: Command = {
	usage: 'contacts',
	says: 'Whom to call: the table of the checklist, with the contacts of holdpoint.yaml in its places and behind it.',
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
	const file = settings.checklist ?? shippedChecklist;
	try {
		return mergeContacts(parseChecklist(readFileSync(file, 'utf8')).contacts, settings.contacts);
	} catch (error) {
		throw new Refusal(2, `The checklist ${file} can't be read: ${(error as NodeJS.ErrnoException).code}; correct \`checklist\` in holdpoint.yaml.`);
	}
}
