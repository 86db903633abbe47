/** Starts the project's Python while the rest of this program is still being loaded: it takes the longer of the two. */
import {startReaders} from '../alembic/ask.ts';
import {openProject} from '../alembic/project.ts';
import type {Settings} from '../config/settings.ts';

/** For what is going to be planned; where the interpreter has to be looked for first, nothing. What is wrong is told by who asks. */
export function startPythons({settings, environment}: {settings: Settings; environment: NodeJS.ProcessEnv}): void {
	if (!settings.alembic.python) return;
	openProject({directory: settings.project, alembic: settings.alembic, environment, trusting: true}).then(startReaders, () => {});
}
