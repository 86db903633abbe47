/** The words of a Markdown node, without its marks and comments. */
import type {Nodes} from 'mdast';

/** Plain text on one line: code without its backticks, links and images by their words, HTML left out. */
export function plainText(node: Nodes | undefined): string {
	return node ? wordsOf(node).replace(/\s+/g, ' ').trim() : '';
}

function wordsOf(node: Nodes): string {
	if (node.type === 'html') return '';
	if (node.type === 'break') return ' ';
	if (node.type === 'image' || node.type === 'imageReference') return node.alt ?? '';
	if ('value' in node) return node.value;
	return 'children' in node ? node.children.map(child => wordsOf(child)).join('') : '';
}
