/**
 * A signed repository in memory, on a loopback server, that a test changes and publishes again. It signs with its own
 * few lines, so that it shares no code with what it tests but the document bytes.
 */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesOf, document, notice, REPOSITORY } from './support.js';

/** 2026-11-10T00:00:00Z */
export const NOW = Date.UTC(2026, 10, 10) / 1000;
const DAY = 86_400;

/** @param {number} seconds */
const time = (seconds) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
/** @param {Uint8Array} bytes */
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** @typedef {{ id: string, tuf: any, sign: (bytes: Buffer) => string }} Key */

/** @returns {Key} */
export function makeKey() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const hex = publicKey.export({ type: 'spki', format: 'der' }).subarray(12).toString('hex');
  const tuf = { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: hex } };
  return { id: sha256(bytesOf(tuf)), tuf, sign: (bytes) => sign(null, bytes, privateKey).toString('hex') };
}

/** @param {any} signed @param {Key[]} keys */
export function envelope(signed, keys) {
  const bytes = bytesOf(signed);
  return Buffer.from(JSON.stringify({ signatures: keys.map((key) => ({ keyid: key.id, sig: key.sign(bytes) })), signed }, null, 1));
}

export class Simulator {
  keys = { root: [makeKey()], timestamp: [makeKey()], snapshot: [makeKey()], targets: [makeKey()], motd: [makeKey()] };
  versions = { root: 0, timestamp: 0, snapshot: 0, targets: 0, motd: 0 };
  expires = { root: NOW + 300 * DAY, timestamp: NOW + DAY, snapshot: NOW + 7 * DAY, targets: NOW + 90 * DAY, motd: NOW + 30 * DAY };
  /** @type {Map<string, Buffer>} */
  files = new Map();
  /** @type {Map<string, (answer: import('node:http').ServerResponse) => void>} */
  answers = new Map();
  /** @type {{ path: string, headers: import('node:http').IncomingHttpHeaders }[]} */
  requests = [];
  /** @type {any} */
  document = document({ notices: [notice({ severity: 'warning' })] });
  /** @type {'custom' | 'target'} */
  carrier = 'custom';
  /** Changes of what is signed, by role. @type {Record<string, (signed: any) => void>} */
  edits = {};
  /** @type {Buffer[]} */
  roots = [];
  #server = createServer((request, answer) => {
    const path = String(request.url);
    this.requests.push({ path, headers: request.headers });
    const special = this.answers.get(path);
    const bytes = this.files.get(path);
    if (special) special(answer);
    else if (bytes) answer.writeHead(200, { 'Content-Length': bytes.length }).end(bytes);
    else answer.writeHead(404).end();
  });
  base = '';

  /** @param {import('node:test').TestContext} context @param {(simulator: Simulator) => void} [change] */
  static async start(context, change) {
    const simulator = new Simulator();
    simulator.publishRoot();
    change?.(simulator);
    simulator.publish();
    await new Promise((resolve) => simulator.#server.listen(0, '127.0.0.1', () => resolve(null)));
    const { port } = /** @type {import('node:net').AddressInfo} */ (simulator.#server.address());
    simulator.base = `http://127.0.0.1:${port}`;
    context.after(() => simulator.stop());
    return simulator;
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** @param {string} type @param {'root' | 'timestamp' | 'snapshot' | 'targets' | 'motd'} role @param {any} rest */
  #signed(type, role, rest) {
    const signed = { _type: type, spec_version: '1.0.31', version: this.versions[role], expires: time(this.expires[role]), ...rest };
    this.edits[role]?.(signed);
    return signed;
  }

  /** @param {Key[]} keys @param {number} [threshold] */
  static role = (keys, threshold = 1) => ({ keyids: keys.map((key) => key.id), threshold });

  /** @param {Key[]} [before] the root keys of the version before, when they change */
  publishRoot(before = this.keys.root) {
    this.versions.root += 1;
    const { root, timestamp, snapshot, targets } = this.keys;
    const all = { root, timestamp, snapshot, targets };
    const signed = this.#signed('root', 'root', {
      consistent_snapshot: true,
      keys: Object.fromEntries(Object.values(all).flat().map((key) => [key.id, key.tuf])),
      roles: Object.fromEntries(Object.entries(all).map(([name, keys]) => [name, Simulator.role(keys)])),
    });
    const bytes = envelope(signed, [...new Set([...before, ...root])]);
    this.roots.push(bytes);
    this.files.set(`/metadata/${this.versions.root}.root.json`, bytes);
  }

  /** Signs and writes everything below root anew. */
  publish() {
    this.publishMotd();
    this.publishTargets();
    this.publishSnapshot();
  }

  publishMotd() {
    this.versions.motd += 1;
    const bytes = bytesOf(this.document);
    const entry = { length: bytes.length, hashes: { sha256: sha256(bytes) }, ...(this.carrier === 'custom' ? { custom: { motd: this.document } } : {}) };
    this.files.set(`/targets/motd/${sha256(bytes)}.notices.json`, bytes);
    this.#write('motd', envelope(this.#signed('targets', 'motd', { targets: { 'motd/notices.json': entry } }), this.keys.motd));
  }

  publishTargets() {
    this.versions.targets += 1;
    const delegations = {
      keys: Object.fromEntries(this.keys.motd.map((key) => [key.id, key.tuf])),
      roles: [{ name: 'motd', ...Simulator.role(this.keys.motd), terminating: true, paths: ['motd/*'] }],
    };
    this.#write('targets', envelope(this.#signed('targets', 'targets', { targets: {}, delegations }), this.keys.targets));
  }

  publishSnapshot() {
    this.versions.snapshot += 1;
    const meta = { 'targets.json': { version: this.versions.targets }, 'motd.json': { version: this.versions.motd } };
    this.#write('snapshot', envelope(this.#signed('snapshot', 'snapshot', { meta }), this.keys.snapshot));
    this.publishTimestamp();
  }

  publishTimestamp() {
    this.versions.timestamp += 1;
    const snapshot = this.files.get(`/metadata/${this.versions.snapshot}.snapshot.json`);
    const listed = { version: this.versions.snapshot, ...(snapshot ? { length: snapshot.length, hashes: { sha256: sha256(snapshot) } } : {}) };
    this.files.set('/metadata/timestamp.json', envelope(this.#signed('timestamp', 'timestamp', { meta: { 'snapshot.json': listed } }), this.keys.timestamp));
  }

  /** @param {'targets' | 'snapshot' | 'motd'} role @param {Buffer} bytes */
  #write(role, bytes) {
    this.files.set(`/metadata/${this.versions[role]}.${role}.json`, bytes);
  }

  /** The source as a client is configured with it, from the first root on. @param {any} [changes] */
  source(changes = {}) {
    return { name: 'pypi', repository: REPOSITORY, root: /** @type {Buffer} */ (this.roots[0]), metadata_url: `${this.base}/metadata/`, kind: 'in-band', allow_http: true, ...changes };
  }

  /** @param {string} path @param {(answer: import('node:http').ServerResponse) => void} answer */
  answer(path, answer) {
    this.answers.set(path, answer);
  }
}

/** A folder that does not exist yet, in a temporary one. */
export const stateFolder = () => join(mkdtempSync(join(tmpdir(), 'tuf-motd-')), 'state');

/** The folder of the one chain of roots in a state folder. @param {string} state */
export const chainOf = (state) => join(state, String(readdirSync(state).find((name) => name.length === 64)));
