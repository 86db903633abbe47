/** The backup is complete and verified, asked again right before the start. */
import {backupCompleted} from './backup-completed.ts';
import {backupVerified} from './backup-verified.ts';
import type {Check, CheckResult} from './check.ts';

const gravity: CheckResult['status'][] = ['not-applicable', 'passed', 'warned', 'failed'];

export const preflightBackup: Check = {
	id: 'preflight.backup',
	says: 'The backup is still complete, young enough and verified, asked anew shortly before the upgrade.',
	why: 'A tick from the morning says nothing at night: age and place are looked at again.',
	proves: 'wholly',
	dependsOn: ['target', 'backup'],
	ttlMs: 15 * 60 * 1000,
	async run(look) {
		const [completed, verified] = [await backupCompleted.run(look), await backupVerified.run(look)];
		const status = gravity[Math.max(gravity.indexOf(completed.status), gravity.indexOf(verified.status))]!;
		const parts = [completed, verified].filter(each => status !== 'failed' || each.status === 'failed').map(each => each.summary);
		return {status, summary: [...new Set(parts)].join(' '), evidence: [...completed.evidence, ...verified.evidence.slice(1)]};
	},
};
