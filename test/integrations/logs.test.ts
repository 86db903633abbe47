/** Lines of application logs that speak of the database's errors. */
import {tmpdir} from 'node:os';
import {expect, test} from 'vitest';
import {kindOfError, readLogErrors} from '../../source/integrations/logs.ts';

const log = (script: string, errors: string | null = null) => ({name: 'app', command: [process.execPath, '-e', script], errors});
const read = async (script: string, errors: string | null = null) => (await readLogErrors([log(script, errors)], {directory: tmpdir()}))[0]!;

test('are counted on both streams, the newest shown', async () => {
	expect(await read('console.log("fine\\nERROR: column \\"a\\" does not exist\\nfine"); console.error("sqlalchemy.exc.OperationalError")')).toMatchObject({
		ok: true, lines: 4, count: 2, kinds: {UndefinedColumn: 1, DatabaseError: 1}, errors: ['ERROR: column "a" does not exist', 'sqlalchemy.exc.OperationalError'],
	});
});

test('are found by the user\'s own pattern', async () => {
	expect(await read('console.log("E1\\nE2\\nOperationalError")', '^E\\d')).toMatchObject({count: 2});
});

test('a log that can\'t be read has an unknown number of errors, not none', async () => {
	expect(await read('process.exit(2)')).toMatchObject({ok: false, lines: null, count: null, reason: 'ended with exit code 2'});
});

test.each([
	['psycopg.errors.UndefinedTable: relation "orders" does not exist', 'UndefinedTable'],
	['cached plan must not change result type', 'InvalidCachedStatement'],
	['sqlstate=40P01 deadlock detected', 'DeadlockDetected'],
	['canceling statement due to lock timeout', 'LockNotAvailable'],
	['canceling statement due to statement timeout', 'QueryCanceled'],
	['ERROR:  permission denied for table coupons', 'InsufficientPrivilege'],
	['GET /orders/142703 200', null],
	['user does not exist', null],
	['all fine', null],
])('%j speaks of %s', (line, expected) => {
	expect(kindOfError(line)).toBe(expected);
});
