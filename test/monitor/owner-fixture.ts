/** A process that takes a run when told to and says whether it won; it keeps it until its standard input ends. */
import {createInterface} from 'node:readline';
import {takeOwnership} from '../../source/monitor/ownership.ts';

const path = process.argv[2]!;
process.stdout.write('ready\n');
createInterface({input: process.stdin}).on('line', () => {
	const taken = takeOwnership(path);
	process.stdout.write(`${taken.won ? 'won' : `lost to ${taken.owner.pid}`}\n`);
}).on('close', () => process.exit(0));
