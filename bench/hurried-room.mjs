/** Preloaded by day.ts into a room, to which it says by these means that it be in a hurry: between two samples there is no pause. The rest of its life keeps its pace. */

/** As source/room/watch.ts has it. */
const calmIntervalMs = 2000;

const {setTimeout: waitFor} = globalThis;
if (process.argv.includes('serve')) {
	globalThis.setTimeout = (work, ms, ...values) => waitFor(work, ms === calmIntervalMs ? 1 : ms, ...values);
}
