/** What tests take from here: real PostgreSQL servers, a fresh database each, and small real Alembic projects. */
export {primaryServer, serverCache, servers, testPrograms} from './servers/pair.ts';
export type {Servers} from './servers/pair.ts';
export {freshDatabase} from './servers/database.ts';
export type {FreshDatabase} from './servers/database.ts';
export {alembicProject, pythonPath, revisionFile, runAlembic} from './servers/alembic-project.ts';
export type {AlembicProject} from './servers/alembic-project.ts';
export {eventually} from './servers/eventually.ts';
