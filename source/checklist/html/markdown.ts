/** A checklist's Markdown as HTML that loads nothing and runs nothing: pictures become their words, HTML of its own is shown as text. */
import type {AlignType, Code, List, ListItem, Nodes, Parents, Root} from 'mdast';
import {fromMarkdown} from 'mdast-util-from-markdown';
import {gfmFromMarkdown} from 'mdast-util-gfm';
import {gfm} from 'micromark-extension-gfm';
import {Html, html, type Content} from './html.ts';

export interface Places {
	/** What stands in place of an item, given its words and what is nested in it; `line` from 1. */
	item(line: number, words: Html, nested: Html): Html;
	/** What stands in place of a fenced block that can be run; null: it is shown as it is. */
	block(line: number): Html | null;
}

/** The document with its items and blocks as `places` shows them. */
export function writeMarkdown(markdown: string, places: Places): Html {
	const tree = fromMarkdown(markdown, {extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()]});
	const targets = new Map(collect(tree).map(node => [node.identifier, node.url]));
	const write = (node: Nodes): Content => {
		switch (node.type) {
			case 'root': case 'footnoteDefinition': return inside(node);
			case 'heading': return writeHeading(Math.min(6, node.depth + 2), inside(node));
			case 'paragraph': return html`<p>${inside(node)}</p>`;
			case 'text': return node.value;
			case 'emphasis': return html`<em>${inside(node)}</em>`;
			case 'strong': return html`<strong>${inside(node)}</strong>`;
			case 'delete': return html`<del>${inside(node)}</del>`;
			case 'inlineCode': return html`<code>${node.value}</code>`;
			case 'code': return writeCode(node);
			case 'blockquote': return html`<blockquote>${inside(node)}</blockquote>`;
			case 'thematicBreak': return html`<hr>`;
			case 'break': return html`<br>`;
			case 'list': return writeList(node);
			case 'listItem': return writeItem(node, true);
			case 'link': return link(node.url, inside(node));
			case 'linkReference': return link(targets.get(node.identifier) ?? '', inside(node));
			case 'image': case 'imageReference': return node.alt ?? '';
			case 'footnoteReference': return `[${node.identifier}]`;
			case 'table': return html`<table>${node.children.map((row, at) => html`<tr>${row.children.map((cell, column) => writeCell(inside(cell), {head: at === 0, align: node.align?.[column] ?? null}))}</tr>`)}</table>`;
			// Directives are for holdpoint; other HTML is text here.
			case 'html': return node.value.replace(/<!--[\s\S]*?-->/g, '').trim();
			default: return '';
		}
	};
	const inside = (node: Parents): Content => node.children.map(child => write(child));
	const writeCode = (node: Code): Content => places.block(node.position!.start.line) ?? html`<pre>${node.value}</pre>`;
	const writeList = (list: List): Content => {
		const items = list.children.map(item => writeItem(item, list.spread === true || item.spread === true));
		return list.ordered ? html`<ol start="${list.start ?? 1}">${items}</ol>` : html`<ul${list.children.some(item => typeof item.checked === 'boolean') ? html` class="items"` : ''}>${items}</ul>`;
	};
	const writeItem = (node: ListItem, loose: boolean): Content => {
		const [first, ...rest] = node.children;
		const words = first?.type === 'paragraph' && !loose ? inside(first) : first ? write(first) : '';
		if (typeof node.checked !== 'boolean') return html`<li>${words}${rest.map(child => write(child))}</li>`;
		return places.item(node.position!.start.line, html`${first?.type === 'paragraph' ? inside(first) : words}`, html`${rest.map(child => write(child))}`);
	};
	return html`${write(tree)}`;
}

/** The document stands below the page's own headings. */
function writeHeading(depth: number, words: Content): Content {
	return [new Html(`<h${depth}>`), words, new Html(`</h${depth}>`)];
}

/** Only what a reader may follow by hand; everything else is its words. */
function link(url: string, words: Content): Content {
	return /^(?:https?:\/\/|mailto:|#)/i.test(url) ? html`<a href="${url}" rel="noreferrer">${words}</a>` : words;
}

function writeCell(words: Content, {head, align}: {head: boolean; align: AlignType}): Html {
	const style = align ? html` style="text-align:${align}"` : '';
	return head ? html`<th${style}>${words}</th>` : html`<td${style}>${words}</td>`;
}

function collect(node: Root | Parents): {identifier: string; url: string}[] {
	return node.children.flatMap(child => (child.type === 'definition' ? [child] : 'children' in child ? collect(child as Parents) : []));
}
