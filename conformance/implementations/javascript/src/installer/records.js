/**
 * How what is stored is written as JSON, and read again with every doubt (spec 6.7: a folder is worth nothing by itself).
 */
import { StateError } from '../errors.js';

/** @typedef {import('./floors.js').Floors} Floors */
/** @typedef {import('./workflow.js').FileSet} FileSet */
/** @typedef {import('../display/seen.js').Seen} Seen */

/** @param {unknown} condition @returns {asserts condition} */
function demand(condition) {
  if (!condition) throw new StateError('corrupt');
}

/** @param {any} value @returns {value is number} */
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;

/** @param {any} value @returns {Uint8Array} */
function bytesOf(value) {
  demand(typeof value === 'string');
  return Buffer.from(value, 'base64');
}

/** @param {Uint8Array | null} bytes */
const textOf = (bytes) => (bytes === null ? null : Buffer.from(bytes).toString('base64'));

/** @param {FileSet} set */
export const encodeSet = (set) => ({
  timestamp: textOf(set.timestamp),
  snapshot: textOf(set.snapshot),
  roles: set.roles.map(([name, bytes]) => [name, textOf(bytes)]),
  target: textOf(set.target),
});

/** @param {any} value @returns {FileSet} */
export function decodeSet(value) {
  demand(Array.isArray(value.roles));
  const optional = (/** @type {any} */ one) => (one === null ? null : bytesOf(one));
  return {
    timestamp: optional(value.timestamp),
    snapshot: optional(value.snapshot),
    roles: value.roles.map((/** @type {any} */ pair) => {
      demand(Array.isArray(pair) && typeof pair[0] === 'string');
      return [pair[0], bytesOf(pair[1])];
    }),
    target: optional(value.target),
  };
}

/** @param {Uint8Array} bytes */
export const encodeRoot = (bytes) => ({ root: textOf(bytes) });

/** @param {any} value @returns {Uint8Array} */
export const decodeRoot = (value) => bytesOf(value.root);

/**
 * MOTD-STATE-6: one floor that cannot be read takes no other away.
 * @param {any} value
 * @returns {Floors}
 */
export function decodeFloors(value) {
  demand(typeof value === 'object' && value !== null);
  const count = (/** @type {any} */ one) => (isCount(one) ? one : 0);
  const strings = (/** @type {any} */ list) => (Array.isArray(list) ? list.filter((one) => typeof one === 'string') : []);
  const roles = (Array.isArray(value.roles) ? value.roles : []).filter((/** @type {any} */ pair) => Array.isArray(pair) && typeof pair[0] === 'string' && isCount(pair[1]));
  return { root: count(value.root), chain: strings(value.chain), keys: strings(value.keys), timestamp: count(value.timestamp), snapshot: count(value.snapshot), roles };
}

/** @param {any} value @returns {Seen} */
export function decodeSeen(value) {
  const times = (/** @type {any} */ list) => {
    demand(Array.isArray(list) && list.every(Number.isSafeInteger));
    return list;
  };
  const entries = Object.entries(value.notices).map(([id, entry]) => {
    const { revision, displayed, acknowledged, applied, ends, cleared = false } = /** @type {any} */ (entry);
    demand(isCount(revision) && isCount(acknowledged) && isCount(applied) && Number.isSafeInteger(ends) && (displayed === null || Number.isSafeInteger(displayed)) && typeof cleared === 'boolean');
    return [id, { revision, displayed, acknowledged, applied, ends, cleared }];
  });
  return { notices: Object.fromEntries(entries), charged: { critical: times(value.charged.critical), other: times(value.charged.other) } };
}
