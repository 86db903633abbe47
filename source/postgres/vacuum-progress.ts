/** How far a VACUUM or ANALYZE of one backend is. */
import type {Session} from './session.ts';

export interface VacuumProgress {
	/** Such as `scanning heap, 1,204 of 9,100 blocks`. */
	text: string;
	/** Of the table's VACUUM (ANALYZE), 0 to 1: a guess, since how long indexes take is not told beforehand. */
	share: number;
}

/** Null when that backend does neither. pg_stat_progress_analyze came with version 13. */
export async function queryVacuumProgress(session: Session, pid: number): Promise<VacuumProgress | null> {
	const [row] = await session.query<{phase: string; done: number; total: number; analyze: boolean}>(`SELECT phase, CASE WHEN phase = 'vacuuming heap' THEN heap_blks_vacuumed ELSE heap_blks_scanned END::float8 AS done, heap_blks_total::float8 AS total, false AS analyze
		FROM pg_stat_progress_vacuum WHERE pid = $1${session.versionNumber < 130_000 ? '' : `
		UNION ALL SELECT phase, sample_blks_scanned::float8, sample_blks_total::float8, true FROM pg_stat_progress_analyze WHERE pid = $1`}`, [pid]);
	if (row === undefined) return null;
	const {phase, done, total, analyze} = row;
	const part = total > 0 ? Math.min(1, done / total) : 0;
	const [from, width] = analyze ? [0.9, 0.1] : phase === 'scanning heap' || phase === 'initializing' ? [0, 0.6] : phase === 'vacuuming heap' ? [0.75, 0.1] : phase === 'vacuuming indexes' ? [0.6, 0] : [0.85, 0];
	const blocks = total > 0 && (analyze || phase.endsWith('heap')) ? `, ${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} ${analyze ? 'sampled blocks' : 'blocks'}` : '';
	return {text: `${analyze ? 'ANALYZE, ' : ''}${phase}${blocks}`, share: from + width * part};
}
