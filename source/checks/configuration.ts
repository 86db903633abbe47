/** What in holdpoint.yaml would let a machine prove an item that it can't prove yet; pure. */
import type {Settings} from '../config/settings.ts';

export interface Missing {
	/** Nothing is configured there yet. */
	when(settings: Settings): boolean;
	/** A line of holdpoint.yaml, as an example to begin with. */
	example: string;
}

const metrics = 'metrics: {prometheus: "http://prometheus:9090", queries: {errors: \'sum(rate(http_requests_total{code=~"5.."}[5m]))\', latency: \'histogram_quantile(0.99, sum by (le) (rate(http_request_seconds_bucket[5m])))\'}}';

/** By check. */
export const missing: Readonly<Record<string, Missing>> = {
	'compat.application': {when: ({compatibility}) => compatibility.old === null || compatibility.new === null, example: 'compatibility: {old: [./test-released.sh], new: [./test-next.sh]}'},
	'compat.api': {when: ({compatibility}) => compatibility.api === null, example: 'compatibility: {api: [./print-answers.sh]}'},
	'rollback.application': {when: ({compatibility}) => compatibility.old === null, example: 'compatibility: {old: [./test-released.sh]}'},
	'backup.retention': {when: ({backup}) => backup.directory === null, example: 'backup: {directory: /var/backups/shop, retention_days: 7}'},
	'preflight.notified': {when: ({notify}) => notify.length === 0, example: 'notify: [{name: team, webhook: "${WEBHOOK_URL}", on: [plan-made, action-started, action-finished]}]'},
	'preflight.rollback-plan': {when: ({rollbackPlan}) => rollbackPlan === null, example: 'rollback_plan: docs/rollback.md'},
	'large.window': {when: ({window}) => window === null, example: 'window: {start: "22:00", end: "23:30", timezone: Europe/Berlin}'},
	'post.smoke': {when: ({smoke}) => smoke.length === 0, example: 'smoke: [{name: health, url: "http://localhost:8080/health", expect: "200"}]'},
	'post.logs': {when: ({logs}) => logs.length === 0, example: 'logs: [{name: app, command: [journalctl, -u, app, --since, -15min]}]'},
	'post.metrics': {when: settings => settings.metrics.prometheus === null, example: metrics},
	'post.errors': {when: settings => settings.metrics.prometheus === null, example: metrics},
	'tasks.documentation': {when: ({documents}) => documents === null, example: 'documents: [./ops/documented.sh]'},
	'tasks.tickets': {when: ({tickets}) => tickets === null, example: 'tickets: [./ops/tickets-closed.sh]'},
	'tasks.alerts': {when: ({alerts}) => alerts.alertmanager === null, example: 'alerts: {alertmanager: "http://alertmanager:9093"}'},
};

/** An example for holdpoint.yaml, or null where nothing is missing there. `check`: id of the check that could not prove its item. */
export function missingConfiguration(check: string, settings: Settings): string | null {
	const found = missing[check];
	return found?.when(settings) ? found.example : null;
}
