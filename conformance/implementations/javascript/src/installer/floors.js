/**
 * Floors: versions below which a client does not go back (spec 6.6). Plain values that are stored as they are.
 */
import { keysOfRole, listedSnapshot } from './metadata.js';

/** @typedef {{ version: number, keys: string[] }} Floor `keys`: the keys that it is stored with, by value */
/**
 * @typedef {{
 *   root: Floor | null, timestamp: Floor | null, listed: Floor | null, snapshot: Floor | null, roles: [string, Floor][]
 * }} Floors `listed`: the snapshot, as a timestamp lists it; `roles`: targets and delegated roles, as a snapshot lists them
 */
/** @typedef {import('./metadata.js').Role} Role */

/** @returns {Floors} */
export const noFloors = () => ({ root: null, timestamp: null, listed: null, snapshot: null, roles: [] });

/** MOTD-FLOOR-2: what the table of section 6.6 stores each floor with. @param {Role} root */
const keysOf = (root) => ({
  timestamp: keysOfRole(root, 'timestamp'),
  listed: [...keysOfRole(root, 'timestamp'), ...keysOfRole(root, 'snapshot')],
  snapshot: keysOfRole(root, 'snapshot'),
});

/**
 * Raises, and never lowers. A floor that is void by its keys is replaced.
 * @param {Floor | null | undefined} floor
 * @param {number} version
 * @param {string[]} keys
 * @returns {Floor}
 */
const raise = (floor, version, keys) => ({ version: Math.max(version, valid(floor, keys)), keys });

/** MOTD-FLOOR-2: void when one of its keys is gone. @param {Floor} floor @param {string[]} keys */
const isVoid = (floor, keys) => floor.keys.some((key) => !keys.includes(key));

/** @param {Floor | null | undefined} floor @param {string[]} keys */
const valid = (floor, keys) => (floor && !isVoid(floor, keys) ? floor.version : 0);

/**
 * What counts under a root: the highest floor that is not void.
 * @param {Floors} floors
 * @param {Role} root
 */
export function floorsUnder(floors, root) {
  const keys = keysOf(root);
  const roles = new Map(floors.roles);
  return {
    timestamp: valid(floors.timestamp, keys.timestamp),
    snapshot: Math.max(valid(floors.listed, keys.listed), valid(floors.snapshot, keys.snapshot)),
    role: (/** @type {string} */ name) => valid(roles.get(name), keys.snapshot),
  };
}

/** MOTD-FLOOR-2: it holds for the roots of the chain that it was raised on. @param {Floors} floors @param {Role} root @returns {number} */
export const rootFloor = ({ root: floor }, { chain = [] }) => (floor?.keys.includes(String(chain[0])) ? floor.version : 0);

/** @param {Floors} floors @param {Role} root @returns {Floors} */
export function raiseRoot(floors, root) {
  const before = rootFloor(floors, root);
  const kept = before > 0 ? (floors.root?.keys ?? []) : [];
  return { ...floors, root: { version: Math.max(before, root.version), keys: [...new Set([...kept, ...(root.chain ?? [])])] } };
}

/** @param {Floors} floors @param {Role} root @param {Role} timestamp @returns {Floors} */
export function raiseTimestamp(floors, root, timestamp) {
  const keys = keysOf(root);
  return {
    ...floors,
    timestamp: raise(floors.timestamp, timestamp.version, keys.timestamp),
    listed: raise(floors.listed, listedSnapshot(timestamp).version, keys.listed),
  };
}

/**
 * MOTD-FLOOR-3: what a stored timestamp shows counts as well. It does not show under which snapshot keys it was verified: a
 * floor that is void by them stays void (MOTD-FLOOR-2).
 * @param {Floors} floors
 * @param {Role} root
 * @param {Role} timestamp
 * @returns {Floors}
 */
export function countStoredTimestamp(floors, root, timestamp) {
  const raised = raiseTimestamp(floors, root, timestamp);
  return floors.listed !== null && isVoid(floors.listed, keysOf(root).listed) ? { ...raised, listed: floors.listed } : raised;
}

/**
 * The roles that a snapshot lists get their floors with it. Waiting until a role or a later snapshot is verified
 * would give the same refusals: the trusted snapshot is stored, and a stored list counts as well (MOTD-FLOOR-3).
 * @param {Floors} floors
 * @param {Role} root
 * @param {Role} snapshot
 * @returns {Floors}
 */
export function raiseSnapshot(floors, root, snapshot) {
  const keys = keysOf(root).snapshot;
  const roles = new Map(floors.roles);
  for (const [name, listed] of Object.entries(snapshot.signed['meta'])) roles.set(name, raise(roles.get(name), listed.version, keys));
  return { ...floors, snapshot: raise(floors.snapshot, snapshot.version, keys), roles: [...roles] };
}
