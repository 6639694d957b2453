/**
 * Steps 6 to 11 of the run: from the root probe to the document (spec 6.2, TUF 5.3 to 5.7).
 *
 * The same steps verify a stored set again (MOTD-GATE-4): then there are no floors, and nothing to ask.
 */
import { knownHashes } from '../document/canonical.js';
import { isObject, member } from '../document/json.js';
import { TARGET_LIMIT, judge, refused } from '../document/judge.js';
import { MirrorError, MotdError, NetworkError, RepositoryError } from '../errors.js';
import { BUNDLE, BUNDLE_LIMIT, answersOf } from './bundle.js';
import { delegationsTo } from './delegations.js';
import { countStoredTimestamp, floorsUnder, raiseRoot, raiseSnapshot, raiseTimestamp, roleFloor } from './floors.js';
import { listedSnapshot, nextRoot, parseMetadata, requireBytes, requireThreshold, requireTopLevel, requireUnexpired } from './metadata.js';

/** @typedef {import('./metadata.js').Role} Role */
/** @typedef {import('./delegations.js').Delegation} Delegation */
/** @typedef {import('./floors.js').Floors} Floors */
/** @typedef {import('../document/judge.js').Judgement} Judgement */
/** @typedef {{ timestamp: Uint8Array | null, snapshot: Uint8Array | null, roles: [string, Uint8Array][], target: Uint8Array | null }} FileSet */
/**
 * @typedef {{
 *   time: number, repository: string, kind?: 'sidecar' | 'in-band',
 *   get: (folder: 'metadata' | 'targets', name: string, limit: number, stage: string) => Promise<{ status: number, bytes: Uint8Array }>,
 *   requireTime: (stage: string) => void,
 *   trusted: { root: Role, floors: Floors, stored: FileSet[] }, received?: { bytes: number, signatures: number },
 *   keep: { root: (role: Role) => void, floors: (floors: Floors) => void, staged: (set: FileSet) => void }
 * }} Session
 *   `stored`: staged files first, then the complete set; `keep` stores what was verified, as soon as it was
 */

/** The one path that is looked at (MOTD-CARRY-1). */
export const RESERVED_PATH = 'motd/notices.json';

const LIMITS = Object.freeze({ root: 512_000, timestamp: 16_384, snapshot: 2_000_000, targets: 5_000_000 });
const ROOTS_LIMIT = 256;
const DELEGATIONS_LIMIT = 3;
const RUN_LIMIT = 16_000_000;
const SIGNATURES_LIMIT = 4_096;

/** A file that timestamp or snapshot named and that answers 404 (MOTD-GATE-11). */
class MissingFile extends NetworkError {}

/**
 * @param {Session} session
 * @returns {Promise<{ judgement: Judgement | null, set: FileSet }>} no judgement: no target, and nothing to say
 */
export async function refresh(session) {
  session.received = { bytes: 0, signatures: 0 };
  await probeRoots(session);
  // MOTD-PRIV-2: what is stored is neither asked for nor used in its place (MOTD-BUNDLE-4), so no requests differ.
  if (session.kind === 'sidecar') return fromTimestamp({ ...session, get: await bundleOf(session) });
  try {
    return await fromTimestamp(session);
  } catch (error) {
    // MOTD-GATE-11: once in a run; the second 404 is unavailability, `status`.
    if (!(error instanceof MissingFile)) throw error;
    return fromTimestamp(session);
  }
}

/** @param {Session} session */
async function bundleOf(session) {
  const { status, bytes } = await requestFile(session, 'metadata', BUNDLE, BUNDLE_LIMIT, 'timestamp');
  if (status !== 200) throw new NetworkError('status', 'timestamp');
  return answersOf(bytes);
}

/**
 * A file, when all bodies of the run together stay within their limit (MOTD-GATE-14).
 * @param {Session} session
 * @param {'metadata' | 'targets'} folder
 * @param {string} name
 * @param {number} limit
 * @param {string} stage
 */
async function requestFile({ get, received = { bytes: 0, signatures: 0 } }, folder, name, limit, stage) {
  const answer = await get(folder, name, Math.min(limit, RUN_LIMIT - received.bytes), stage);
  if (answer.status === 200) received.bytes += answer.bytes.length;
  return answer;
}

/** MOTD-GATE-17: what one role may have, many roles have together. @param {Session} session @param {Role} role @param {string} stage @returns {Role} */
function counted({ received = { bytes: 0, signatures: 0 } }, role, stage) {
  received.signatures += role.signatures.length;
  if (received.signatures > SIGNATURES_LIMIT) throw new RepositoryError('too-many-entries', stage);
  return role;
}

/** @param {Session} session @returns {Promise<void>} */
async function probeRoots(session) {
  const { trusted } = session;
  try {
    await followRoots(session);
  } finally {
    // A stored root is a floor by itself (MOTD-FLOOR-3), so one wait for the disk is enough for a chain.
    keepFloors(session, raiseRoot(trusted.floors, trusted.root));
  }
}

/** @param {Session} session @returns {Promise<void>} */
async function followRoots(session) {
  const { trusted } = session;
  for (let accepted = 0; ; accepted += 1) {
    const { status, bytes } = await requestFile(session, 'metadata', `${trusted.root.version + 1}.root.json`, LIMITS.root, 'root');
    // MOTD-GATE-10
    if (status === 404 || status === 403) break;
    if (status !== 200) throw new NetworkError('status', 'root');
    // MOTD-GATE-13: those that were accepted stay accepted.
    if (accepted === ROOTS_LIMIT) throw new RepositoryError('too-many-roots', 'root');
    session.requireTime('root');
    trusted.root = counted(session, nextRoot(trusted.root, bytes), 'root');
    session.keep.root(trusted.root);
  }
}

/** MOTD-FLOOR-1: stored as soon as it is raised. @param {Session} session @param {Floors} floors */
function keepFloors(session, floors) {
  session.trusted.floors = floors;
  session.keep.floors(floors);
}

/**
 * Steps 7 to 11 under the root that is trusted now.
 * @param {Session} session
 * @returns {Promise<{ judgement: Judgement | null, set: FileSet }>}
 */
export async function fromTimestamp(session) {
  const { root } = session.trusted;
  if (root.version < session.trusted.floors.root) throw new RepositoryError('rollback', 'root');
  requireUnexpired(root, session.time, 'root');
  const stored = storedUnder(root, session.trusted.stored);
  // MOTD-FLOOR-3: a floor that the stored metadata shows counts as one that the file of floors shows.
  let floors = floorsUnder(session.trusted.floors, root);
  const isLost = session.trusted.floors.keys.length === 0;
  for (const timestamp of stored.timestamps) floors = countStoredTimestamp(floors, timestamp, isLost);
  for (const snapshot of stored.snapshots) floors = raiseSnapshot(floors, snapshot);
  session.trusted.floors = floors;

  const timestamp = await timestampStep(session, stored.timestamps);
  /** @type {FileSet} */
  const set = { timestamp: timestamp.bytes, snapshot: null, roles: [], target: null };
  session.keep.staged(set);
  const snapshot = await snapshotStep(session, timestamp, stored.snapshots);
  set.snapshot = snapshot.bytes;
  session.keep.staged(set);
  const entry = await searchStep(session, snapshot, set);
  return { judgement: entry === null ? null : await documentStep(session, entry, set), set };
}

/**
 * What is stored and verifies under the root; highest versions first. The rest is no longer trusted.
 * @param {Role} root
 * @param {FileSet[]} stored
 */
function storedUnder(root, stored) {
  const verified = (/** @type {'timestamp' | 'snapshot'} */ kind) =>
    stored
      .flatMap((set) => {
        const bytes = set[kind];
        const role = bytes === null ? null : attempt(() => parseMetadata(bytes, kind, kind));
        return role !== null && attempt(() => (requireTopLevel(root, role, kind), true)) ? [role] : [];
      })
      .sort((one, other) => other.version - one.version);
  return { timestamps: verified('timestamp'), snapshots: verified('snapshot') };
}

/** @template T @param {() => T} action @returns {T | null} */
function attempt(action) {
  try {
    return action();
  } catch (error) {
    if (error instanceof MotdError && error.code !== 'timeout') return null;
    throw error;
  }
}

/** @param {Session} session @param {Role[]} stored @returns {Promise<Role>} */
async function timestampStep(session, stored) {
  const { root, floors } = session.trusted;
  const { status, bytes } = await requestFile(session, 'metadata', 'timestamp.json', LIMITS.timestamp, 'timestamp');
  if (status !== 200) throw new NetworkError('status', 'timestamp');
  const offered = counted(session, parseMetadata(bytes, 'timestamp', 'timestamp'), 'timestamp');
  requireTopLevel(root, offered, 'timestamp');
  // MOTD-GATE-9: its expiry is not looked at.
  if (offered.version < floors.timestamp) throw new MirrorError('stale-mirror', 'timestamp');
  // TUF 5.4.3.1: an equal version is the trusted one.
  const timestamp = stored[0]?.version === offered.version ? stored[0] : offered;
  // MOTD-FLOOR-1, TUF 5.4.3.2
  if (listedSnapshot(timestamp).version < floors.snapshot) throw new RepositoryError('rollback', 'timestamp');
  requireUnexpired(timestamp, session.time, 'timestamp');
  keepFloors(session, raiseTimestamp(session.trusted.floors, root, timestamp));
  return timestamp;
}

/** @param {Session} session @param {Role} timestamp @param {Role[]} stored @returns {Promise<Role>} */
async function snapshotStep(session, timestamp, stored) {
  const { root, floors } = session.trusted;
  const listed = listedSnapshot(timestamp);
  const trusted = stored[0];
  const verify = (/** @type {Uint8Array} */ bytes) => {
    session.requireTime('snapshot');
    const snapshot = parseMetadata(bytes, 'snapshot', 'snapshot', listed);
    requireTopLevel(root, snapshot, 'snapshot');
    if (snapshot.version !== listed.version) throw new RepositoryError('version-mismatch', 'snapshot');
    const meta = snapshot.signed['meta'];
    // MOTD-FLOOR-1
    if (Object.entries(meta).some(([name, { version }]) => version < roleFloor(floors, name))) throw new RepositoryError('rollback', 'snapshot');
    // MOTD-GATE-7: a role that was listed once is listed for ever.
    if (trusted && !Object.keys(trusted.signed['meta']).every((name) => Object.hasOwn(meta, name))) throw new RepositoryError('snapshot-removed', 'snapshot');
    requireUnexpired(snapshot, session.time, 'snapshot');
    return snapshot;
  };
  const usable = session.kind === 'sidecar' ? [] : stored;
  const kept = usable.map(({ bytes }) => attempt(() => verify(bytes))).find((role) => role !== null);
  const snapshot = kept ?? counted(session, verify(await download(session, 'snapshot', listed, LIMITS.snapshot, 'snapshot')), 'snapshot');
  keepFloors(session, raiseSnapshot(session.trusted.floors, snapshot));
  return snapshot;
}

/**
 * A file that a timestamp or snapshot named, under the limit of section 6.5 and the length that they state.
 * @param {Session} session
 * @param {string} name of the role
 * @param {{ version: number, length?: number }} listed
 * @param {number} limit
 * @param {string} stage
 */
async function download(session, name, listed, limit, stage) {
  // MOTD-GATE-14: a stated length above the limit is too long before anything is asked for.
  if (listed.length !== undefined && listed.length > limit) throw new NetworkError('too-long', stage);
  const consistent = session.trusted.root.signed['consistent_snapshot'] === true;
  // Section 6.5, before a request.
  if (Buffer.byteLength(name) > 512) throw new RepositoryError('malformed', stage);
  // A role is called what its signer likes: as one segment of a URL it leads nowhere else.
  const file = `${consistent ? `${listed.version}.` : ''}${encoded(name)}.json`;
  const { status, bytes } = await requestFile(session, 'metadata', file, Math.min(limit, listed.length ?? limit), stage);
  if (status === 404) throw new MissingFile('status', stage);
  if (status !== 200) throw new NetworkError('status', stage);
  return bytes;
}

/** All but the unreserved characters of RFC 3986, percent-encoded. @param {string} name */
const encoded = (name) => encodeURIComponent(name).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * Steps 9 and 10: top-level targets, then the search in TUF's order: preorder, depth first, each role once,
 * a terminating delegation ending it.
 * @param {Session} session
 * @param {Role} snapshot
 * @param {FileSet} set
 * @returns {Promise<Record<string, any> | null>} the target entry
 */
async function searchStep(session, snapshot, set) {
  const { root } = session.trusted;
  /** @type {(Delegation & { stage: string })[]} the next one last */
  const open = [{ name: 'targets', stage: 'targets', keys: root.signed['keys'], signers: root.signed['roles'].targets }];
  const visited = new Set();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (visited.has(next.name)) continue;
    // MOTD-GATE-15: top-level targets is not counted.
    if (visited.size > DELEGATIONS_LIMIT) throw new RepositoryError('too-many-delegations', 'delegation');
    visited.add(next.name);
    const role = await roleStep(session, snapshot, next);
    set.roles.push([next.name, role.bytes]);
    session.keep.staged(set);
    const entry = member(role.signed['targets'], RESERVED_PATH);
    if (entry !== undefined) return entry;
    const { matching, terminating } = delegationsTo(role.signed, RESERVED_PATH);
    if (terminating) open.length = 0;
    open.push(...matching.reverse().map((delegation) => ({ ...delegation, stage: 'delegation' })));
  }
  return null;
}

/**
 * Targets or a delegated role: from the store if it passes every check, else from the network.
 * @param {Session} session
 * @param {Role} snapshot
 * @param {Delegation & { stage: string }} wanted
 * @returns {Promise<Role>}
 */
async function roleStep(session, snapshot, { name, stage, keys, signers }) {
  const listed = member(snapshot.signed['meta'], `${name}.json`);
  // A role that the snapshot does not list has no version that could be the listed one.
  if (listed === undefined) throw new RepositoryError('version-mismatch', stage);
  const verify = (/** @type {Uint8Array} */ bytes) => {
    // MOTD-NET-2: it holds while stored roles are verified, too.
    session.requireTime(stage);
    const metadata = parseMetadata(bytes, 'targets', stage, listed);
    requireThreshold(keys, signers, metadata, stage);
    if (metadata.version !== listed.version) throw new RepositoryError('version-mismatch', stage);
    requireUnexpired(metadata, session.time, stage);
    return metadata;
  };
  const sets = session.kind === 'sidecar' ? [] : session.trusted.stored;
  const stored = sets.flatMap((set) => set.roles.filter(([one]) => one === name).map(([, bytes]) => bytes));
  const kept = stored.map((bytes) => attempt(() => verify(bytes))).find((metadata) => metadata !== null);
  if (kept === undefined) return counted(session, verify(await download(session, name, listed, LIMITS.targets, stage)), stage);
  // MOTD-GATE-14: else several runs would store what no run may fetch.
  const { received = { bytes: 0, signatures: 0 } } = session;
  received.bytes += kept.bytes.length;
  if (received.bytes > RUN_LIMIT) throw new NetworkError('too-long', stage);
  return kept;
}

/**
 * Step 11: the document of a target entry, by the carrier that the entry has.
 * @param {Session} session
 * @param {Record<string, any>} entry
 * @param {FileSet} set
 * @returns {Promise<Judgement>}
 */
async function documentStep(session, entry, set) {
  const custom = member(entry, 'custom');
  // MOTD-CARRY-2: whatever the value is. MOTD-CARRY-4: the parsed value whose canonical form was signed.
  if (isObject(custom) && Object.hasOwn(custom, 'motd')) return judge(custom['motd'], session.repository, { entry });
  if (entry['length'] > TARGET_LIMIT) return refused('document-too-large'); // MOTD-BYTES-1, before a request
  const hashes = knownHashes(entry);
  if (hashes.length === 0) return refused('carrier-no-hash'); // MOTD-CARRY-8
  const sets = session.kind === 'sidecar' ? [] : session.trusted.stored;
  const stored = sets.map(({ target }) => target).find((bytes) => bytes && attempt(() => (requireBytes(bytes, entry, 'target'), true)));
  const target = stored ?? (await downloadTarget(session, entry, String(hashes[0]?.[1])));
  requireBytes(target, entry, 'target'); // MOTD-CARRY-8
  set.target = target;
  return judge(target, session.repository);
}

/** @param {Session} session @param {Record<string, any>} entry @param {string} hash SHA-256, or SHA-512 without one */
async function downloadTarget(session, entry, hash) {
  const consistent = session.trusted.root.signed['consistent_snapshot'] === true;
  // A hash that is no hexadecimal is that of no file, and is no part of a URL.
  if (!/^(?:[0-9a-f]{64}){1,2}$/.test(hash)) throw new RepositoryError('hash-mismatch', 'target');
  const { status, bytes } = await requestFile(session, 'targets', consistent ? `motd/${hash}.notices.json` : RESERVED_PATH, entry['length'], 'target');
  if (status !== 200) throw new NetworkError('status', 'target');
  return bytes;
}
