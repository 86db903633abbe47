/** Packs the program into dist/: what an installed holdpoint starts from. `npm run bundle`. */
import {rmSync} from 'node:fs';
import path from 'node:path';
import {rolldown} from 'rolldown';

const root = path.resolve(import.meta.dirname, '..');
const dist = path.join(root, 'dist');

/** Files that are not code (the sidecar, the checklists, the shop) stay where they are: a module goes on finding them from the folder that it was written in. */
const keepPlaces = {
	name: 'keep-places',
	transform: {
		filter: {id: {include: /\.tsx?$/, exclude: /node_modules/}, code: /import\.meta\.(dirname|filename|url)/},
		handler(code, id) {
			const file = path.relative(dist, id);
			return code
				.replaceAll('import.meta.dirname', `(import.meta.dirname + ${JSON.stringify(`/${path.dirname(file)}`)})`)
				.replaceAll('import.meta.filename', `(import.meta.dirname + ${JSON.stringify(`/${file}`)})`)
				.replaceAll('import.meta.url', `new URL(${JSON.stringify(file)}, import.meta.url).href`);
		},
	},
};

/** Ink asks for React's developer tools only when DEV is set; an empty module stands for them. */
const noDeveloperTools = {
	name: 'no-developer-tools',
	resolveId: {filter: {id: /^react-devtools-core$/}, handler: () => '\0none'},
	load: {filter: {id: /^\0none$/}, handler: () => 'export default {connectToDevTools() {}};'},
};

rmSync(dist, {recursive: true, force: true});
const bundle = await rolldown({
	input: {cli: path.join(root, 'cli.tsx')},
	cwd: root,
	platform: 'node',
	tsconfig: path.join(root, 'tsconfig.json'),
	// The parser is WebAssembly that it looks for beside itself; tsx runs the parts of the demo.
	external: ['libpg-query', 'tsx', /^tsx\//, 'pg-native'],
	plugins: [keepPlaces, noDeveloperTools],
	transform: {define: {'process.env.NODE_ENV': '"production"'}},
});
const {output} = await bundle.write({dir: dist, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs', minify: {mangle: false, compress: true, codegen: {removeWhitespace: true}}});
await bundle.close();
const bytes = output.reduce((sum, each) => sum + (each.type === 'chunk' ? Buffer.byteLength(each.code) : each.source.length), 0);
process.stdout.write(`${output.length} files, ${(bytes / 1e6).toFixed(2)} MB, in dist/\n`);
