/**
 * Floors of one chain of roots: versions below which a client does not go back (spec 6.6). Plain values that are stored as
 * they are.
 */
import { keysOfRole, listedSnapshot } from './metadata.js';

/**
 * @typedef {{
 *   root: number, chain: string[], keys: string[], timestamp: number, snapshot: number, roles: [string, number][]
 * }} Floors
 *   `chain`: the values of the roots that it was raised on; `keys`: those of timestamp and snapshot, by value, when a floor below
 *   root was raised last; `roles`: targets and delegated roles, as a snapshot lists them
 */
/** @typedef {import('./metadata.js').Role} Role */

const ROOTS_LIMIT = 4096;

/** @returns {Floors} */
export const noFloors = () => ({ root: 0, chain: [], keys: [], timestamp: 0, snapshot: 0, roles: [] });

/** @param {Role} root */
const keysOf = (root) => [...keysOfRole(root, 'timestamp'), ...keysOfRole(root, 'snapshot')];

/** MOTD-FLOOR-2: with one of their keys all floors below root go. @param {Floors} floors @param {Role} root @returns {Floors} */
export function floorsUnder(floors, root) {
  const keys = keysOf(root);
  return floors.keys.every((key) => keys.includes(key)) ? floors : { ...noFloors(), root: floors.root, chain: floors.chain, keys };
}

/** @param {Floors} floors @param {string} name */
export const roleFloor = ({ roles }, name) => new Map(roles).get(name) ?? 0;

/** @param {Floors} floors @param {Role} root @returns {Floors} */
export const raiseRoot = (floors, root) => ({
  ...floors,
  root: Math.max(floors.root, root.version),
  chain: [...new Set([...floors.chain, ...(root.chain ?? [])])].slice(-ROOTS_LIMIT),
});

/** @param {Floors} floors @param {Role} root @param {Role} timestamp @returns {Floors} */
export const raiseTimestamp = (floors, root, timestamp) => ({ ...countStoredTimestamp(floors, timestamp, true), keys: keysOf(root) });

/**
 * MOTD-FLOOR-3: what a stored timestamp shows counts as well. What it lists can be void with a key that is gone (MOTD-FLOOR-2),
 * and counts when the file of floors, which had it too, is lost.
 * @param {Floors} floors
 * @param {Role} timestamp
 * @param {boolean} lists
 * @returns {Floors}
 */
export const countStoredTimestamp = (floors, timestamp, lists) => ({
  ...floors,
  timestamp: Math.max(floors.timestamp, timestamp.version),
  snapshot: Math.max(floors.snapshot, lists ? listedSnapshot(timestamp).version : 0),
});

/**
 * The roles that a snapshot lists get their floors with it. Waiting until a role or a later snapshot is verified
 * would give the same refusals: the trusted snapshot is stored, and a stored list counts as well (MOTD-FLOOR-3).
 * @param {Floors} floors
 * @param {Role} snapshot
 * @returns {Floors}
 */
export function raiseSnapshot(floors, snapshot) {
  const roles = new Map(floors.roles);
  for (const [name, { version }] of Object.entries(snapshot.signed['meta'])) roles.set(name, Math.max(version, roles.get(name) ?? 0));
  return { ...floors, snapshot: Math.max(floors.snapshot, snapshot.version), roles: [...roles] };
}
