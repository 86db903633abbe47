/** The commented holdpoint.yaml that `holdpoint init` writes. */
import {stringify} from 'yaml';

/** What `init` found out about the project; unknown things stay commented examples. */
export interface InitialFacts {
	/** argv of the project's interpreter. */
	python?: string[];
	/** alembic.ini, when it is not in the project's own folder; relative. */
	ini?: string;
	/** Rule for the target that env.py connects to. */
	environment?: {name: 'production' | 'staging' | 'development'; host: string; database: string};
	/** application_name of each standby seen. */
	standbys?: string[];
	contacts?: {role: string; contact: string; escalation: string}[];
}

/** Text of a holdpoint.yaml: what was found is set, everything else stands there with its default as a comment. */
export function initConfiguration(facts: InitialFacts = {}): string {
	const set = (value: object) => stringify(value, {lineWidth: 0}).trimEnd();
	const alembic = {...facts.python && {python: facts.python}, ...facts.ini && {ini: facts.ini}};
	return [
		`# holdpoint's configuration. Everything is optional; what is commented out shows its default or an example.
# Secrets: \${VARIABLE} takes an environment variable (in quotes inside braces), {command: [pass, show, db]} asks a program.
# Durations: a number with ms, s, min or h. Paths count from this file.

# How holdpoint's own sessions reach the database; by default as env.py does. Never redirects Alembic.
# database: \${DB_URL}

# What is not named here counts as production. A name alone (environment: staging) is for every database.`,
		facts.environment ? set({environment: [facts.environment]}) : `# environment:
#   - {name: production, host: "*.prod.example.com"}
#   - {name: development, host: localhost}`,
		'',
		'# The project\'s own interpreter, also behind a command: [poetry, run, python], [docker, compose, exec, -T, app, python]',
		Object.keys(alembic).length > 0 ? set({alembic}) : `# alembic:
#   python: .venv/bin/python
#   arguments: [-x, tenant=a]`,
		`
# A checklist of your own; by default the shipped one.
# checklist: deployment.md

# Sessions with other rights. The guard's connection must be able to cancel the migration.
# roles: {monitor: "\${MONITOR_URL}", guard: "\${GUARD_URL}", backup: "\${BACKUP_URL}"}
`,
		'# Standbys that must be there: a missing one must not read as "no lag".',
		facts.standbys && facts.standbys.length > 0 ? set({standbys: facts.standbys}) : '# standbys: [replica1]',
		`
# backup:
#   directory: /var/backups/shop
#   format: directory
#   jobs: 4
#   compress: gzip:3   # pg_dump's own default is gzip:6, slower and a little smaller; zstd:1 needs pg_dump 16, and keeps no checksums
#   count_rows: 5000000   # larger tables are not counted beside the dump; all: every table
#   retention_days: 7
#   max_age: 1h
#   from: {command: [pass, show, standby-url]}   # a standby to dump from
#   external: [./ops/newest-snapshot.sh]   # prints what another tool took, as JSON (holdpoint schema ExternalBackup), or [pgbackrest, --stanza=main, info, --output=json]

# rehearsal: {limit_gb: 50}

# lock_timeout is the upper bound; attempts climb a ladder below it.
# migration:
#   lock_timeout: 5s
#   lock_retries: 30
#   statement_timeout: 30min
#   throttle: {lag_seconds: 10}   # holds between the batches of a data migration until the standbys have caught up

# A limit passed in \`samples\` samples running is enough; \`off\` switches one off, \`action: alert\` only tells.
# guard:
#   max_blocked_sessions: 20
#   max_blocked_seconds: 3
#   max_session_seconds: 60
#   min_free_connections_percent: 10
#   min_free_disk_bytes: off   # such as 5368709120, 5 GB; seen where the server is this machine; elsewhere free_disk prints the bytes
#   free_disk: [./ops/free-disk.sh]
#   samples: 2
#   action: cancel

# window: {start: "22:00", end: "23:30", timezone: Europe/Berlin}
# rollback_plan: docs/rollback.md
# large_table_rows: 1000000

# Checks of your own: exit code 0 and the expected text or /pattern/ prove the item that has \`<!-- check: NAME -->\`.
# checks:
#   - {name: team.freeze, command: [./ops/no-freeze.sh], expect: "no freeze"}

# After the migration: does the application still answer, is its log clean, is nothing firing?
# smoke:
#   - {name: health, url: "http://localhost:8080/health", expect: "200"}
# logs:
#   - {name: app, command: [journalctl, -u, app, --since, -15min]}
# metrics:
#   prometheus: http://prometheus:9090
#   queries: {errors: 'sum(rate(http_requests_total{code=~"5.."}[5m]))'}
# alerts: {alertmanager: "http://alertmanager:9093"}

# notify:
#   - {name: team, webhook: "\${WEBHOOK_URL}", on: [action-started, action-finished, guard-acted]}

# approvals: {required: 0, expire_hours: 24}
`,
		'# Whom to call; by default the table of the checklist.',
		facts.contacts && facts.contacts.length > 0 ? set({contacts: facts.contacts}) : `# contacts:
#   - {role: DBA On-Call, contact: "#dba", escalation: Database issues}`,
		'',
	].join('\n');
}
