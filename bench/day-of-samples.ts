/** Takes a day of samples as a room does, and says after each hour what that needs. Started by day.ts in a process of its own. */
import {decideAlarms, noAlarms} from '../source/monitor/alarms.ts';
import {openHistory} from '../source/monitor/history.ts';
import {openRecording} from '../source/monitor/recording.ts';
import {pointOf, type Point} from '../source/monitor/series.ts';
import {makeSample} from '../test/monitor/made-sample.ts';
import {readTrees} from './process-tree.ts';

const ringLength = 600;
const ring: Point[] = [];
const [recording, history] = [openRecording(process.argv[2]!), openHistory(process.argv[2]!)];
let alarms = noAlarms;
for (let second = 1; second <= 86_400; second++) {
	const sample = makeSample(second, 60);
	ring.push(pointOf(sample));
	if (ring.length > ringLength) ring.shift();
	recording.append(sample);
	history.append(sample);
	({state: alarms} = decideAlarms(alarms, {sample, failure: null, policy: {} as never, standbys: []}));
	if (second % 3600 === 0) {
		const {heapUsed} = process.memoryUsage();
		process.stdout.write(`${JSON.stringify({hour: second / 3600, residentMiB: readTrees([process.pid]).residentMiB, heapMiB: heapUsed / 2 ** 20, recordingMB: recording.bytes() / 1e6})}\n`);
	}
}
history.close();
recording.close();
