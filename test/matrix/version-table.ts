/** Writes docs/versions.md after a whole run of the matrix: for each version what ran on it, and what is not there in it. */
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import type {Reporter, TestModule} from 'vitest/node';
import {machineClients, parts, runsOn} from './files.ts';

declare module 'vitest' {
	interface TaskMeta {
		/** What this version does not have, and what is shown in its place. */
		absent?: string;
	}
}

export interface Known {
	/** Release of the package by major version. */
	releases: Record<string, string>;
	/** Why a version could not be tried here; null when it could. */
	missing: Record<string, string | null>;
	/** Whether there are client programs for a major version. */
	mayDump: (major: string) => boolean;
}

const file = path.resolve(import.meta.dirname, '../../docs/versions.md');

export class VersionTable implements Reporter {
	readonly #known: Known;

	constructor(known: Known) {
		this.#known = known;
	}

	onTestRunEnd(modules: readonly TestModule[]): void {
		const missing = Object.entries(this.#known.missing).filter(([, reason]) => reason !== null);
		for (const [major, reason] of missing) console.log(`PostgreSQL ${major} was not tried: ${reason}`);
		const whole = Object.keys(this.#known.releases).every(major => this.#known.missing[major] !== null || partsOf(major, modules, this.#known).every(({tests}) => tests > 0));
		const green = modules.every(module => module.ok());
		if (!whole || !green) return void console.log(`docs/versions.md was left as it is: ${green ? 'only some of the tests ran' : 'a test failed'}.`);
		writeFileSync(file, table(this.#known, modules));
		console.log('docs/versions.md was written.');
	}
}

interface Ran {
	says: string;
	tests: number;
	skipped: number;
}

/** For each part how many tests ran on this version. */
function partsOf(major: string, modules: readonly TestModule[], {mayDump}: Known): Ran[] {
	const own = modules.filter(module => module.project.name === `pg${major}`);
	return parts.filter(part => runsOn(part, {major: Number(major), mayDump: mayDump(major)})).map(({says, files}) => {
		const tests = own.filter(module => files.some(each => module.relativeModuleId.endsWith(each))).flatMap(module => [...module.children.allTests()]);
		const passed = tests.filter(test => test.result().state === 'passed').length;
		return {says, tests: passed, skipped: tests.length - passed};
	});
}

/** The whole page. */
function table(known: Known, modules: readonly TestModule[]): string {
	const {releases, missing, mayDump} = known;
	const majors = Object.keys(releases);
	const cell = (major: string, says: string): string => {
		if (missing[major] !== null) return '–';
		const ran = partsOf(major, modules, known).find(part => part.says === says);
		return ran ? `${ran.tests}${ran.skipped > 0 ? ` (${ran.skipped} left out)` : ''}` : 'left out';
	};
	const absent = (major: string): string[] => [...new Set(modules.filter(module => module.project.name === `pg${major}`).flatMap(module => [...module.children.allTests()].flatMap(test => test.meta().absent ?? [])))];
	return `# PostgreSQL versions

Written by \`npm run test:matrix\`, which starts a private primary and a streaming standby of each version and runs the same tests on each: real servers, not recorded answers. The number is how many tests passed.

| | ${majors.map(major => `${major}`).join(' | ')} |
| --- |${majors.map(() => ' ---: |').join('')}
| server | ${majors.map(major => releases[major]!.split('-')[0]!.replace(/\.0$/, '')).join(' | ')} |
${parts.map(({says}) => `| ${says} | ${majors.map(major => cell(major, says)).join(' | ')} |`).join('\n')}

"Left out": the tests with real traffic and real projects are long and say little of the server, so that the oldest and the newest are enough. The tests of figures before and after are written for version 15 on: older servers tell their counters half a second late; the checks read those figures on every version.

Backups of 12 to ${machineClients} are taken with the machine's client programs, version ${machineClients}, and rehearsed on a server of that version; newer ones with programs and servers of their own version. With programs that are older than the server that was tried on 17 and 18, with newer ones on 12 to 17.${majors.filter(major => !mayDump(major)).map(major => ` Backups of ${major} were not tried: its client programs can't be had or don't run here.`).join('')}

## Client programs of another version

What each pair of pg_dump, pg_restore and server does, as tried with 15 to 18 on servers of 12 to 18:

- An older \`pg_dump\` refuses a newer server. holdpoint says so before anything begins, and so does \`holdpoint doctor\`.
- An older \`pg_restore\` does not read what a newer \`pg_dump\` wrote (16 and 17 each brought a new format; 18 kept that of 17).
- A \`pg_restore\` of 17 or 18 can't restore onto a server of 16 or older without an error: it begins with \`SET transaction_timeout\`. So a backup of a 15 that \`pg_dump\` 17 took goes back onto a 15 only by a person who knows that this error may be ignored.

Therefore holdpoint takes, of all the client programs that it finds, those nearest to the server's version and not the newest, warns where only newer ones are there, and refuses a restore that would end in that error. \`PG_BIN\` names one folder to use instead.
${majors.filter(major => missing[major] !== null).map(major => `\nVersion ${major} was not tried: ${missing[major]}\n`).join('')}
## What a version does not have

Unknown is shown as unknown; what stands in its place:

${majors.map(major => ({major, list: absent(major)})).filter(({list}) => list.length > 0).map(({major, list}) => `- **${major}**: ${list.join('; ')}.`).join('\n')}
`;
}
