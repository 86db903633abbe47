/** The revisions between here and there, with who wrote them, and whether git has them as they are. */
import {commandEvidence, type Check, type Look} from './check.ts';
import {noteEvidence, within} from './evidence.ts';
import {count, failed, listed, notApplicable, passed, warned} from './verdict.ts';

export const alembicHistory: Check = {
	id: 'alembic.history',
	says: 'The history from the database to the target is without a gap, and its files are committed as they are here.',
	why: 'What was reviewed is what git has: a file changed after its review shows as such. Reading the history remains a person\'s work; this puts it in front of them with authors and hashes.',
	proves: 'partly',
	dependsOn: ['current', 'files', 'plan'],
	async run(look) {
		const plan = await look.plan();
		if (plan.revisions.length === 0) return notApplicable('The database is at the target: there is no history between them.');
		const {graph} = await look.project();
		const lines: string[] = [];
		for (const planned of plan.revisions) {
			const revision = graph.revisions.find(each => each.revision === planned.revision);
			lines.push(`${revision?.down.join(', ') || 'base'} → ${planned.revision}: ${planned.doc}`, `  ${within(look.settings.project, planned.file)}, sha256 ${planned.sha256.slice(0, 12)}, ${await readAuthor(look, planned.file)}`);
		}
		const evidence = [noteEvidence(`alembic history -v -r ${plan.from.join(',') || 'base'}:${plan.to.join(',')}`, lines)];
		const planned = new Set(plan.revisions.map(each => each.revision));
		const gaps = graph.revisions.filter(each => planned.has(each.revision) && each.down.some(down => !planned.has(down) && !isApplied(down, plan.from, graph.revisions)));
		if (gaps.length > 0) return failed(`The path has a gap before ${listed(gaps.map(each => each.revision))}.`, evidence);
		const argv = ['git', '-C', look.settings.project, 'status', '--porcelain', '--', ...plan.revisions.map(each => each.file), ...(graph.environment ? [graph.environment.file] : [])];
		const status = await look.run(argv);
		evidence.push(commandEvidence('files on the path that git does not have as they are', argv, status));
		const history = `${count(plan.revisions.length, 'revision')} from ${plan.from.join(', ') || 'base'} to ${plan.to.join(', ')}`;
		if (status.exit !== 0) return warned(`${history}; the project is in no git repository, so who wrote them and whether they were reviewed is not known. For a person: read them and attest; once git has them, a machine tells.`, evidence);
		const dirty = status.stdout.split('\n').filter(Boolean);
		if (dirty.length > 0) return warned(`${history}; ${count(dirty.length, 'file')} ${dirty.length === 1 ? 'is' : 'are'} not committed as here: ${listed(dirty.map(line => line.slice(3)), 3)}.`, evidence);
		return passed(`${history}, all committed as they are here.`, evidence);
	},
};

async function readAuthor(look: Look, file: string): Promise<string> {
	const {exit, stdout} = await look.run(['git', '-C', look.settings.project, 'log', '-1', '--format=%h by %an on %as', '--', file]);
	return exit === 0 && stdout.trim() !== '' ? stdout.trim() : 'not in git';
}

/** Below the database's own revisions everything is applied. */
function isApplied(revision: string, from: readonly string[], revisions: readonly {revision: string; down: string[]; dependsOn: string[]}[]): boolean {
	const seen = new Set<string>();
	const todo = [...from];
	for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
		if (next === revision) return true;
		if (seen.has(next)) continue;
		seen.add(next);
		const found = revisions.find(each => each.revision === next);
		todo.push(...(found?.down ?? []), ...(found?.dependsOn ?? []));
	}
	return false;
}
