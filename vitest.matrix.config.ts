/** Settings of the version matrix: `npm run test:matrix`. The same tests once for each major version of PostgreSQL, on a server of that version. */
import {defineConfig} from 'vitest/config';
import {programsOf, readState, releases} from './scripts/matrix/servers.mjs';
import {filesFor} from './test/matrix/files.ts';
import {VersionTable} from './test/matrix/version-table.ts';
import base from './vitest.config.ts';

const state: Record<string, string | null> = readState();
const {include: _, exclude: __, reporters: ___, globalSetup, ...rest} = base.test!;

export default defineConfig({
	test: {
		...rest,
		reporters: ['default', new VersionTable({releases, missing: state}), ['json', {outputFile: '.cache/test-results-matrix.json'}]],
		projects: Object.keys(releases).filter(major => state[major] === null).map(major => ({
			test: {...rest, name: `pg${major}`, globalSetup, include: filesFor(Number(major)), exclude: ['node_modules/**'], provide: {serverOfMatrix: programsOf(major)}},
		})),
	},
});
