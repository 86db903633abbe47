/** The statements of one poll, in the order they are sent. */
import {activity} from './activity.ts';
import {contested} from './contested.ts';
import {instance} from './instance.ts';
import {prepared} from './prepared.ts';
import {progress} from './progress.ts';
import {receiver} from './receiver.ts';
import {replication} from './replication.ts';
import {server} from './server.ts';
import {slots} from './slots.ts';
import {tables} from './tables.ts';
import {wraparound} from './wraparound.ts';

export const pollQueries = {instance, activity, contested, progress, replication, receiver, slots, prepared, tables, wraparound, server} as const;
export type PollQueryName = keyof typeof pollQueries;
/** What each of them reads. */
export type PollReadings = {[N in PollQueryName]: ReturnType<(typeof pollQueries)[N]['parse']>};
