/** Every subcommand: its name, one line, and where it is loaded from when it is called. */
import type {Command} from './command.ts';

type Entry = {says: string; load: () => Promise<{command: Command}>};

export const commands = {
	demo: {says: 'a sandbox of its own, then the control room on it', load: () => import('./demo.ts')},
	items: {says: 'the checklist as it stands', load: () => import('./items.ts')},
	check: {says: 'runs checks', load: () => import('./check.ts')},
	attest: {says: 'a person\'s word that an item holds', load: () => import('./attest.ts')},
	waive: {says: 'a person\'s word that an item may stay unproven', load: () => import('./waive.ts')},
	approve: {says: 'approves the current plan', load: () => import('./approve.ts')},
	review: {says: 'reviews SQL files, standard input, or the pending revisions', load: () => import('./review.ts')},
	plan: {says: 'what an upgrade or downgrade would do', load: () => import('./plan.ts')},
	backup: {says: 'takes and verifies a backup', load: () => import('./backup.ts')},
	rehearse: {says: 'rehearses the upgrade on a restored copy', load: () => import('./rehearse.ts')},
	upgrade: {says: 'migrates the database, past its hold points, under the guard', load: () => import('./upgrade.ts')},
	downgrade: {says: 'takes the database back to a named revision', load: () => import('./downgrade.ts')},
	cancel: {says: 'stops the running action', load: () => import('./cancel.ts')},
	hold: {says: 'holds the running action at its next safe point', load: () => import('./hold.ts')},
	continue: {says: 'lets a held action go on', load: () => import('./continue.ts')},
	guard: {says: 'shows or changes the guard\'s limits', load: () => import('./guard.ts')},
	maintain: {says: 'VACUUM (ANALYZE) of the touched tables', load: () => import('./maintain.ts')},
	monitor: {says: 'the live pane alone', load: () => import('./monitor.ts')},
	attach: {says: 'opens a console on a run', load: () => import('./attach.ts')},
	runs: {says: 'the runs of this machine', load: () => import('./runs.ts')},
	show: {says: 'the state of a run', load: () => import('./show.ts')},
	close: {says: 'closes a run and writes its report', load: () => import('./close.ts')},
	abandon: {says: 'gives a run up, with the reason', load: () => import('./abandon.ts')},
	report: {says: 'the ticked checklist with its evidence', load: () => import('./report.ts')},
	journal: {says: 'the events of a run', load: () => import('./journal.ts')},
	verify: {says: 'proves a run\'s chain, approvals, artifacts', load: () => import('./verify.ts')},
	replay: {says: 'the recorded live pane again', load: () => import('./replay.ts')},
	contacts: {says: 'whom to call', load: () => import('./contacts.ts')},
	room: {says: 'the room\'s process: start, stop, status', load: () => import('./room.ts')},
	init: {says: 'writes a commented holdpoint.yaml after looking', load: () => import('./init.ts')},
	doctor: {says: 'what is missing or risky here, and how to mend it', load: () => import('./doctor.ts')},
	completion: {says: 'shell completion for bash, zsh, fish', load: () => import('./completion.ts')},
	schema: {says: 'the JSON Schema of a shape or of the configuration', load: () => import('./schema.ts')},
} satisfies Record<string, Entry>;

export type CommandName = keyof typeof commands;
