/** Writes docs/rules/ from the rules: `npx tsx source/review/write-pages.ts`. */
import path from 'node:path';
import {writeRulePages} from './pages.ts';

await writeRulePages(path.join(import.meta.dirname, '../../docs/rules'));
