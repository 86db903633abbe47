/** The sandbox's pending revisions, as demo/shop/migrations/versions has them. */
export {appliedRevision} from '../prepare.ts';

/** Additive, an index built CONCURRENTLY, a backfill in batches. */
export const safeRevisions = ['f13b8e60a2d4', '6c0d52b7e9f1', '0ae4917cd3b6'];
export const lastSafeRevision = '0ae4917cd3b6';
/** Rewrites the large table under the strongest lock. */
export const dangerousRevision = '5e7f20d1b48c';
