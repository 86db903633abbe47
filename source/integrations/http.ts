/** One HTTP request with a time limit and a bounded answer; what goes wrong is said in words. */

export interface HttpAnswer {
	/** Null when there was no answer. */
	status: number | null;
	/** At most 1 MB of it. */
	body: string;
	seconds: number;
	/** Why there is no answer, without the URL (it may hold a secret); null when there is one. */
	error: string | null;
}

const keptBytes = 1024 * 1024;

/** Never throws. `json` makes it a POST. */
export async function request(url: string, {timeoutMs, json, headers = {}}: {timeoutMs: number; json?: unknown; headers?: Record<string, string>}): Promise<HttpAnswer> {
	const started = performance.now();
	const seconds = () => (performance.now() - started) / 1000;
	try {
		const {address, authorization} = withoutUserinfo(url);
		const response = await fetch(address, {
			signal: AbortSignal.timeout(timeoutMs),
			headers: {...authorization && {authorization}, ...json !== undefined && {'content-type': 'application/json'}, ...headers},
			...json !== undefined && {method: 'POST', body: JSON.stringify(json)},
		});
		return {status: response.status, body: await readBody(response), seconds: seconds(), error: null};
	} catch (error) {
		return {status: null, body: '', seconds: seconds(), error: describe(error, timeoutMs)};
	}
}

/** fetch refuses URLs with a user in them; the same goes into a header. */
function withoutUserinfo(url: string): {address: URL; authorization?: string} {
	const address = new URL(url);
	if (!address.username && !address.password) return {address};
	const user = `${decodeURIComponent(address.username)}:${decodeURIComponent(address.password)}`;
	address.username = '';
	address.password = '';
	return {address, authorization: `Basic ${Buffer.from(user).toString('base64')}`};
}

async function readBody(response: Response): Promise<string> {
	if (!response.body) return '';
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of response.body) {
		chunks.push(chunk);
		size += chunk.byteLength;
		if (size >= keptBytes) break;
	}
	return Buffer.concat(chunks).subarray(0, keptBytes).toString('utf8');
}

function describe(error: unknown, timeoutMs: number): string {
	if ((error as Error).name === 'TimeoutError') return `no answer within ${timeoutMs / 1000} s`;
	const code = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code ?? (error as NodeJS.ErrnoException).code;
	switch (code) {
		case 'ECONNREFUSED': return 'connection refused';
		case 'ENOTFOUND': return 'host not found';
		case 'ECONNRESET': return 'connection closed without an answer';
		case 'ERR_INVALID_URL': return 'not a URL';
		default: return `no answer (${code ?? 'unknown'})`;
	}
}
