/** A session's query in full, and its plan, each to be read with scrolling. */
import type {ActiveSession} from '../../journal/shapes/sample.ts';
import type {SessionQuery} from '../../postgres/explain.ts';
import {bytes, seconds} from '../parts/figures.ts';
import {line, span, type Line} from '../parts/line.ts';
import {printable} from '../parts/printable.ts';
import {highlight} from '../parts/sql.ts';
import type {TextDialog} from './dialog.ts';

export interface ExplainAnswer {
	query: string;
	plan: string[];
	parameters: number;
}

/** What nobody reads on a screen to its end, and what every frame would have to wrap; `y` copies all of it. */
const shownCharacters = 30_000;

export function queryDialog(session: ActiveSession, {query, complete, limitBytes}: SessionQuery): TextDialog {
	const rest = query.length - shownCharacters;
	return {
		kind: 'text', top: 0, title: `Query of session ${session.pid}`, copy: query,
		body: [
			...headLines(session),
			[],
			// Printable before it is coloured: what is wrapped has to be as long as what is drawn.
			...query.slice(0, shownCharacters).replaceAll('\r\n', '\n').replaceAll('\t', '    ').split('\n').map(text => highlight(printable(text)) as Line),
			...(rest > 0 ? [line(`… and ${bytes(Buffer.byteLength(query.slice(shownCharacters)))} more; y copies all of it`, 'warn')] : []),
			...(complete ? [] : [line(`The server has cut it off here: track_activity_query_size is ${bytes(limitBytes)}.`, 'warn')]),
		],
		keys: [{key: 'e', says: 'explain: the plan, without running it', then: {kind: 'binding', id: 'explain'}}],
	};
}

/** Who it is, where from, and what it is at. */
function headLines({application, user, client, database, state, seconds: since, transactionSeconds, waitEvent, blockedBy}: ActiveSession): Line[] {
	const idle = state?.startsWith('idle') ?? false;
	return [
		line([application || 'no application name', user, client === null ? '' : client === 'local' ? 'local' : `from ${client}`, database === undefined ? '' : `in ${database}`].filter(Boolean).join(', '), 'dim'),
		[
			span(`${state ?? 'state unknown'}${idle ? `, and this ran last, ${seconds(since)} ago` : ` for ${seconds(since)}`}${transactionSeconds === null ? '' : `, transaction open ${seconds(transactionSeconds)}`}`, 'dim'),
			span(blockedBy.length > 0 ? `, waits for ${blockedBy.slice(0, 5).join(', ')}${blockedBy.length > 5 ? ', …' : ''}` : waitEvent === null || idle ? '' : `, waits for ${waitEvent}`, 'warn'),
		],
	];
}

export function planDialog(session: ActiveSession, {plan, parameters}: ExplainAnswer): TextDialog {
	return {
		kind: 'text', top: 0, title: `Plan of session ${session.pid}'s query`, copy: plan.join('\n'),
		body: [
			line(`As the server would plan it now for our role and search_path; nothing was run.${parameters > 0 ? ' Its parameters are open: this is the generic plan, and with values it may be another.' : ''}`, 'dim'),
			[],
			...plan.map(text => line(text)),
		],
		keys: [{key: 'q', says: 'the query', then: {kind: 'binding', id: 'query'}}],
	};
}
