/** Around a whole test run: a folder for its servers, which outlive a worker but never the run. */
import os from 'node:os';
import type {TestProject} from 'vitest/node';
import {readProcessIdentity, removeOrphans, removeOwnedFolder} from '../../source/postgres/cluster-owner.ts';
import type {ProcessIdentity} from '../../source/postgres/cluster-owner.ts';
import {makeClusterParent} from '../../source/postgres/cluster-place.ts';

declare module 'vitest' {
	interface ProvidedContext {
		testRun: {folder: string; owner: ProcessIdentity};
	}
}

const prefix = 'holdpoint-test-';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	await removeOrphans(os.tmpdir(), prefix);
	const owner = readProcessIdentity()!;
	const folder = await makeClusterParent(prefix, {owner});
	project.provide('testRun', {folder, owner});
	return async () => removeOwnedFolder(folder);
}
