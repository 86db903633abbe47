#!/usr/bin/env node
/** The installed command: the bundle when there is one, else the sources through tsx. */
import {existsSync} from 'node:fs';

const [major, minor] = process.versions.node.split('.').map(Number);
// Recordings are packed with zstd and a dictionary, which came with these.
if (major < 22 || (major === 22 && minor < 19) || major === 23 || (major === 24 && minor < 6)) {
	process.stderr.write(`holdpoint needs Node 22.19, 24.6 or newer, and this is ${process.versions.node}: install a newer one, or run "npm run -s holdpoint --" in the checkout, which brings its own.\n`);
	process.exit(2);
}

// React's development build costs about half more; it looks when it is loaded.
process.env.NODE_ENV ??= 'production';

const bundle = new URL('../dist/cli.mjs', import.meta.url);
if (existsSync(bundle)) {
	await import(bundle.href);
} else {
	const {register} = await import('tsx/esm/api');
	register({tsconfig: new URL('../tsconfig.json', import.meta.url).pathname});
	await import('../cli.tsx');
}
