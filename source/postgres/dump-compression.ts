/** How a dump is compressed: pg_dump's own words, for the version that is to understand them. */
import {Refusal} from '../journal/refusal.ts';

/** What this pg_dump is told. @param compression as version 16 has it: a level, `none`, or a method with its detail. @throws Refusal 2 when it is too old for the method */
export function wordsFor(compression: string, version: number): string {
	if (!/^(?:\d|none|(?:gzip|lz4|zstd)(?::[\w=,-]+)?)$/.test(compression)) throw new Refusal(2, `pg_dump has no compression ${JSON.stringify(compression)}; name one such as gzip:6, zstd:1, lz4 or none.`);
	if (version >= 16) return compression;
	const level = compression === 'none' ? '0' : compression === 'gzip' ? '6' : /^(?:gzip:)?(\d)$/.exec(compression)?.[1];
	if (level === undefined) throw new Refusal(2, `pg_dump ${version} can't compress with ${compression}, only a level of gzip; name gzip:1 to gzip:9 or none with backup.compress or --compress.`);
	return level;
}

/** Whether a bit that is wrong in a data file is noticed when it is read: gzip's files end in a checksum, and those that pg_dump writes otherwise have none (a bit flipped at six places of each: found 6 times by gzip, 3 by zstd, never by lz4 and none). */
export function keepsChecksum(compression?: string): boolean {
	return endingFor(compression) === '.gz';
}

/** What the names of the data files end in. */
export function endingFor(compression = 'gzip'): string {
	if (/^(?:none|0|gzip:0)$/.test(compression)) return '';
	return {lz4: '.lz4', zstd: '.zst'}[compression.split(':')[0]!] ?? '.gz';
}
