/** Reads vitest's JSON report and closes with the plain line; the exit code says whether all is well and something ran. */
import {readFileSync} from 'node:fs';

const [file, status] = process.argv.slice(2);
let passed = 0;
let failed = 0;
try {
	const report = JSON.parse(readFileSync(file, 'utf8'));
	passed = report.numPassedTests;
	failed = report.numFailedTests;
	// A file that could not even be loaded holds no tests, and is a failure all the same.
	failed += report.testResults.filter(one => one.status === 'failed' && !one.assertionResults.some(test => test.status === 'failed')).length;
} catch (error) {
	console.error(`no test ran: ${error.message}`);
}
// Something that no test shows: setup failed, an error outside of any test, a report never written.
if (failed === 0 && (status !== '0' || passed === 0)) {
	failed = 1;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
