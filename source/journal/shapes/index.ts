/** Every shape of CONTRACT.md by its name, for `holdpoint schema NAME`. */
import type {ZodType} from 'zod';
import {backupSchema, externalBackupSchema} from './backup.ts';
import {evidenceSchema} from './evidence.ts';
import {itemSchema} from './item.ts';
import {outcomeSchema} from './outcome.ts';
import {planSchema} from './plan.ts';
import {rehearsalSchema} from './rehearsal.ts';
import {findingSchema, reviewSchema} from './review.ts';
import {runStateSchema, runSummarySchema} from './run.ts';
import {sampleSchema} from './sample.ts';

export const shapes: Record<string, ZodType> = {
	Backup: backupSchema,
	Evidence: evidenceSchema,
	ExternalBackup: externalBackupSchema,
	Finding: findingSchema,
	Item: itemSchema,
	Outcome: outcomeSchema,
	Plan: planSchema,
	Rehearsal: rehearsalSchema,
	Review: reviewSchema,
	RunState: runStateSchema,
	RunSummary: runSummarySchema,
	Sample: sampleSchema,
};
