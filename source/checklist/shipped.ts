/** The checklist that comes with holdpoint. */
import {fileURLToPath} from 'node:url';

/** Absolute path of the shipped checklist. */
export const shippedChecklist = fileURLToPath(new URL('../../checklists/migration-deployment.md', import.meta.url));
