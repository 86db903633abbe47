/** check: runs the checks of items. */
import {z} from 'zod';
import {Refusal} from '../../journal/refusal.ts';
import {requireItem, roomCommand} from './command.ts';

export const check = roomCommand({
	name: 'check',
	says: 'runs checks: of named items, of what is open or stale, of a section, or of all',
	decides: true,
	params: z.object({items: z.union([z.array(z.string()), z.enum(['open', 'all'])]).default('open'), section: z.string().optional()}),
	async run(room, {items, section}, asker) {
		const all = room.state().items;
		const inSection = section === undefined ? all : all.filter(item => item.section.some(heading => heading.toLowerCase().includes(section.toLowerCase())));
		if (inSection.length === 0) throw new Refusal(2, `No section of the checklist is named ${JSON.stringify(section)}.`);
		const chosen = Array.isArray(items)
			? items.map(word => requireItem(room, word))
			: inSection.filter(item => item.check && (items === 'all' || item.state === 'open' || item.state === 'stale' || item.state === 'errored' || item.state === 'failed'));
		const unbound = Array.isArray(items) ? chosen.find(item => !item.check) : undefined;
		if (unbound) throw new Refusal(2, `No check verifies ${unbound.id}; it is for a person: attest it.`);
		room.open(asker.by);
		await room.checks.run(chosen.map(item => item.id), asker.by);
		const checked = new Set(chosen.map(item => item.id));
		return room.state().items.filter(item => checked.has(item.id));
	},
});
