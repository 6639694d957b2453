/**
 * TUF metadata: reading, signatures, expiry, lengths and hashes (spec 6.4, TUF 4 and 5).
 *
 * Signatures are verified over the value that was parsed, and everything is taken from that value (MOTD-CARRY-4).
 */
import { canonicalForm, digest, knownHashes } from '../document/canonical.js';
import { parseTime } from '../document/grammar.js';
import { decodeUtf8, isObject, member, parseText } from '../document/json.js';
import { NetworkError, RepositoryError } from '../errors.js';
import { hasForm, isMetadataText, isSignatures, isWithinLimits } from './form.js';
import { signerOf, valueOfKey } from './keys.js';

/** @typedef {import('../document/json.js').Json} Json */
/** @typedef {import('./form.js').Kind} Kind */
/** @typedef {import('./delegations.js').Signers} Signers */
/**
 * @typedef {{
 *   kind: Kind, bytes: Uint8Array, signed: Record<string, Json>, signatures: { keyid: string, sig: string }[], version: number, expires: number, chain?: string[]
 * }} Role
 *   `chain`: of a root, the values of the roots from the configured one to it
 */
/** @typedef {{ version: number, length?: number, hashes?: Record<string, string> }} Listed what a timestamp or snapshot says of a file */

/**
 * Reads metadata and checks its form, in the order of section 6.4. Its signatures are not verified yet.
 * @param {Uint8Array} bytes
 * @param {Kind} kind
 * @param {string} stage
 * @param {{ length?: number, hashes?: Record<string, string> }} [listed] what another role says of these bytes
 * @returns {Role}
 */
export function parseMetadata(bytes, kind, stage, listed = {}) {
  const text = decodeUtf8(bytes);
  const value = text === null || !isMetadataText(text) ? undefined : parseText(text);
  // MOTD-GATE-6: the page of a captive portal is no attack.
  if (!isObject(value) || member(value, 'signed') === undefined || member(value, 'signatures') === undefined) {
    throw new NetworkError('not-metadata', stage);
  }
  requireBytes(bytes, listed, stage);
  const { signed, signatures } = value;
  // MOTD-GATE-7. What says that it is something else is not judged by a form that is not its own.
  if (!isObject(signed) || typeof member(signed, '_type') !== 'string') throw new RepositoryError('malformed', stage);
  if (signed['_type'] !== kind) throw new RepositoryError('wrong-type', stage);
  const major = majorOf(member(signed, 'spec_version'));
  if (major === null) throw new RepositoryError('malformed', stage);
  if (major !== '1') throw new RepositoryError('spec-version', stage);
  if (!hasForm(signed, kind) || !isSignatures(signatures)) throw new RepositoryError('malformed', stage);
  if (!isWithinLimits(signed, signatures, kind)) throw new RepositoryError('too-many-entries', stage);
  return { kind, bytes, signed, signatures, version: signed['version'], expires: Number(parseTime(signed['expires'])) };
}

/** Two or three numbers (spec 6.4). @param {Json} text @returns {string | null} */
const majorOf = (text) => (typeof text === 'string' && /^(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*)){1,2}$/.test(text) ? String(text.split('.')[0]) : null);

/**
 * MOTD-DEL-5, TUF 5: signatures of as many distinct keys as the threshold says, keys compared by value. One person
 * with one key under two ids would otherwise pass as two.
 * @param {Record<string, Json>} keys by key id
 * @param {Signers} role
 * @param {Role} metadata
 * @param {string} stage
 * @returns {{ keyid: string, sig: string }[]} the signatures that counted
 */
export function requireThreshold(keys, role, metadata, stage) {
  const form = canonicalForm(metadata.signed);
  const signers = new Set();
  /** @type {{ keyid: string, sig: string }[]} */
  const counted = [];
  for (const { keyid, sig } of metadata.signatures) {
    // MOTD-GATE-17: no more than are needed are verified.
    if (signers.size >= role.threshold) return counted;
    const key = role.keyids.includes(keyid) ? member(keys, keyid) : undefined;
    // A value without a canonical form is signed by nobody.
    const signer = key === undefined || form === null ? null : signerOf(key, form, sig);
    if (signer === null || signers.has(signer)) continue;
    signers.add(signer);
    counted.push({ keyid, sig });
  }
  if (signers.size < role.threshold) throw new RepositoryError('signature-threshold', stage);
  return counted;
}

/**
 * The keys of a top-level role by value, each with the name of the role: what a floor is stored with (MOTD-FLOOR-2).
 * @param {Role} root @param {Kind} kind @returns {string[]}
 */
export const keysOfRole = (root, kind) =>
  /** @type {string[]} */ (root.signed['roles'][kind].keyids)
    .map((id) => valueOfKey(member(root.signed['keys'], id)))
    .flatMap((value) => (value === null ? [] : [`${kind} ${value}`]));

/** Verifies a top-level role by a root. @param {Role} root @param {Role} metadata @param {string} stage */
export function requireTopLevel(root, metadata, stage) {
  return requireThreshold(root.signed['keys'], root.signed['roles'][metadata.kind], metadata, stage);
}

/** What a timestamp says of the snapshot. @param {Role} timestamp @returns {Listed} */
export const listedSnapshot = (timestamp) => timestamp.signed['meta']['snapshot.json'];

/** `expires` at or before the reference time. @param {Role} metadata @param {number} time @param {string} stage */
export function requireUnexpired(metadata, time, stage) {
  if (metadata.expires <= time) throw new RepositoryError('expired', stage);
}

/**
 * Length and every known hash; hashes of which none is known cannot be compared, and were stated to be.
 * @param {Uint8Array} bytes
 * @param {{ length?: number, hashes?: Record<string, string> }} listed
 * @param {string} stage
 */
export function requireBytes(bytes, listed, stage) {
  if (listed.length !== undefined && bytes.length !== listed.length) throw new RepositoryError('length-mismatch', stage);
  const known = knownHashes(listed);
  if (listed.hashes !== undefined && known.length === 0) throw new RepositoryError('hash-mismatch', stage);
  for (const [name, hash] of known) {
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
  const counted = [...requireTopLevel(root, next, 'root'), ...requireTopLevel(next, next, 'root')];
  if (next.version !== root.version + 1) throw new RepositoryError('version-mismatch', 'root');
  // What is not signed of it could be as long as a root may be, and is not stored (section 6.7).
  const signatures = [...new Map(counted.map((one) => [one.keyid, one])).values()];
  const signed = Buffer.from(JSON.stringify({ signatures, signed: next.signed }));
  return { ...next, bytes: signed, chain: [...(root.chain ?? []), valueOfRoot(next)] };
}

/** The configured root: the start of all trust (TUF 5.2). @param {Uint8Array} bytes @returns {Role} */
export function firstRoot(bytes) {
  const root = parseMetadata(bytes, 'root', 'root');
  requireTopLevel(root, root, 'root');
  return { ...root, chain: [valueOfRoot(root)] };
}

/** What the signatures of a root cover has one value, whatever its bytes are. @param {Role} root */
export const valueOfRoot = ({ signed }) => digest('sha256', canonicalForm(signed) ?? Buffer.of());
