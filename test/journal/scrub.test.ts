/** No secret survives in what is written down, and nothing else is lost with it. */
import {describe, expect, test} from 'vitest';
import {createScrubber} from '../../source/journal/scrub.ts';

describe('secrets by their form', () => {
	test.each([
		['postgresql+psycopg://ann:s3cr3t@db/shop', 'postgresql+psycopg://ann:***@db/shop'],
		['postgresql://ann:a/b?c@db/shop', 'postgresql://ann:***@db/shop'],
		['postgresql://ann:p@ss@db/shop', 'postgresql://ann:***@db/shop'],
		['postgresql://ann@db:5432/shop', 'postgresql://ann@db:5432/shop'],
		['http://localhost:9090/api', 'http://localhost:9090/api'],
		['host=db password=hunter22 user=ann', 'host=db password=*** user=ann'],
		['postgresql://db/shop?user=a&password=x1&sslpassword=y2', 'postgresql://db/shop?user=a&password=***&sslpassword=***'],
		['password = \'a b\\\' c\' user=a', 'password = \'***\' user=a'],
		['env PGPASSWORD=abc AWS_SECRET_ACCESS_KEY=def psql', 'env PGPASSWORD=*** AWS_SECRET_ACCESS_KEY=*** psql'],
		['ALTER ROLE ann PASSWORD \'it\'\'s\';', 'ALTER ROLE ann PASSWORD \'***\';'],
		['key AKIAIOSFODNN7EXAMPLE.', 'key ***.'],
		['Authorization: Bearer abc.def-ghi_jkl==', 'Authorization: Bearer ***'],
		['https://hooks.slack.com/services/T0/B0/xyz', 'https://hooks.slack.com/services/***'],
		['{"password":"x","n":1}', '{"password":"***","n":1}'],
		['UPDATE users SET password_hash = md5(name) WHERE token = 5', 'UPDATE users SET password_hash = md5(name) WHERE token = 5'],
		['reset your password: see the wiki', 'reset your password: see the wiki'],
	])('%j', (text, expected) => {
		expect(createScrubber().text(text)).toBe(expected);
	});
});

describe('secrets by their value', () => {
	test('in every spelling: raw, in a URL, in JSON text', () => {
		const scrubber = createScrubber();
		scrubber.add('p@ss "w/rd" ü');
		for (const spelling of ['p@ss "w/rd" ü', encodeURIComponent('p@ss "w/rd" ü'), 'p%40ss+%22w%2Frd%22+%C3%BC', 'p%40ss%20%22w%2frd%22%20%c3%bc', JSON.stringify('p@ss "w/rd" ü').slice(1, -1)]) {
			expect(scrubber.text(`x ${spelling} y`)).toBe('x *** y');
		}
	});

	test('of a URL only the password, also where it stands alone', () => {
		const scrubber = createScrubber();
		scrubber.add('postgresql://ann:c0rrect%20horse@db.example/shop');
		expect(scrubber.text('ann at db.example/shop said "c0rrect horse"')).toBe('ann at db.example/shop said "***"');
	});

	test('a longer secret that holds a shorter one goes as a whole', () => {
		const scrubber = createScrubber();
		scrubber.add('horse');
		scrubber.add('horse battery');
		expect(scrubber.text('horse battery, horse, horseradish')).toBe('***, ***, horseradish');
	});

	test('a password that is also a public name hides only where it is the password', () => {
		const scrubber = createScrubber();
		scrubber.add('postgresql://shop:shop@db/shop');
		expect(scrubber.text('postgresql://shop:shop@db/shop, table shop.orders')).toBe('postgresql://shop:***@db/shop, table shop.orders');
		scrubber.add('plan');
		scrubber.allow('plan');
		expect(scrubber.text('the plan')).toBe('the plan');
	});

	test('under four characters it is left to the patterns', () => {
		const scrubber = createScrubber();
		scrubber.add('abc');
		expect(scrubber.text('abc postgresql://u:abc@h/d')).toBe('abc postgresql://u:***@h/d');
	});
});

describe('JSON', () => {
	test('is scrubbed at every depth, and its own words and hashes are left', () => {
		const scrubber = createScrubber();
		scrubber.add('plan');
		scrubber.add('deadbeef01');
		const sha256 = 'deadbeef01'.padEnd(64, '0');
		expect(scrubber.value({kind: 'plan', sha256, a: [{b: 'the plan', password: 'q', n: 1, z: null}], note: `hash ${sha256}`}))
			.toEqual({kind: 'plan', sha256, a: [{b: 'the ***', password: '***', n: 1, z: null}], note: `hash ${sha256}`});
	});

	test('without a secret comes back as the same object', () => {
		const value = {a: [1, {b: 'fine'}], c: null};
		expect(createScrubber().value(value)).toBe(value);
	});

	test.each([
		{text: 'password="x y" and password=\'z\''}, {text: 'password=a\\b'}, {url: 'postgresql://u:p"q@h'}, {text: 'PGPASSWORD="x"'},
		{password: 'it"s'}, {sql: 'CREATE ROLE a PASSWORD \'x"y\''}, {text: '"password": "x"'}, {text: 'Bearer abcdefghijk"'}, {text: 'a\\"password\\": \\"x\\"'},
	])('as text stays JSON: %j', value => {
		const scrubbed = createScrubber().text(JSON.stringify({...value, after: 1}));
		expect(JSON.parse(scrubbed)).toMatchObject({after: 1});
	});
});

/** Bounded searches: even text made to be slow costs time in proportion to its length. */
test.each([
	['log lines', '2026-03-01 10:00:00 INFO connect postgresql://u:pw@host/db password=abc token\n'.repeat(60_000)],
	['one endless word', 'a'.repeat(4_000_000)],
	['endless almost-URLs', '://a:'.repeat(100_000)],
	['endless almost-variables', 'TOKEN_SECRET_'.repeat(200_000)],
])('megabytes of %s are no matter of minutes', (_, text) => {
	const scrubber = createScrubber();
	for (let number = 0; number < 20; number++) scrubber.add(`secret-number-${number}`);
	const start = performance.now();
	scrubber.text(text);
	expect(performance.now() - start).toBeLessThan(60_000);
});
