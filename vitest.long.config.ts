/** Settings of the tests that take minutes: `npm run test:long`; the same as the others' but for where they lie and report. */
import {mergeConfig} from 'vitest/config';
import base from './vitest.config.ts';

const config = mergeConfig(base, {});
config.test = {...config.test, include: ['test/long/**/*.test.ts'], exclude: ['node_modules/**'], reporters: ['default', ['json', {outputFile: '.cache/test-results-long.json'}]]};
export default config;
