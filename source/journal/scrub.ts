/** Takes secrets out of everything that is written down or shown: the known ones by value, others by their form. */

export interface Scrubber {
	/**
	 * Makes a secret known. Of a database URL or connection string its password counts; anything else as a whole.
	 * Under 4 characters it is left to the patterns, since it would be found everywhere.
	 */
	add(secret: string): void;
	/** Words that are public (names of hosts, roles, databases): a password equal to one is hidden only where it stands as a password. */
	allow(...words: string[]): void;
	text(value: string): string;
	/** The same JSON value with every text in it scrubbed; what holds no secret stays the same object. */
	value<T>(json: T): T;
}

const mask = '***';
const shortest = 4;

export function createScrubber(): Scrubber {
	const secrets = new Set<string>();
	const allowed = new Set<string>();
	let known: RegExp | null = null;
	const rebuild = () => {
		const forms = [...new Set([...secrets].filter(secret => !allowed.has(secret)).flatMap(secret => formsOf(secret)))];
		// Longest first, so that a secret that holds another is replaced as a whole.
		forms.sort((one, other) => other.length - one.length);
		known = forms.length > 0 ? new RegExp(forms.map(form => patternOf(form)).join('|'), 'g') : null;
	};
	const text = (value: string): string => {
		const withoutKnown = known ? value.replace(known, mask) : value;
		return patterns.reduce((scrubbed, {hint, find, put}) => hint.test(scrubbed) ? scrubbed.replace(find, put) : scrubbed, withoutKnown);
	};
	return {
		add(secret) {
			const {password, names} = partsOf(secret);
			for (const name of names) allowed.add(name);
			if (password.length >= shortest) secrets.add(password);
			rebuild();
		},
		allow(...words) {
			for (const word of words) allowed.add(word);
			rebuild();
		},
		text,
		value: json => scrubValue(json, text) as typeof json,
	};
}

interface Pattern {
	/** Cheap to test; the replacement is tried only when it is there. */
	hint: RegExp;
	find: RegExp;
	put: string;
}

/** Lengths are bounded, so that no text can make a search slow. No pattern takes a quote or backslash away: JSON stays JSON. */
const patterns: readonly Pattern[] = [
	// user:password@ of any URL; a raw password may hold `/`, as SQLAlchemy reads it.
	{hint: /:\/\//, find: /(:\/\/[^\s/?#@:'"\\]{0,256}:)(?:[^\s/?#'"\\]{1,1024}|[^\s'"@\\]{1,1024})@/g, put: `$1${mask}@`},
	{hint: /[?&]/, find: /([?&](?:ssl)?(?:password|passwd|pwd|token|access_token|secret|client_secret|api_?key|sig|signature|x-amz-signature)=)[^\s&#'"\\]{1,2048}/gi, put: `$1${mask}`},
	// A libpq connection string, an option, an ini file; quoted or bare, also inside JSON text.
	{hint: /passw/i, find: /\b((?:ssl)?passw(?:or)?d(?:'|\\?")?\s{0,3}[=:]\s{0,3})(?:(')(?:[^'"\\]|\\.){1,1024}'|(")(?:[^"\\]|\\.){1,1024}"|(\\")[^"\\]{1,1024}\\")/gi, put: `$1$2$3$4${mask}$2$3$4`},
	{hint: /passw/i, find: /\b((?:ssl)?passw(?:or)?d=)(?!\*\*\*)[^\s&;,'"\\)]{1,1024}/gi, put: `$1${mask}`},
	// CREATE ROLE … PASSWORD '…'
	{hint: /password/i, find: /\b(PASSWORD\s{1,20})'(?:[^'"\\]|''|\\.){1,1024}'/gi, put: `$1'${mask}'`},
	// Environment variables: PGPASSWORD=…, AWS_SECRET_ACCESS_KEY=…, GITHUB_TOKEN=…
	{hint: /(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_KEY)/i, find: /\b((?:[A-Z0-9_]{0,64}(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_KEY)[A-Z0-9_]{0,64}|aws_secret_access_key|aws_session_token)\s?=\s?)(?!\*\*\*)[^\s&;,'"\\)]{1,4096}/g, put: `$1${mask}`},
	{hint: /A[KS]IA/, find: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, put: mask},
	{hint: /bearer|basic/i, find: /\b(bearer|basic)(\s{1,4})[\w.~+/-]{8,4096}={0,2}/gi, put: `$1$2${mask}`},
	{hint: /eyJ/, find: /\beyJ[\w-]{8,4096}\.[\w-]{4,4096}\.[\w-]{0,4096}/g, put: mask},
	{hint: /(?:gh[opsu]_|github_pat_|xox[abp]-|glpat-)/, find: /\b(?:gh[opsu]_|github_pat_|xox[abp]-|glpat-)[\w-]{10,255}/g, put: mask},
	{hint: /hooks\./, find: /(hooks\.[a-z.]{1,64}\/(?:services|workflows|triggers)\/)[\w/-]{1,256}/g, put: `$1${mask}`},
];

/** The forms in which a secret may turn up: as it is, in a URL, in JSON text. */
function formsOf(secret: string): string[] {
	const encoded = encodeURIComponent(secret.toWellFormed());
	const strict = encoded.replace(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
	const forms = [encoded, strict, encoded.replaceAll('%20', '+'), strict.replaceAll('%20', '+')];
	return [secret, JSON.stringify(secret).slice(1, -1), ...forms, ...forms.map(form => form.replace(/%[0-9A-F]{2}/g, code => code.toLowerCase()))];
}

/** Short words of letters and digits only count when they stand alone: `demo` must not eat `demonstration`, nor `beef` a hash. */
function patternOf(form: string): string {
	const literal = form.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
	return /^[A-Za-z0-9]{1,11}$/.test(form) ? `(?<![A-Za-z0-9])${literal}(?![A-Za-z0-9])` : literal;
}

/** The password and the public names of a connection; any other text is its own secret. */
function partsOf(secret: string): {password: string; names: string[]} {
	const url = /^(?:postgres(?:ql)?)(?:\+\w+)?:\/\/(?:([^:@/?#]*)(?::([^@]*))?@)?([^/?#]*)(?:\/([^?#]*))?/i.exec(secret);
	if (url) {
		const [, user, password, host, database] = url.map(part => decoded(part ?? ''));
		const inQuery = decoded(/[?&]password=([^&#]*)/.exec(secret)?.[1] ?? '');
		return {password: password || inQuery, names: [user, database, ...(host ?? '').split(',').map(one => one.replace(/:\d+$/, ''))].filter(name => name !== undefined && name !== '') as string[]};
	}
	if (/(?:^|\s)(?:host|dbname|user|service)\s*=/.test(secret)) {
		const [, quoted, bare] = /(?:^|\s)password\s*=\s*(?:'((?:[^'\\]|\\.)*)'|(\S+))/.exec(secret) ?? [];
		const names = [...secret.matchAll(/(?:^|\s)(?:host|dbname|user)\s*=\s*(\S+)/g)].map(([, name]) => name!);
		return {password: (quoted ?? bare ?? '').replace(/\\(.)/g, '$1'), names};
	}
	return {password: secret, names: []};
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

/** Names that hold only words of our own vocabulary or hashes: a weak password must not break the record's form. */
const structural: ReadonlySet<string> = new Set(['kind', 'at', 'state', 'status', 'action', 'level', 'sha256', 'sqlSha256', 'digest', 'previous', 'head', 'environment', 'format', 'seq', 'mode', 'role']);
const secretNames = /^(?:ssl|pg)?(?:password|passwd|secret|token|access_token|api_?key|authorization)$/i;

function scrubValue(json: unknown, text: (value: string) => string): unknown {
	if (typeof json === 'string') return text(json);
	if (typeof json !== 'object' || json === null) return json;
	if (Array.isArray(json)) {
		const items = json.map(item => scrubValue(item, text));
		return items.some((item, index) => item !== json[index]) ? items : json;
	}
	const entries = Object.entries(json).map(([name, value]) => [name, scrubProperty(name, value, text)] as const);
	return entries.some(([name, value]) => value !== (json as Record<string, unknown>)[name]) ? Object.fromEntries(entries) : json;
}

function scrubProperty(name: string, value: unknown, text: (value: string) => string): unknown {
	if (typeof value !== 'string') return scrubValue(value, text);
	if (secretNames.test(name)) return value === '' ? value : mask;
	return structural.has(name) ? value : text(value);
}
