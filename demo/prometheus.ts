/** Prometheus and Alertmanager as the distribution has them, as children of a child of ours that ends them with itself. */
import {spawn, type ChildProcess} from 'node:child_process';
import {createServer, type AddressInfo} from 'node:net';
import {mkdir, writeFile} from 'node:fs/promises';
import {openSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {stringify} from 'yaml';
import {readSettings, tell} from './parent.ts';

export interface PrometheusReady {
	/** Base URLs. */
	prometheus: string;
	/** Null without its program. */
	alertmanager: string | null;
	/** Of both programs. */
	pids: number[];
}

export interface PrometheusSettings {
	/** `host:port` of the application. */
	shop: string;
	/** Where configuration, data and logs go. */
	folder: string;
	programs: {prometheus: string; alertmanager: string | null};
}

const {shop, folder, programs} = await readSettings<PrometheusSettings>();
const children: ChildProcess[] = [];
process.on('exit', () => {
	for (const child of children) child.kill('SIGKILL');
});
await mkdir(folder, {recursive: true, mode: 0o700});
const alertmanager = programs.alertmanager === null ? null : await start('alertmanager', programs.alertmanager, {
	configuration: {route: {receiver: 'nobody'}, receivers: [{name: 'nobody'}]},
	words: (port, file) => [`--config.file=${file}`, `--storage.path=${path.join(folder, 'alertmanager')}`, `--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address='],
});
const rules = path.join(folder, 'rules.yml');
await writeFile(rules, stringify({groups: [{name: 'shop', rules: [
	{alert: 'ShopDown', expr: 'up{job="shop"} == 0', for: '3s', labels: {severity: 'critical'}, annotations: {summary: 'The application gives no metrics.'}},
	{alert: 'ShopErrors', expr: 'sum(increase(shop_requests_total{class="5xx"}[15s])) > 0', for: '2s', labels: {severity: 'warning'}, annotations: {summary: 'Requests fail.'}},
]}]}));
const prometheus = await start('prometheus', programs.prometheus, {
	configuration: {
		global: {scrape_interval: '1s', evaluation_interval: '1s'},
		rule_files: [rules],
		scrape_configs: [{job_name: 'shop', static_configs: [{targets: [shop]}]}],
		...(alertmanager === null ? {} : {alerting: {alertmanagers: [{static_configs: [{targets: [new URL(alertmanager).host]}]}]}}),
	},
	words: (port, file) => [`--config.file=${file}`, `--storage.tsdb.path=${path.join(folder, 'prometheus')}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=warn'],
});
tell({prometheus, alertmanager, pids: children.map(child => child.pid!)} satisfies PrometheusReady);

async function start(name: string, program: string, {configuration, words}: {configuration: object; words: (port: number, file: string) => string[]}): Promise<string> {
	const file = path.join(folder, `${name}.yml`);
	await writeFile(file, stringify(configuration));
	const port = await findPort();
	const log = openSync(path.join(folder, `${name}.log`), 'a', 0o600);
	const child = spawn(program, words(port, file), {cwd: folder, stdio: ['ignore', log, log]});
	children.push(child);
	const url = `http://127.0.0.1:${port}`;
	for (const until = Date.now() + 20_000; ;) {
		if (await fetch(`${url}/-/ready`).then(response => response.ok, () => false)) return url;
		// Our own end is said by the parent: the log of this process tells why.
		if (child.exitCode !== null || Date.now() > until) throw new Error(`${name} did not come up; its words are in ${folder}/${name}.log`);
		await wait(50);
	}
}

/** A port that is free now; these programs want to be given one. */
async function findPort(): Promise<number> {
	const server = createServer();
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const {port} = server.address() as AddressInfo;
			server.close(() => resolve(port));
		});
	});
}
