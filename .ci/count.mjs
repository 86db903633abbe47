/** Reads vitest's JSON reports (file and exit code of each run) and closes with the plain line; the exit code says whether all is well and something ran. */
import {readFileSync} from 'node:fs';

let passed = 0;
let failed = 0;
for (let at = 2; at < process.argv.length; at += 2) {
	const one = count(process.argv[at], process.argv[at + 1]);
	passed += one.passed;
	failed += one.failed;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function count(file, status) {
	let counted = {passed: 0, failed: 0};
	try {
		const report = JSON.parse(readFileSync(file, 'utf8'));
		// A file that could not even be loaded holds no tests, and is a failure all the same.
		const unloadable = report.testResults.filter(one => one.status === 'failed' && !one.assertionResults.some(test => test.status === 'failed')).length;
		counted = {passed: report.numPassedTests, failed: report.numFailedTests + unloadable};
	} catch (error) {
		console.error(`no test ran: ${error.message}`);
	}
	// Something that no test shows: setup failed, an error outside of any test, a report never written.
	if (counted.failed === 0 && (status !== '0' || counted.passed === 0)) counted.failed = 1;
	return counted;
}
