/** holdpoint.yaml as text → its checked values; every complaint names file, line and column. */
import {isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node} from 'yaml';
import type {z} from 'zod';
import {Refusal} from '../journal/refusal.ts';
import {configurationSchema, type Configuration} from './schema.ts';
import {nearestWord} from './suggest.ts';

type Path = readonly PropertyKey[];
type Complain = (offset: number, sentence: string) => Refusal;

/** Keys whose lists go into argv, where every process list shows them: no `${…}` is put in there. */
const commandKeys: ReadonlySet<unknown> = new Set(['command', 'python', 'external', 'tickets', 'documents', 'old', 'new', 'api']);

/**
 * Reads the text of a configuration. `name` is what complaints call the file.
 * @throws Refusal (2) `holdpoint.yaml:12:3: …` for the first thing that is wrong.
 */
export function parseConfiguration({text, name, environment}: {text: string; name: string; environment: Record<string, string | undefined>}): Configuration {
	const lines = new LineCounter();
	const document = parseDocument(text, {lineCounter: lines, prettyErrors: false, strict: true, uniqueKeys: true});
	const complain: Complain = (offset, sentence) => {
		const {line, col} = lines.linePos(offset);
		return new Refusal(2, `${name}:${Math.max(1, line)}:${Math.max(1, col)}: ${sentence}`);
	};
	const [broken] = [...document.errors, ...document.warnings];
	if (broken) throw complain(broken.pos[0], `not readable as YAML: ${firstLine(broken.message)}`);
	if (document.contents === null) return configurationSchema.parse({});
	interpolate(document, environment, complain);
	const result = configurationSchema.safeParse(plainValue(document, complain));
	if (result.success) return result.data;
	throw explain(result.error.issues[0]!, document, complain);
}

function plainValue(document: Document, complain: Complain): unknown {
	try {
		return document.toJS();
	} catch (error) {
		// Only aliases are resolved this late: one without an anchor, or too many of them.
		throw complain(0, `not readable as YAML: ${firstLine((error as Error).message)}`);
	}
}

/** Replaces `${NAME}` in every value outside commands; `$${` stands for `${`. */
function interpolate(document: Document, environment: Record<string, string | undefined>, complain: Complain): void {
	const visit = (node: unknown): void => {
		if (isMap(node)) {
			for (const pair of node.items) {
				const key = isScalar(pair.key) ? pair.key.value : undefined;
				if (!commandKeys.has(key)) visit(pair.value);
			}
		} else if (isSeq(node)) {
			for (const item of node.items) visit(item);
		} else if (isScalar(node) && typeof node.value === 'string') {
			node.value = node.value.replace(/(\$?)\$\{([A-Za-z_]\w*)\}/g, (whole, escaped: string, variable: string) => {
				if (escaped) return whole.slice(1);
				const value = environment[variable];
				if (value === undefined || value === '') throw complain(node.range?.[0] ?? 0, `the environment variable ${variable} is not set; export it, or take \`\${${variable}}\` out`);
				return value;
			});
		}
	};
	visit(document.contents);
}

/** Turns what zod found into a sentence at the place where it stands. Never repeats a value: it may be a secret. */
function explain(issue: z.core.$ZodIssue, document: Document, complain: Complain): Refusal {
	const where = issue.path.map(part => typeof part === 'number' ? `[${part}]` : `.${String(part)}`).join('').replace(/^\./, '');
	if (issue.code === 'unrecognized_keys') {
		const key = issue.keys[0]!;
		const known = knownKeys(issue.path);
		const meant = nearestWord(key, known);
		const advice = meant ? `did you mean \`${meant}\`?` : known.length > 0 ? `known here: ${known.join(', ')}` : 'take it out';
		return complain(offsetOf(document, issue.path, key), `unknown key \`${where ? `${where}.` : ''}${key}\`; ${advice}`);
	}
	const offset = offsetOf(document, issue.path);
	if (where === '') return complain(offset, 'must be a list of keys with values, such as `environment: production`');
	return complain(offset, `\`${where}\` ${wordsOf(issue)}`);
}

/** zod's own messages rewritten where they don't read on after a key. */
function wordsOf(issue: z.core.$ZodIssue): string {
	switch (issue.code) {
		case 'invalid_type': return /^(must|needs)/.test(issue.message) ? issue.message : `must be ${article(issue.expected)}`;
		case 'invalid_value': return `must be ${issue.values.length > 8 ? 'one of the known names' : `one of ${issue.values.map(String).join(', ')}`}`;
		case 'too_small': return /^must/.test(issue.message) ? issue.message : issue.origin === 'array' ? 'must not be empty' : `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
		case 'too_big': return `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
		case 'invalid_format': return /^must/.test(issue.message) ? issue.message : `must be a ${issue.format === 'url' ? 'URL' : issue.format}`;
		default: return issue.message;
	}
}

function article(type: string): string {
	if (type === 'int') return 'a whole number';
	if (type === 'object' || type === 'record') return 'a group of keys with values';
	if (type === 'string') return 'a text';
	return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type === 'array' ? 'list' : type}`.replace('an list', 'a list');
}

/** The offset of a value; of the key itself when `key` is given; of the nearest thing around it when it is missing. */
function offsetOf(document: Document, path: Path, key?: string): number {
	for (let length = path.length; length >= 0; length--) {
		const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
		if (!isNode(node)) continue;
		if (key !== undefined && length === path.length && isMap(node)) {
			const pair = node.items.find(item => isScalar(item.key) && item.key.value === key);
			if (pair && isNode(pair.key)) return startOf(pair.key);
		}
		return startOf(node);
	}
	return 0;
}

function startOf(node: Node): number {
	return node.range?.[0] ?? 0;
}

/** The keys that the schema knows at a path. */
function knownKeys(path: Path): string[] {
	let schema: z.core.$ZodType = configurationSchema;
	for (const part of path) {
		const inner = strip(schema);
		if (typeof part === 'number') schema = (inner as z.ZodArray).element;
		else schema = (inner as z.ZodObject).shape?.[String(part)] as z.core.$ZodType;
		if (!schema) return [];
	}
	const shape = (strip(schema) as z.ZodObject).shape as object | undefined;
	return shape ? Object.keys(shape) : [];
}

/** What is inside defaults, options and unions: the object or list itself. */
function strip(schema: z.core.$ZodType): z.core.$ZodType {
	const {def} = schema._zod as {def: {type: string; innerType?: z.core.$ZodType; options?: z.core.$ZodType[]; in?: z.core.$ZodType}};
	if (def.type === 'union') return def.options!.map(option => strip(option)).find(option => ['object', 'array'].includes(option._zod.def.type)) ?? schema;
	const inner = def.innerType ?? (def.type === 'pipe' ? def.in : undefined);
	return inner ? strip(inner) : schema;
}

function firstLine(message: string): string {
	return message.split('\n', 1)[0]!;
}
