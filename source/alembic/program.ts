/** The sidecar's text as one program, and the few lines by which any Python takes it from its standard input. */
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {deflateSync} from 'node:zlib';

/** In the order in which they are joined: each may use the ones before it when it is loaded, and all of them when it runs. */
const parts = ['channel', 'project', 'graph', 'facts', 'environment', 'offline', 'reading', 'session', 'measuring', 'running', 'serving', 'main'];

/**
 * No file is needed where Python runs, which may be a container, and nothing secret gets into argv: the first line of the
 * standard input is the program with its request, what comes after it are orders.
 */
export const bootstrap = [
	'import base64,json,os,zlib',
	'control=os.fdopen(os.dup(0),"rb")',
	'_first=json.loads(control.readline())',
	'request=_first["request"]',
	'exec(compile(zlib.decompress(base64.b64decode(_first["program"])),"<holdpoint>","exec"))',
].join('\n');

let packed: string | undefined;

/** The first line, without its newline. Deflated, since a FIFO takes 64 KiB before anyone reads it and more would block the writer. */
export function firstLine(request: object): string {
	packed ??= deflateSync(parts.map(part => readFileSync(path.join(import.meta.dirname, 'sidecar', `${part}.py`), 'utf8')).join('\n\n')).toString('base64');
	return JSON.stringify({program: packed, request});
}
