/** All formats of a review by their name on the command line. */
import type {Review} from '../finding.ts';
import {formatGithub} from './github.ts';
import {formatGitlab} from './gitlab.ts';
import {formatJson} from './json.ts';
import {formatJunit} from './junit.ts';
import {formatMarkdown} from './markdown.ts';
import {formatPretty} from './pretty.ts';
import {formatSarif} from './sarif.ts';

export const formats = {
	pretty: formatPretty,
	json: formatJson,
	sarif: formatSarif,
	github: formatGithub,
	markdown: formatMarkdown,
	gitlab: formatGitlab,
	junit: formatJunit,
} satisfies Record<string, (review: Review, options?: {color?: boolean; version?: string}) => string>;

export type Format = keyof typeof formats;
