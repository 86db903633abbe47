/** Settings of the version matrix: `npm run test:matrix`. The same tests once for each major version of PostgreSQL, on a server of that version. */
import {defineConfig} from 'vitest/config';
import {clientsOf, programsOf, readState, releases} from './scripts/matrix/servers.mjs';
import {filesFor, machineClients} from './test/matrix/files.ts';
import {VersionTable} from './test/matrix/version-table.ts';
import base from './vitest.config.ts';

const state: {servers: Record<string, string | null>; clients: Record<string, string | null>} = readState();
const {include: _, exclude: __, reporters: ___, globalSetup, ...rest} = base.test!;
const clients = Object.fromEntries(Object.keys(state.clients).filter(major => state.clients[major] === null).map(major => [major, clientsOf(major)]));
const mayDump = (major: string): boolean => Number(major) <= machineClients || clients[major] !== undefined;

export default defineConfig({
	test: {
		...rest,
		reporters: ['default', new VersionTable({releases, missing: state.servers, mayDump}), ['json', {outputFile: '.cache/test-results-matrix.json'}]],
		projects: Object.keys(releases).filter(major => state.servers[major] === null).map(major => ({
			test: {
				...rest, name: `pg${major}`, globalSetup, include: filesFor({major: Number(major), mayDump: mayDump(major)}), exclude: ['node_modules/**'],
				provide: {serverOfMatrix: programsOf(major), clientsOfMatrix: clients}, env: Number(major) > machineClients && clients[major] ? {PG_BIN: clients[major]} : {},
			},
		})),
	},
});
