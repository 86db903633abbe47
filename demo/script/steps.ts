/** The steps of the script, in their order. */
import {closeStep, downgradeStep, leaveStep, reportStep, verifyStep} from './back.ts';
import {guardStep, refusedStep, waiveStep} from './dangerous.ts';
import {doctorStep, firstCheckStep, itemsStep, reviewStep, roomStep, sandboxStep} from './look.ts';
import {attestStep, backupStep, planStep, provenStep, rehearseStep} from './prove.ts';
import {approveStep, maintainStep, paperworkStep, postStep, upgradeStep, watchStep} from './safe.ts';
import type {Step} from './step.ts';

export const steps: readonly Step[] = [
	sandboxStep, doctorStep, roomStep, itemsStep, firstCheckStep, reviewStep,
	backupStep, planStep, rehearseStep, provenStep, attestStep,
	approveStep, upgradeStep, maintainStep, paperworkStep, watchStep, postStep,
	refusedStep, waiveStep, guardStep,
	downgradeStep, closeStep, reportStep, verifyStep, leaveStep,
];
