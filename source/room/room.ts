/** What a room consists of, as its commands see it: the only writer of its run's journal, the only one that acts. */
import type {Contact} from '../checklist/contacts.ts';
import type {Checklist} from '../checklist/parse.ts';
import type {Settings} from '../config/settings.ts';
import type {Scrubber} from '../journal/scrub.ts';
import type {Item} from '../journal/shapes/item.ts';
import type {RunState} from '../journal/shapes/run.ts';
import type {Actions} from './actions.ts';
import type {Blocks} from './blocks.ts';
import type {Checks} from './checks.ts';
import type {Origin} from './origin.ts';
import type {Push, RoomFacts} from './protocol.ts';
import type {RunKeeper} from './run-keeper.ts';
import type {TargetLink} from './target-link.ts';
import type {Watch} from './watch.ts';

export interface Room {
	readonly settings: Settings;
	readonly environment: NodeJS.ProcessEnv;
	readonly scrubber: Scrubber;
	readonly checklist: PinnedChecklist;
	readonly keeper: RunKeeper;
	readonly target: TargetLink;
	readonly watch: Watch;
	readonly checks: Checks;
	readonly actions: Actions;
	readonly blocks: Blocks;
	readonly facts: RoomFacts;
	/** Whom to call: the checklist's table and the configuration's contacts. */
	readonly contacts: readonly Contact[];
	/** What sent this room to its target. */
	readonly origin: Origin | null;
	/** Consoles now attached. */
	readonly consoles: ReadonlySet<Listener>;
	/** The folded state, or its draft. */
	state(): RunState;
	/** Opens the run if it is a draft. Every decision goes through here. */
	open(by: string): void;
	tell(push: Push): void;
	attach(listener: Listener): void;
	detach(listener: Listener): void;
	/** Ends the room: nothing is sampled or recorded after it. Children go on. */
	end(reason: string): Promise<void>;
	readonly ended: Promise<string>;
}

/** Whoever hears the room's pushes. */
export interface Listener {
	by: string;
	readOnly: boolean;
	attached: boolean;
	send(push: Push): void;
}

export interface PinnedChecklist {
	/** Absolute path of the file that it was read from. */
	path: string;
	markdown: string;
	sha256: string;
	parsed: Checklist;
}

/** The item that a word names: its id, a unique part of it, or its check's id. @returns a sentence when there is none or several */
export function findItem(items: readonly Item[], word: string): Item | string {
	const exact = items.filter(item => item.id === word || item.check === word);
	const found = exact.length > 0 ? exact : items.filter(item => item.id.includes(word.toLowerCase()));
	if (found.length === 1) return found[0] as Item;
	if (found.length === 0) return `No item of the checklist is named ${JSON.stringify(word)}; \`holdpoint items\` lists them.`;
	return `${JSON.stringify(word)} names ${found.length} items: ${found.slice(0, 4).map(item => item.id).join(', ')}${found.length > 4 ? ', …' : ''}; say more of it.`;
}
