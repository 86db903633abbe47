/** Names that PostgreSQL cuts off. */
import type {Rule} from '../rule.ts';

/** NAMEDATALEN - 1: bytes, not characters. */
const longest = 63;

export const identifierTooLong: Rule = {
	id: 'identifier-too-long',
	level: 'warning',
	category: 'naming',
	says: 'gives a name that PostgreSQL cuts off',
	triggers: 'A new table, column, index or constraint whose name is longer than 63 bytes.',
	spares: ['63 bytes and fewer', 'references to what is there'],
	why: 'It is cut off with no more than a notice: two long names may become the same one, and the next migration doesn\'t find it.',
	fix: {sql: '-- a shorter name', alembic: '# a MetaData(naming_convention=…) shortens long names by a hash'},
	check({text, operations}) {
		const creates = operations.some(({do: kind}) => kind.startsWith('create-') || kind.startsWith('add-') || kind.startsWith('rename-'));
		// 64 bytes are at least 22 characters: what has no word of that length needs no closer look.
		if (!creates || text.length <= longest / 4 || !/[\w$\u0080-\uFFFF]{22}|"[^"]{22}/.test(text)) return [];
		// The parser itself cuts names off, so they are looked for in the text.
		const bare = text.replaceAll(/'(?:[^']|'')*'|--.*|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$/g, ' ');
		const names = [...bare.matchAll(/"((?:[^"]|"")+)"|[A-Za-z_\u0080-\uFFFF][\w$\u0080-\uFFFF]*/g)].map(match => match[1] ?? match[0]);
		const long = [...new Set(names)].filter(name => Buffer.byteLength(name) > longest);
		return long.map(name => ({message: `The name ${name} is ${Buffer.byteLength(name)} bytes long; PostgreSQL cuts it off at ${longest}.`, at: Buffer.byteLength(text.slice(0, Math.max(0, text.indexOf(name))))}));
	},
};
