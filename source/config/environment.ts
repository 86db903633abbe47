/** Which environment a database belongs to. */
import type {Environment} from '../journal/shapes/plan.ts';
import type {Settings} from './settings.ts';

/**
 * The name given by flag or configuration, else that of the first rule whose host and database both fit;
 * `unknown` (which counts as production) when none does.
 */
export function environmentOf({settings, host, database}: {settings: Pick<Settings, 'environment' | 'environmentRules'>; host: string; database: string}): Environment {
	if (settings.environment) return settings.environment;
	const rule = settings.environmentRules.find(candidate => fits(candidate.host, host) && fits(candidate.database, database));
	return rule?.name ?? 'unknown';
}

/** `*` stands for anything, also nothing; hosts and databases are compared without regard to case. */
function fits(glob: string | undefined, text: string): boolean {
	if (glob === undefined) return true;
	const pattern = glob.split('*').map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
	return new RegExp(`^${pattern}$`, 'is').test(text);
}
