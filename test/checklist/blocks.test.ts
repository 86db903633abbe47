/** A shell block is split where a shell would end a command, and nowhere else. */
import {expect, test} from 'vitest';
import {parseSteps} from '../../source/checklist/blocks.ts';

test.each([
	['two commands, one title', '# both\na\nb', [['both', 'a'], [null, 'b']]],
	['a continuation', 'pg_dump \\\n  -Fc\nls', [[null, 'pg_dump \\\n  -Fc'], [null, 'ls']]],
	['a here-document with a comment in it', 'psql <<SQL\n# no title\nselect 1;\n\nSQL\nls', [[null, 'psql <<SQL\n# no title\nselect 1;\n\nSQL'], [null, 'ls']]],
	['a loop', 'for f in *; do\n  echo "$f"\ndone\nls', [[null, 'for f in *; do\n  echo "$f"\ndone'], [null, 'ls']]],
	['an open quote', 'echo "one\n\ntwo"\nls', [[null, 'echo "one\n\ntwo"'], [null, 'ls']]],
	['a pipe at the end', 'cat x |\n  wc', [[null, 'cat x |\n  wc']]],
	['a function', 'go() {\n  ls\n}\ngo', [[null, 'go() {\n  ls\n}'], [null, 'go']]],
	['words that only look like syntax', 'echo for\necho "if"', [[null, 'echo for'], [null, 'echo "if"']]],
	['a remark alone', '# call the DBA\n', [['call the DBA', null]]],
	['nothing', '\n\n', []],
])('%s', (_, text, expected) => {
	expect(parseSteps(text).map(step => [step.title, step.command])).toEqual(expected);
});
