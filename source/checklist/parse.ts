/** A Markdown checklist as items, runnable blocks and contacts, with the places where an export writes. */
import type {Code, Heading, Html, ListItem, Nodes} from 'mdast';
import {fromMarkdown} from 'mdast-util-from-markdown';
import {gfmFromMarkdown} from 'mdast-util-gfm';
import {gfm} from 'micromark-extension-gfm';
import type {Hold, Item} from '../journal/shapes/item.ts';
import {Refusal} from '../journal/refusal.ts';
import {findBinding} from './binding.ts';
import {parseSteps, shellLanguages, type RunnableBlock} from './blocks.ts';
import {parseContacts, type Contact} from './contacts.ts';
import {parseDirectives, type Directive} from './directives.ts';
import {plainText} from './plain.ts';
import {createUniqueIds, slug, withoutNumber} from './slug.ts';

/** What the document itself gives of an `Item`, and where it stands in the text. */
export interface ChecklistItem extends Pick<Item, 'id' | 'section' | 'text' | 'required' | 'check' | 'holds'> {
	/** Line of its bullet, from 1. */
	line: number;
	/** Nesting below other items; 0 at the top. */
	depth: number;
	/** The source has it ticked already; that is nobody's proof. */
	tickedInSource: boolean;
	/** Offset (UTF-16 units) of the character between its brackets. */
	checkbox: number;
	/** Offset of the end of the last line of its own words; evidence goes there. */
	end: number;
	/** What a line that belongs to the item begins with. */
	indent: string;
}

export interface Checklist {
	/** The only first-level heading, else the first heading; empty without headings. */
	title: string;
	items: ChecklistItem[];
	blocks: RunnableBlock[];
	contacts: Contact[];
	/** What could not be understood, one sentence each with its line. */
	problems: string[];
}

/** A heading on the way down to the current place; `holds` is filled in when its directive comes. */
interface Place {
	depth: number;
	text: string;
	holds: Hold[] | null;
}

type Draft = ChecklistItem & {places: Place[]; ownHolds: Hold[] | null};

/** Reads a checklist. Pure; never throws for what a document may contain. */
export function parseChecklist(markdown: string): Checklist {
	const tree = fromMarkdown(markdown, {extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()]});
	const headings = collectHeadings(tree);
	const firsts = headings.filter(heading => heading.depth === 1);
	const titleHeading = firsts.length === 1 ? firsts[0] : undefined;

	const checklist: Checklist = {title: plainText(titleHeading ?? headings[0]), items: [], blocks: [], contacts: [], problems: []};
	const drafts: Draft[] = [];
	const uniqueItem = createUniqueIds();
	const uniqueBlock = createUniqueIds();
	let places: Place[] = [{depth: 0, text: '', holds: null}];

	const sectionOf = (): string[] => {
		const named = places.filter(place => place.depth > 0).map(place => place.text);
		const title = titleHeading && plainText(titleHeading);
		return named.length > 1 && named[0] === title ? named.slice(1) : named;
	};
	const report = (node: Nodes, sentence: string) => checklist.problems.push(`line ${node.position!.start.line}: ${sentence}`);

	const visit = (node: Nodes, item: Draft | null, depth: number): void => {
		switch (node.type) {
			case 'heading': enterHeading(node, item, depth); return;
			case 'html': obey(node, item); return;
			case 'code': addBlock(node, item); return;
			case 'table': checklist.contacts.push(...parseContacts(node)); break;
			case 'listItem': enterItem(node, item, depth); return;
			default:
		}
		if ('children' in node) for (const child of node.children) visit(child, item, depth);
	};
	const enterHeading = (node: Heading, item: Draft | null, depth: number) => {
		places = [...places.filter(place => place.depth < node.depth), {depth: node.depth, text: plainText(node), holds: null}];
		for (const child of node.children) visit(child, item, depth);
	};
	const addBlock = (node: Code, item: Draft | null) => {
		const language = (node.lang ?? '').toLowerCase();
		if (!shellLanguages.has(language)) return;
		const section = sectionOf();
		const id = uniqueBlock([slug(withoutNumber(section.at(-1) ?? '')), 'block'].filter(Boolean).join('/'));
		checklist.blocks.push({id, section, language, after: drafts.length, ...(item && {item: item.id}), text: node.value, steps: parseSteps(node.value), line: node.position!.start.line});
	};
	const enterItem = (node: ListItem, outer: Draft | null, depth: number) => {
		if (typeof node.checked !== 'boolean') {
			for (const child of node.children) visit(child, outer, depth);
			return;
		}
		const section = sectionOf();
		const text = plainText(node.children[0]);
		const id = [slug(withoutNumber(section.at(-1) ?? '')), slug(text) || 'item'].filter(Boolean).join('/');
		const draft: Draft = {id: uniqueItem(id), section, text, required: true, check: findBinding(text)?.check, holds: [], places, ownHolds: null, depth, ...locate(node, markdown)};
		drafts.push(draft);
		for (const child of node.children) visit(child, draft, depth + 1);
	};
	const obey = (node: Html, item: Draft | null) => {
		for (const directive of parseDirectives(node.value)) {
			const problem = apply(directive, item, places.at(-1)!);
			if (problem) report(node, problem);
		}
	};

	visit(tree, null, 0);
	const silent = drafts.every(draft => draft.ownHolds === null && draft.places.every(place => place.holds === null));
	checklist.items = drafts.map(draft => finishItem(draft, silent));
	if (checklist.items.length > 0 && checklist.items.every(item => item.holds.length === 0)) {
		checklist.problems.push('no item stands before an action; add `<!-- hold: upgrade -->` under the headings that must be satisfied first');
	}
	return checklist;
}

/** The same checklist when it has items. @throws Refusal (2) when there is nothing in it to verify. */
export function requireItems(checklist: Checklist, path: string): Checklist {
	if (checklist.items.length > 0) return checklist;
	throw new Refusal(2, `${path} has no checklist items; write them as \`- [ ] what must hold\`, or leave out \`checklist\` to use the shipped one`);
}

function collectHeadings(node: Nodes): Heading[] {
	if (node.type === 'heading') return [node];
	return 'children' in node ? node.children.flatMap(child => collectHeadings(child)) : [];
}

/** Applies a directive to the item it stands in, else to the heading it stands under; returns what is wrong with it. */
function apply(directive: Directive, item: Draft | null, place: Place): string | undefined {
	switch (directive.kind) {
		case 'problem': return directive.sentence;
		case 'hold':
			if (item) item.ownHolds = directive.holds;
			else place.holds = directive.holds;
			return undefined;
		case 'check':
			if (!item) return `\`<!-- check: ${directive.check} -->\` stands outside an item`;
			item.check = directive.check;
			return undefined;
		case 'optional':
			if (!item) return '`<!-- optional -->` stands outside an item';
			item.required = false;
			return undefined;
	}
}

/** Hold points: the item's own, the nearest heading's, and where the whole document is silent, the wording's. */
function finishItem({places, ownHolds, ...item}: Draft, silent: boolean): ChecklistItem {
	const said = ownHolds ?? places.findLast(place => place.holds !== null)?.holds;
	const holds = said ?? (silent ? findBinding(item.text)?.holds : undefined) ?? [];
	return {...item, holds: [...holds]};
}

/** Where the item's box, its words' end and its own lines' beginning are. The first bracket after a bullet is the box. */
function locate(node: ListItem, markdown: string): Pick<Draft, 'line' | 'tickedInSource' | 'checkbox' | 'end' | 'indent'> {
	const start = node.position!.start;
	const bracket = markdown.indexOf('[', start.offset!);
	const lineStart = start.offset! - start.column + 1;
	const rest = /\r|\n/.exec(markdown.slice(node.children[0]!.position!.end.offset!));
	return {
		line: start.line,
		tickedInSource: node.checked === true,
		checkbox: bracket + 1,
		end: rest ? node.children[0]!.position!.end.offset! + rest.index : markdown.length,
		indent: markdown.slice(lineStart, bracket).replace(/^[\s\S]*[\r\n]|^\uFEFF/, '').replace(/[^\s>]/g, ' '),
	};
}
