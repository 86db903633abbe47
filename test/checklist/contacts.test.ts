/** Whom to call: the table's order, the configuration's words. */
import {expect, test} from 'vitest';
import {isPlaceholder, mergeContacts} from '../../source/checklist/contacts.ts';

const table = [{role: 'DBA On-Call', contact: '[Slack/Phone]', escalation: 'Database issues'}, {role: 'Backend Lead', contact: '#backend', escalation: 'Application issues'}];

test('the configuration fills the table\'s roles in their places and adds its own behind them', () => {
	expect(mergeContacts(table, [{role: 'Security', contact: '#sec', escalation: 'Leaks'}, {role: 'dba on-call', contact: '#dba', escalation: ''}])).toEqual([
		{role: 'dba on-call', contact: '#dba', escalation: 'Database issues'},
		{role: 'Backend Lead', contact: '#backend', escalation: 'Application issues'},
		{role: 'Security', contact: '#sec', escalation: 'Leaks'},
	]);
	expect(mergeContacts(table, [])).toEqual(table);
});

test('what a template left is a placeholder', () => {
	expect(['[Slack/Phone]', ' ', '[name]', '#dba'].map(contact => isPlaceholder({contact}))).toEqual([true, true, true, false]);
});
