/** Records a day of samples, and prints the size in bytes after each hour. Started by day.ts in a process of its own. */
import {openHistory} from '../source/monitor/history.ts';
import {openRecording} from '../source/monitor/recording.ts';
import {makeSample} from '../test/monitor/made-sample.ts';

const [recording, history] = [openRecording(process.argv[2]!), openHistory(process.argv[2]!)];
for (let second = 1; second <= 86_400; second++) {
	const sample = makeSample(second, 60);
	recording.append(sample);
	history.append(sample);
	if (second % 3600 === 0) process.stdout.write(`${recording.bytes()}\n`);
}
history.close();
recording.close();
