/** Writes the table of keys into README.md from the console's keymap. `npm run keys` */
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {keysTable} from '../source/console/keymap.ts';

const file = path.resolve(import.meta.dirname, '../README.md');
const text = readFileSync(file, 'utf8');
writeFileSync(file, text.replace(/(<!-- keys: .*-->\n)[^]*(<!-- end of keys -->)/, (_, begin: string, end: string) => `${begin}\n${keysTable()}\n\n${end}`));
