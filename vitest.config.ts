/** The tests' settings: the same tree as source/, real servers, generous limits. */
import {defineConfig} from 'vitest/config';

export default defineConfig({
	test: {
		include: ['test/**/*.test.{ts,tsx}'],
		// They have scripts of their own, so that these stay under four minutes on two cores; what that one of the matrix does, others do here on one version.
		exclude: ['test/long/**', 'test/matrix/backup.test.ts', 'node_modules/**'],
		globalSetup: ['test/servers/global-setup.ts'],
		// The second is for .ci/run, which counts in it.
		reporters: ['default', ['json', {outputFile: '.cache/test-results.json'}]],
		// Forks, since tests change folders, send signals and start processes; one PostgreSQL pair for each of the two.
		pool: 'forks',
		maxWorkers: 2,
		testTimeout: 120_000,
		hookTimeout: 240_000,
		teardownTimeout: 60_000,
	},
});
