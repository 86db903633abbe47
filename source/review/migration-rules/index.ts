/** All rules about the Python of migrations. */
import type {MigrationRule} from '../migration-rule.ts';
import {asymmetricDowngrade} from './asymmetric-downgrade.ts';
import {autocommitBlockMissing} from './autocommit-block-missing.ts';
import {autocommitBlockNeedless} from './autocommit-block-needless.ts';
import {emptyDowngrade} from './empty-downgrade.ts';
import {executeOfAVariable} from './execute-of-a-variable.ts';
import {hardCodedEnvironment} from './hard-coded-environment.ts';
import {hardCodedSecret} from './hard-coded-secret.ts';
import {modelImported} from './model-imported.ts';
import {nonLinearHistory} from './non-linear-history.ts';
import {nondeterministicValue} from './nondeterministic-value.ts';
import {queryInOfflineMode} from './query-in-offline-mode.ts';
import {updatesInALoop} from './updates-in-a-loop.ts';

export const migrationRules: readonly MigrationRule[] = [
	emptyDowngrade,
	asymmetricDowngrade,
	hardCodedSecret,
	hardCodedEnvironment,
	modelImported,
	queryInOfflineMode,
	executeOfAVariable,
	autocommitBlockMissing,
	autocommitBlockNeedless,
	updatesInALoop,
	nondeterministicValue,
	nonLinearHistory,
];
