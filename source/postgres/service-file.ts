/** Reads one service out of ~/.pg_service.conf or the system's pg_service.conf. */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {Refusal} from '../journal/refusal.ts';
import type {Parameters} from './conninfo-text.ts';

/**
 * The parameters of a service.
 * @throws Refusal 2 when no file names the service, or its file can't be read as one.
 */
export function readService(name: string, environment: Record<string, string | undefined>, home: string): Parameters {
	const own = environment['PGSERVICEFILE'] ?? join(home, '.pg_service.conf');
	const system = environment['PGSYSCONFDIR'] === undefined ? [] : [join(environment['PGSYSCONFDIR'], 'pg_service.conf')];
	const places = [own, ...system, '/etc/postgresql-common/pg_service.conf', '/etc/pg_service.conf'];
	for (const path of places) {
		let text: string;
		try {
			text = readFileSync(path, 'utf8');
		} catch {
			continue;
		}
		const found = parseServices(text, path)[name];
		if (found) return found;
	}
	throw new Refusal(2, `The service ${JSON.stringify(name)} is not defined in ${own} nor in the system's pg_service.conf; add a section [${name}] or name another service.`);
}

/** `[name]` headings with `key=value` lines. */
function parseServices(text: string, path: string): Record<string, Parameters> {
	const services: Record<string, Parameters> = {};
	let current: Parameters | undefined;
	for (const [index, raw] of text.split(/\r?\n/).entries()) {
		const line = raw.trim();
		if (line === '' || line.startsWith('#')) continue;
		const heading = /^\[(.*)\]$/.exec(line);
		if (heading) {
			current = services[heading[1]!] ??= {};
			continue;
		}
		const equals = line.indexOf('=');
		if (equals === -1) throw new Refusal(2, `Line ${index + 1} of ${path} is neither a [service] nor key=value.`);
		if (current) current[line.slice(0, equals).trim()] ??= line.slice(equals + 1).trim();
	}
	return services;
}
