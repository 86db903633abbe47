/** Who watches the shop: Prometheus and Alertmanager, where the machine has them. */
import {accessSync, constants} from 'node:fs';
import path from 'node:path';
import {startChild, type Child} from './child.ts';
import type {PrometheusReady, PrometheusSettings} from './prometheus.ts';

export interface Monitoring extends PrometheusReady {
	child: Child;
}

/** Null where the machine has no Prometheus; nothing stands in for it. @throws Refusal 2 when it does not come up */
export async function startMonitoring({shop, folder, log, environment}: {/** Base URL of the application. */ shop: string; folder: string; log: string; environment: NodeJS.ProcessEnv}): Promise<Monitoring | null> {
	const prometheus = findProgram(['prometheus'], environment);
	if (prometheus === null) return null;
	const programs = {prometheus, alertmanager: findProgram(['alertmanager', 'prometheus-alertmanager'], environment)};
	const child = await startChild<PrometheusReady>({file: 'prometheus.ts', settings: {shop: new URL(shop).host, folder, programs} satisfies PrometheusSettings, log});
	return {child, ...child.first};
}

function findProgram(names: readonly string[], environment: NodeJS.ProcessEnv): string | null {
	for (const folder of (environment['PATH'] ?? '').split(path.delimiter).filter(Boolean)) {
		for (const name of names) {
			const file = path.join(folder, name);
			try {
				accessSync(file, constants.X_OK);
				return file;
			} catch {
				// It is in another folder, or not installed.
			}
		}
	}
	return null;
}
