/** Turns libpq's sslmode into what `pg` takes, in the order to try. */
import {readFileSync} from 'node:fs';
import type {ConnectionOptions} from 'node:tls';
import {ConnectError} from './connect-error.ts';
import type {Conninfo, Host, SslMode} from './conninfo.ts';

export type SslAttempt = false | (ConnectionOptions & {servername?: string});

/**
 * The attempts for one host: `prefer` falls back to none, `allow` the other way around; a Unix socket is never encrypted.
 * @throws ConnectError (ssl) when a certificate file can't be read
 */
export function readSslAttempts(conninfo: Conninfo, host: Host): SslAttempt[] {
	const {mode} = conninfo.ssl;
	if (host.host.startsWith('/') || mode === 'disable') return [false];
	const encrypted = readTls(conninfo, host);
	const attempts: Record<Exclude<SslMode, 'disable'>, SslAttempt[]> = {
		allow: [false, encrypted],
		prefer: [encrypted, false],
		require: [encrypted],
		'verify-ca': [encrypted],
		'verify-full': [encrypted],
	};
	return attempts[mode];
}

function readTls(conninfo: Conninfo, host: Host): ConnectionOptions & {servername?: string} {
	const {mode, rootcert, cert, key, crl, minVersion, readPassphrase} = conninfo.ssl;
	const verify = mode === 'verify-ca' || mode === 'verify-full';
	const passphrase = readPassphrase();
	return {
		rejectUnauthorized: verify,
		...(mode === 'verify-full' ? {} : {checkServerIdentity: () => undefined}),
		...(rootcert !== null && rootcert !== 'system' && verify ? {ca: readText(rootcert, 'sslrootcert')} : {}),
		...(cert === null ? {} : {cert: readText(cert, 'sslcert')}),
		...(key === null || cert === null ? {} : {key: readText(key, 'sslkey')}),
		...(crl === null || !verify ? {} : {crl: readText(crl, 'sslcrl')}),
		...(passphrase === null ? {} : {passphrase}),
		...(minVersion === null ? {} : {minVersion}),
		// With hostaddr the certificate still has to be the host's.
		...(host.hostaddr === undefined || host.hostaddr === host.host ? {} : {host: host.host, servername: host.host}),
	};
}

function readText(path: string, parameter: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch (error) {
		throw new ConnectError('ssl', `The file ${path} of ${parameter} can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`);
	}
}
