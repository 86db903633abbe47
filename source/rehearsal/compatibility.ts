/** Tries on the copy, each at its moment, whether both versions of the application, the API and the users' statements get on with both schemas. */
import type {ApplicationRun, Compatibility} from '../journal/shapes/rehearsal.ts';
import type {Session} from '../postgres/session.ts';
import {type ApplicationsOptions, compareAnswers, runApplication} from './applications.ts';
import {compareStatements, type PlannedStatements, planStatements, type UsersStatement} from './users-statements.ts';

export interface CompatibilityOptions {
	/** On the copy. */
	session: Session;
	/** Null: no command is configured. */
	applications: ApplicationsOptions | null;
	/** Of the target; null: nobody asked for them. `missing`: why there are none. */
	statements: {rows: readonly UsersStatement[] | null; missing: string | null} | null;
	onProgress?: ((text: string) => void) | undefined;
}

export interface CompatibilityTrial {
	/** Before the first upgrade. */
	before(): Promise<void>;
	/** After the first upgrade, on the same rows. */
	after(): Promise<void>;
	/** On the new schema, when the rows are compared: the application may write. Only the first time. */
	onNew(): Promise<void>;
	/** Back on the old schema, over what was written under the new one: both versions. */
	onOld(): Promise<void>;
	/** A command waits for the old schema. */
	readonly wantsOld: boolean;
	/** Undefined where nothing was asked for. */
	result(): Compatibility | undefined;
}

export function tryCompatibility({session, applications, statements, onProgress}: CompatibilityOptions): CompatibilityTrial {
	const runs: ApplicationRun[] = [];
	const planned: {before?: PlannedStatements; after?: PlannedStatements} = {};
	const names = {old: 'the released application', new: 'the new application', api: 'the API\'s command'};
	const run = async (which: ApplicationRun['which'], schema: ApplicationRun['schema']): Promise<void> => {
		if (!applications?.commands[which] || runs.some(each => each.which === which && each.schema === schema)) return;
		onProgress?.(`running ${names[which]} on the ${schema} schema`);
		const done = await runApplication(applications, which, schema);
		if (done) runs.push(done);
	};
	const plan = async (when: keyof typeof planned): Promise<void> => {
		if (!statements?.rows) return;
		onProgress?.(`planning ${statements.rows.length} of the target's statements ${when} the upgrade`);
		planned[when] = await planStatements(session, statements.rows);
	};
	return {
		async before() {
			await run('api', 'old');
			await plan('before');
		},
		async after() {
			await run('api', 'new');
			await plan('after');
		},
		onNew: async () => run('old', 'new'),
		async onOld() {
			await run('new', 'old');
			await run('old', 'old');
		},
		wantsOld: applications?.commands.new != null || applications?.commands.old != null,
		result() {
			if (applications === null && statements === null) return undefined;
			const [old, now] = (['old', 'new'] as const).map(schema => runs.find(each => each.which === 'api' && each.schema === schema));
			const compared = planned.before && planned.after ? compareStatements(statements!.rows!, planned.before, planned.after) : null;
			return {
				applications: runs,
				...(old?.ok && now?.ok ? {api: compareAnswers(old.output, now.output)} : {}),
				...(compared ? {statements: compared} : statements?.missing ? {statements: {planned: 0, broken: [], unclear: [], missing: statements.missing}} : {}),
			};
		},
	};
}
