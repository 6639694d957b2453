/**
 * TUF metadata on the models of tuf-js (`@tufjs/models`): form, signatures, expiry, lengths and hashes
 * (spec 6.4, TUF 4 and 5).
 *
 * Signatures are verified over the value that was parsed, not over what a model prints: a model forgets members
 * that it does not know, and puts delegations with names such as `10` and `9` into another order.
 */
import { createPublicKey } from 'node:crypto';
import { Metadata } from '@tufjs/models';
import { digest, knownHashes } from '../document/canonical.js';
import { parseTime } from '../document/grammar.js';
import { decodeUtf8, isObject, member, parseText } from '../document/json.js';
import { NetworkError, RepositoryError } from '../errors.js';

/** @typedef {import('../document/json.js').Json} Json */
/** @typedef {'root' | 'timestamp' | 'snapshot' | 'targets'} Kind */
/** @typedef {{ kind: Kind, bytes: Uint8Array, signed: Record<string, Json>, model: any, version: number, expires: number }} Role */
/** @typedef {{ version: number, length?: number, hashes?: Record<string, string> }} Listed what a timestamp or snapshot says of a file */

const TOP_LEVEL = new Set(['root', 'timestamp', 'snapshot', 'targets']);

/**
 * Reads metadata and checks its form, in the order of section 6.4. Its signatures are not verified yet.
 * @param {Uint8Array} bytes
 * @param {Kind} kind
 * @param {string} stage
 * @returns {Role}
 */
export function parseMetadata(bytes, kind, stage) {
  const text = decodeUtf8(bytes);
  const value = text === null ? undefined : parseText(text);
  // MOTD-GATE-6: the page of a captive portal is no attack.
  if (!isObject(value) || member(value, 'signed') === undefined || member(value, 'signatures') === undefined) {
    throw new NetworkError('not-metadata', stage);
  }
  const signed = member(value, 'signed');
  // MOTD-GATE-7
  if (!isObject(signed) || typeof member(signed, '_type') !== 'string') throw new RepositoryError('malformed', stage);
  if (signed['_type'] !== kind) throw new RepositoryError('wrong-type', stage);
  const specification = member(signed, 'spec_version');
  if (typeof specification !== 'string' || !/^[0-9]+(?:\.[0-9]+){1,2}$/.test(specification)) throw new RepositoryError('malformed', stage);
  if (Number(specification.split('.')[0]) !== 1) throw new RepositoryError('spec-version', stage);
  const version = member(signed, 'version');
  // tuf-js takes an `expires` that is no date for one that never comes.
  const expires = parseTime(member(signed, 'expires'));
  if (!isVersion(version) || expires === null || !hasForm(signed, kind)) throw new RepositoryError('malformed', stage);
  try {
    const model = Metadata.fromJSON(/** @type {any} */ (kind), /** @type {any} */ (value));
    return { kind, bytes, signed, model, version, expires };
  } catch {
    throw new RepositoryError('malformed', stage);
  }
}

/** @param {Json} value */
const isVersion = (value) => Number.isSafeInteger(value) && value >= 1;
/** @param {Json} value */
const isLength = (value) => Number.isSafeInteger(value) && value >= 0;

/** @param {Json} listed */
const isListed = (listed) =>
  isObject(listed) && isVersion(member(listed, 'version')) && (member(listed, 'length') === undefined || isLength(listed['length']));

/** What TUF's section 4 asks and the models of tuf-js let pass. @param {Record<string, Json>} signed @param {Kind} kind */
function hasForm(signed, kind) {
  if (kind === 'root') return isObject(member(signed, 'keys')) && isObject(member(signed, 'roles'));
  if (kind === 'timestamp' || kind === 'snapshot') {
    const meta = member(signed, 'meta');
    return isObject(meta) && Object.values(meta).every(isListed);
  }
  const targets = member(signed, 'targets');
  if (!isObject(targets) || !Object.values(targets).every((entry) => isObject(entry) && isLength(member(entry, 'length')))) return false;
  const delegations = member(signed, 'delegations');
  if (delegations === undefined) return true;
  if (!isObject(delegations)) return false;
  const roles = member(delegations, 'roles') ?? [];
  if (!Array.isArray(roles) || !roles.every(isObject)) return false;
  const names = roles.map((role) => member(role, 'name'));
  // One name twice, or a top-level one, would make two roles out of one version in the snapshot.
  return names.every((name) => typeof name === 'string' && !TOP_LEVEL.has(name)) && new Set(names).size === names.length;
}

/**
 * MOTD-DEL-5, TUF 5: signatures of as many distinct keys as the threshold says, keys compared by value.
 * tuf-js counts key ids: one person with one key under two ids would pass as two.
 * @param {Record<string, any>} keys models of keys by key id
 * @param {{ keyIDs: string[], threshold: number }} role
 * @param {Role} metadata
 * @param {string} stage
 */
export function requireThreshold(keys, role, metadata, stage) {
  const signers = new Set();
  const covered = { signatures: metadata.model.signatures, signed: { toJSON: () => metadata.signed } };
  for (const keyId of role.keyIDs) {
    if (!Object.hasOwn(keys, keyId)) continue;
    const key = keys[keyId];
    try {
      key.verifySignature(covered);
      signers.add(keyValue(key));
    } catch {
      // A signature that is missing, wrong, or of an algorithm that tuf-js does not have counts nothing.
    }
  }
  if (!Number.isSafeInteger(role.threshold) || signers.size < role.threshold) throw new RepositoryError('signature-threshold', stage);
}

const DER_PREFIXES = Object.freeze({ ed25519: '302a300506032b6570032100', p256: '3059301306072a8648ce3d020106082a8648ce3d030107034200' });

/** The value of a public key, whatever its text: PEM with other line ends, hexadecimal in other case. @param {any} key @returns {string} */
function keyValue(key) {
  const text = String(key.keyVal.public);
  if (text.includes('-----BEGIN')) return createPublicKey(text).export({ type: 'spki', format: 'der' }).toString('hex');
  return (key.keyType === 'ed25519' ? DER_PREFIXES.ed25519 : DER_PREFIXES.p256) + text.toLowerCase();
}

/** The key ids of a top-level role, sorted: what a floor is stored with (MOTD-FLOOR-2). @param {Role} root @param {Kind} kind @returns {string[]} */
export const keyIdsOf = (root, kind) => [...root.model.signed.roles[kind].keyIDs].sort();

/** Verifies a top-level role by a root. @param {Role} root @param {Role} metadata @param {string} stage */
export function requireTopLevel(root, metadata, stage) {
  requireThreshold(root.model.signed.keys, root.model.signed.roles[metadata.kind], metadata, stage);
}

/** `expires` at or before the reference time. @param {Role} metadata @param {number} time @param {string} stage */
export function requireUnexpired(metadata, time, stage) {
  if (metadata.expires <= time) throw new RepositoryError('expired', stage);
}

/**
 * Length and every known hash; hashes that this specification does not know say nothing.
 * @param {Uint8Array} bytes
 * @param {{ length?: number, hashes?: Record<string, string> }} listed
 * @param {string} stage
 */
export function requireBytes(bytes, listed, stage) {
  if (listed.length !== undefined && bytes.length !== listed.length) throw new RepositoryError('length-mismatch', stage);
  for (const [name, hash] of knownHashes(listed)) {
    if (digest(name, bytes) !== hash) throw new RepositoryError('hash-mismatch', stage);
  }
}

/**
 * MOTD-GATE-8: the next root is of version N + 1 and signed by the thresholds of both.
 * @param {Role} root
 * @param {Uint8Array} bytes
 * @returns {Role}
 */
export function nextRoot(root, bytes) {
  const next = parseMetadata(bytes, 'root', 'root');
  requireTopLevel(root, next, 'root');
  requireTopLevel(next, next, 'root');
  if (next.version !== root.version + 1) throw new RepositoryError('version-mismatch', 'root');
  return next;
}

/** The configured root: the start of all trust (TUF 5.2). @param {Uint8Array} bytes @returns {Role} */
export function firstRoot(bytes) {
  const root = parseMetadata(bytes, 'root', 'root');
  requireTopLevel(root, root, 'root');
  return root;
}
