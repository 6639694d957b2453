/** The gate over HTTP, against a repository in memory. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { check, startAutomatic } from '../src/index.js';
import { WARNINGS } from '../src/installer/state.js';
import { bytesOf, document, notice } from './support.js';
import { NOW, Simulator, chainOf, envelope, makeKey, stateFolder } from './simulator.js';

const DAY = 86_400;

/** @param {Simulator} simulator @param {any} [options] @param {any} [source] */
const run = (simulator, options = {}, source = {}) => check(simulator.source(source), { now: () => NOW, random: () => 0, deadline_ms: 5000, ...options });

/** @param {import('../src/installer/check.js').Answer} answer */
const outcome = (answer) => `${answer.state} ${answer.failure === null ? 'ok' : `${answer.failure.stage} ${answer.failure.code}`} ${answer.exit_status}`;

/** @param {import('../src/installer/check.js').Answer} answer */
const titles = (answer) => answer.notices.filter(({ decision }) => decision === 'show').map(({ text }) => text?.title);

const OLD = 'fresh ok 0';

test('MOTD-GATE-3: Fresh by either carrier, and when nothing changed', async (context) => {
  for (const carrier of /** @type {const} */ (['custom', 'target'])) {
    const simulator = await Simulator.start(context, (one) => (one.carrier = carrier));
    const state = stateFolder();
    const answer = await run(simulator, { state });
    assert.equal(outcome(answer), OLD);
    assert.deepEqual(titles(answer), ['A title']);
    assert.equal(answer.requests, carrier === 'custom' ? 5 : 6);
    assert.equal(answer.last_success, '2026-11-10T00:00:00Z');
    const again = await run(simulator, { state });
    assert.equal(outcome(again), OLD);
    assert.equal(again.requests, 2);
    // MOTD-CARRY-1, MOTD-CARRY-2: the target file is asked for only where the entry has no custom.motd.
    assert.equal(simulator.requests.some(({ path }) => path.startsWith('/targets/')), carrier === 'target');
  }
});

test('MOTD-CARRY-2: whatever the value of custom.motd is, there is no falling back', async (context) => {
  for (const [motd, code] of /** @type {[any, string][]} */ ([[null, 'carrier-length'], [1, 'carrier-length'], [{ later: 'x'.repeat(20_000) }, 'document-too-large']])) {
    const simulator = await Simulator.start(context, (one) => (one.edits['motd'] = (signed) => (signed.targets['motd/notices.json'].custom.motd = motd)));
    const answer = await run(simulator);
    assert.equal(outcome(answer), `fresh document ${code} 5`);
    assert.deepEqual(answer.notices, []);
    assert.ok(!simulator.requests.some(({ path }) => path.startsWith('/targets/')));
  }
});

test('MOTD-CARRY-5: no target, no delegation, no notices', async (context) => {
  for (const change of /** @type {((one: Simulator) => void)[]} */ ([
    (one) => (one.edits['motd'] = (signed) => (signed.targets = {})),
    (one) => (one.edits['targets'] = (signed) => delete signed.delegations),
    (one) => (one.document = document()),
  ])) {
    const answer = await run(await Simulator.start(context, change));
    assert.equal(outcome(answer), OLD);
    assert.deepEqual(answer.notices, []);
  }
});

test('MOTD-CARRY-8: a target file that is not the one of its entry', async (context) => {
  const simulator = await Simulator.start(context, (one) => (one.carrier = 'target'));
  const [path, bytes] = [...simulator.files].find(([name]) => name.startsWith('/targets/')) ?? ['', Buffer.alloc(0)];
  simulator.files.set(path, Buffer.from(bytes.toString().replace('A title', 'B title')));
  assert.equal(outcome(await run(simulator)), 'none target hash-mismatch 3');
  simulator.files.set(path, bytes.subarray(1));
  assert.equal(outcome(await run(simulator)), 'none target length-mismatch 3');
  simulator.files.set(path, Buffer.concat([bytes, bytes]));
  assert.equal(outcome(await run(simulator)), 'none target too-long 4');
});

test('MOTD-BYTES-1: a stated length above the limit is refused before a request', async (context) => {
  const simulator = await Simulator.start(context, (one) => {
    one.carrier = 'target';
    one.edits['motd'] = (signed) => (signed.targets['motd/notices.json'].length = 65_537);
  });
  assert.equal(outcome(await run(simulator)), 'fresh document document-too-large 5');
  assert.ok(!simulator.requests.some(({ path }) => path.startsWith('/targets/')));
});

test('MOTD-GATE-4: Cached when the repository is away, until something expires', async (context) => {
  const simulator = await Simulator.start(context);
  const state = stateFolder();
  await run(simulator, { state });
  await simulator.stop();
  assert.equal(outcome(await run(simulator, { state })), 'cached root connect 0');
  assert.deepEqual(titles(await run(simulator, { state, now: () => NOW + DAY - 1 })), ['A title']);
  assert.equal(outcome(await run(simulator, { state, now: () => NOW + DAY })), 'none root connect 4');
  assert.equal(outcome(await run(simulator)), 'none root connect 4');
  assert.equal(outcome(await run(simulator, { state, offline: true })), 'cached ok 0');
});

test('MOTD-GATE-4: what a folder says about itself is worth nothing', async (context) => {
  const simulator = await Simulator.start(context);
  const state = stateFolder();
  await run(simulator, { state });
  const file = join(chainOf(state), 'set');
  const set = JSON.parse(readFileSync(file, 'utf8'));
  set.roles = set.roles.map((/** @type {[string, string]} */ [name, text]) => [name, Buffer.from(Buffer.from(text, 'base64').toString().replace('A title', 'B title')).toString('base64')]);
  writeFileSync(file, JSON.stringify(set));
  assert.equal(outcome(await run(simulator, { state, offline: true })), 'none ok 4');
});

/** @type {[string, string, (simulator: Simulator) => void][]} what goes wrong after a good run, and what comes of it */
const FAILURES = [
  ['verification', 'none timestamp signature-threshold 3', (one) => ((one.keys.timestamp = [makeKey()]), one.publish())],
  ['verification', 'none snapshot signature-threshold 3', (one) => ((one.keys.snapshot = [makeKey()]), one.publish())],
  ['verification', 'none targets signature-threshold 3', (one) => ((one.keys.targets = [makeKey()]), one.publish())],
  ['verification', 'none delegation signature-threshold 3', (one) => ((one.keys.motd = [makeKey()]), one.publishMotd(), one.publishSnapshot())],
  ['verification', 'none timestamp expired 3', (one) => ((one.expires.timestamp = NOW), one.publish())],
  ['verification', 'none snapshot expired 3', (one) => ((one.expires.snapshot = NOW), one.publish())],
  ['verification', 'none targets expired 3', (one) => ((one.expires.targets = NOW - 1), one.publish())],
  ['verification', 'none delegation expired 3', (one) => ((one.expires.motd = NOW), one.publish())],
  ['verification', 'none root expired 3', (one) => ((one.expires.root = NOW), one.publishRoot())],
  ['verification', 'none root version-mismatch 3', (one) => (one.versions.root++, one.publishRoot(), one.files.set('/metadata/2.root.json', /** @type {Buffer} */ (one.roots[1])))],
  ['verification', 'none root signature-threshold 3', (one) => ((one.keys.root = [makeKey()]), one.publishRoot([]))],
  ['verification', 'none timestamp wrong-type 3', (one) => void one.files.set('/metadata/timestamp.json', /** @type {Buffer} */ (one.files.get('/metadata/1.snapshot.json')))],
  ['verification', 'none timestamp spec-version 3', (one) => ((one.edits['timestamp'] = (signed) => (signed.spec_version = '2.0.0')), one.publish())],
  ['verification', 'none timestamp malformed 3', (one) => ((one.edits['timestamp'] = (signed) => delete signed.version), one.publish())],
  ['verification', 'none timestamp malformed 3', (one) => ((one.edits['timestamp'] = (signed) => (signed.expires = 'never')), one.publish())],
  ['verification', 'none targets malformed 3', (one) => ((one.edits['targets'] = (signed) => signed.delegations.roles.push(signed.delegations.roles[0])), one.publish())],
  ['verification', 'none targets malformed 3', (one) => ((one.edits['targets'] = (signed) => (signed.delegations.roles[0].name = 'snapshot')), one.publish())],
  ['verification', 'none snapshot hash-mismatch 3', (one) => ((one.edits['timestamp'] = (signed) => (signed.meta['snapshot.json'].hashes.sha256 = '00')), one.publish())],
  ['verification', 'none snapshot length-mismatch 3', (one) => ((one.edits['timestamp'] = (signed) => (signed.meta['snapshot.json'].length += 1)), one.publish())],
  ['verification', 'none snapshot version-mismatch 3', (one) => ((one.edits['snapshot'] = (signed) => (signed.version += 1)), one.publish())],
  ['verification', 'none delegation version-mismatch 3', (one) => ((one.edits['motd'] = (signed) => (signed.version += 1)), one.publish())],
  ['verification', 'none timestamp rollback 3', (one) => ((one.edits['timestamp'] = (signed) => (signed.meta['snapshot.json'] = { version: 1 })), one.publishTimestamp())],
  ['verification', 'none snapshot rollback 3', (one) => ((one.versions.motd -= 1), one.publishSnapshot())],
  ['verification', 'none snapshot snapshot-removed 3', (one) => ((one.edits['snapshot'] = (signed) => delete signed.meta['motd.json']), one.publishSnapshot())],
  ['mirror', 'cached timestamp stale-mirror 0', (one) => ((one.versions.timestamp = 0), (one.expires.timestamp = NOW - 1), one.publishTimestamp())],
  ['unavailable', 'cached root status 0', (one) => one.answer('/metadata/2.root.json', (answer) => answer.writeHead(500).end())],
  ['unavailable', 'cached timestamp status 0', (one) => one.answer('/metadata/timestamp.json', (answer) => answer.writeHead(404).end())],
  ['unavailable', 'cached timestamp not-metadata 0', (one) => one.answer('/metadata/timestamp.json', (answer) => answer.end('<html>Log in</html>'))],
  ['unavailable', 'cached timestamp not-metadata 0', (one) => one.answer('/metadata/timestamp.json', (answer) => answer.end('{"signed":{}}'))],
  ['unavailable', 'cached timestamp too-long 0', (one) => one.answer('/metadata/timestamp.json', (answer) => answer.end(Buffer.alloc(16_385, 0x20)))],
  ['unavailable', 'cached timestamp truncated 0', (one) => one.answer('/metadata/timestamp.json', (answer) => (answer.writeHead(200, { 'Content-Length': 99 }), answer.write('{', () => answer.destroy())))],
  ['unavailable', 'cached timestamp connect 0', (one) => one.answer('/metadata/timestamp.json', (answer) => answer.destroy())],
  ['unavailable', 'cached timestamp encoding 0', (one) => one.answer('/metadata/timestamp.json', (answer) => answer.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('{}')))],
  ['unavailable', 'cached timestamp redirect 0', (one) => one.answer('/metadata/timestamp.json', (answer) => answer.writeHead(302, { Location: 'http://127.0.0.2:1/' }).end())],
  ['unavailable', 'cached timestamp redirect 0', (one) => one.answer('/metadata/timestamp.json', (answer) => answer.writeHead(302, { Location: '/metadata/timestamp.json' }).end())],
  ['unavailable', 'cached timestamp redirect 0', (one) => one.answer('/metadata/timestamp.json', (answer) => answer.writeHead(302, { Location: '/metadata/1.snapshot.json?user=1' }).end())],
  ['unavailable', 'cached timestamp redirect 0', (one) => one.answer('/metadata/timestamp.json', (answer) => answer.writeHead(302, { Location: '/metadata/timestamp.json?#x' }).end())],
  ['unavailable', 'cached timestamp status 0', (one) => one.answer('/metadata/timestamp.json', (answer) => answer.writeHead(302).end())],
  ['unavailable', 'cached timestamp truncated 0', (one) => one.answer('/metadata/timestamp.json', (answer) => (answer.socket?.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'), answer.socket?.end()))],
  ['unavailable', 'cached snapshot too-long 0', (one) => ((one.edits['timestamp'] = (signed) => (signed.meta['snapshot.json'].length = 2_000_001)), one.publish())],
  ['unavailable', 'cached snapshot status 0', (one) => (one.publish(), one.files.delete('/metadata/3.snapshot.json'))],
];

for (const [kind, expected, change] of FAILURES) {
  test(`MOTD-GATE-5 to 9, MOTD-GATE-12: ${kind}: ${expected}`, async (context) => {
    // Everything below root is at version 2, so that there is a lower one.
    const simulator = await Simulator.start(context, (one) => one.publish());
    const state = stateFolder();
    assert.equal(outcome(await run(simulator, { state })), OLD);
    change(simulator);
    const answer = await run(simulator, { state });
    assert.equal(outcome(answer), expected);
    assert.deepEqual(titles(answer), kind === 'verification' ? [] : ['A title']);
    // A failure of one run leaves the store as it was: the complete set is still believed when nothing is asked.
    if (kind === 'verification' && !expected.includes('root expired')) assert.equal((await run(simulator, { state, offline: true })).state, 'cached');
  });
}

test('MOTD-NET-2, MOTD-GATE-6: a stalled body ends at the deadline', async (context) => {
  const simulator = await Simulator.start(context);
  simulator.answer('/metadata/timestamp.json', (answer) => void answer.writeHead(200, { 'Content-Length': 99 }).write('{'));
  assert.equal(outcome(await run(simulator, { deadline_ms: 100 })), 'none timestamp timeout 4');
});

test('MOTD-NET-1: redirects within the origin, up to 5', async (context) => {
  const simulator = await Simulator.start(context);
  const bytes = simulator.files.get('/metadata/timestamp.json');
  for (let at = 0; at < 6; at += 1) simulator.answer(at === 0 ? '/metadata/timestamp.json' : `/r${at}`, (answer) => answer.writeHead(302, { Location: `/r${at + 1}` }).end());
  simulator.answer('/r5', (answer) => answer.end(bytes));
  assert.equal(outcome(await run(simulator)), OLD);
  simulator.answer('/r5', (answer) => answer.writeHead(302, { Location: '/r6' }).end());
  simulator.answer('/r6', (answer) => answer.end(bytes));
  assert.equal(outcome(await run(simulator)), 'none timestamp redirect 4');
});

test('MOTD-GATE-10: 403 ends the root chain too', async (context) => {
  const simulator = await Simulator.start(context);
  simulator.answer('/metadata/2.root.json', (answer) => answer.writeHead(403).end('go away'));
  assert.equal(outcome(await run(simulator)), OLD);
});

test('MOTD-GATE-8: a chain of roots with new keys', async (context) => {
  const simulator = await Simulator.start(context);
  const before = simulator.keys.root;
  simulator.keys.root = [makeKey(), makeKey()];
  simulator.publishRoot(before);
  simulator.publishRoot();
  simulator.publish();
  const state = stateFolder();
  assert.equal(outcome(await run(simulator, { state })), OLD);
  simulator.requests.length = 0;
  assert.equal(outcome(await run(simulator, { state })), OLD);
  assert.deepEqual(simulator.requests.map(({ path }) => path), ['/metadata/4.root.json', '/metadata/timestamp.json']);
});

test('MOTD-GATE-11: a publication between two requests', async (context) => {
  const simulator = await Simulator.start(context);
  simulator.answer('/metadata/1.snapshot.json', (answer) => {
    simulator.publish();
    answer.writeHead(404).end();
  });
  assert.equal(outcome(await run(simulator)), OLD);
});

test('MOTD-GATE-13: 256 rotations, and no more in one run', async (context) => {
  const simulator = await Simulator.start(context);
  for (let at = 0; at < 257; at += 1) simulator.publishRoot();
  simulator.publish();
  const state = stateFolder();
  assert.equal(outcome(await run(simulator, { state })), 'none root too-many-roots 3');
  assert.equal(outcome(await run(simulator, { state })), OLD);
});

/** Delegates from targets to a chain of roles, the last of which is `motd`. @param {Simulator} one @param {number} length */
function chain(one, length) {
  const [key] = one.keys.motd;
  const delegate = (/** @type {string} */ name) => ({ keys: { [String(key?.id)]: key?.tuf }, roles: [{ name, keyids: [key?.id], threshold: 1, terminating: false, paths: ['motd/*'] }] });
  const name = (/** @type {number} */ at) => (at === length ? 'motd' : `r${at}`);
  one.edits['targets'] = (signed) => (signed.delegations = delegate(name(1)));
  one.edits['snapshot'] = (signed) => {
    for (let at = 1; at < length; at += 1) signed.meta[`r${at}.json`] = { version: 1 };
  };
  for (let at = 1; at < length; at += 1) {
    const signed = { _type: 'targets', spec_version: '1.0.31', version: 1, expires: '2027-01-01T00:00:00Z', targets: {}, delegations: delegate(name(at + 1)) };
    one.files.set(`/metadata/1.r${at}.json`, envelope(signed, one.keys.motd));
  }
}

test('MOTD-GATE-15: three delegated roles, and not four', async (context) => {
  assert.equal(outcome(await run(await Simulator.start(context, (one) => chain(one, 3)))), OLD);
  assert.equal(outcome(await run(await Simulator.start(context, (one) => chain(one, 4)))), 'none delegation too-many-delegations 3');
});

test('step 10: roles in the order in which they are signed, also when they are called 10 and 9', async (context) => {
  const simulator = await Simulator.start(context, (one) => {
    const [key] = one.keys.motd;
    one.edits['targets'] = (signed) => {
      const [motd] = signed.delegations.roles;
      signed.delegations.roles = [{ ...motd, name: '10', terminating: false }, { ...motd, name: '9', terminating: false }, motd];
    };
    one.edits['snapshot'] = (signed) => Object.assign(signed.meta, { '10.json': { version: 1 }, '9.json': { version: 1 } });
    for (const name of ['10', '9']) {
      const value = document({ notices: [notice({ id: `from-${name}` })] });
      const entry = { length: bytesOf(value).length, hashes: { sha512: '00' }, custom: { motd: value } };
      const signed = { _type: 'targets', spec_version: '1.0.31', version: 1, expires: '2027-01-01T00:00:00Z', targets: { 'motd/notices.json': entry } };
      one.files.set(`/metadata/1.${name}.json`, envelope(signed, key ? [key] : []));
    }
  });
  // The role `10` comes first; its entry ends the search, and its hash is wrong.
  assert.equal(outcome(await run(simulator)), 'fresh document carrier-hash 5');
  assert.ok(simulator.requests.some(({ path }) => path === '/metadata/1.10.json') && !simulator.requests.some(({ path }) => path === '/metadata/1.9.json'));
});

test('MOTD-DEL-5: one key under two ids counts once', async (context) => {
  const simulator = await Simulator.start(context, (one) => {
    const [key = makeKey()] = one.keys.motd;
    const upper = { ...key, id: 'other', tuf: { ...key.tuf, keyval: { public: key.tuf.keyval.public.toUpperCase() } } };
    one.keys.motd = [key, upper];
    one.edits['targets'] = (signed) => (signed.delegations.roles[0].threshold = 2);
  });
  assert.equal(outcome(await run(simulator)), 'none delegation signature-threshold 3');
  simulator.keys.motd = [makeKey(), makeKey()];
  simulator.publish();
  assert.equal(outcome(await run(simulator)), OLD);
});

test('MOTD-GATE-16: the target file of a new entry is away', async (context) => {
  const simulator = await Simulator.start(context, (one) => (one.carrier = 'target'));
  const state = stateFolder();
  await run(simulator, { state });
  simulator.document = document({ notices: [notice({ id: 'new', text: { en: { title: 'New', body: [] } } })] });
  simulator.publish();
  const path = [...simulator.files.keys()].filter((name) => name.startsWith('/targets/')).at(-1) ?? '';
  simulator.answer(path, (answer) => answer.writeHead(404).end());
  const answer = await run(simulator, { state });
  assert.equal(outcome(answer), 'cached target status 0');
  assert.deepEqual(titles(answer), ['A title']);
  simulator.answers.clear();
  simulator.requests.length = 0;
  assert.deepEqual(titles(await run(simulator, { state })), ['New']);
  // MOTD-STATE-1: what was verified on the way is not asked for again.
  assert.deepEqual(simulator.requests.map(({ path: one }) => one), ['/metadata/2.root.json', '/metadata/timestamp.json', path]);
});

test('MOTD-FLOOR-1, MOTD-STATE-1: a floor is raised before the set is complete', async (context) => {
  const simulator = await Simulator.start(context);
  const state = stateFolder();
  const old = new Map(simulator.files);
  await run(simulator, { state });
  simulator.publish();
  simulator.answer('/metadata/2.targets.json', (answer) => answer.destroy());
  assert.equal(outcome(await run(simulator, { state })), 'cached targets connect 0');
  simulator.files = old;
  assert.equal(outcome(await run(simulator, { state })), 'cached timestamp stale-mirror 0');
});

test('MOTD-GATE-4: floors do not apply a second time to what is cached', async (context) => {
  const simulator = await Simulator.start(context);
  const state = stateFolder();
  await run(simulator, { state });
  // A newer timestamp and snapshot are verified, and raise floors above the complete set, which stays believed.
  simulator.publish();
  simulator.answer('/metadata/2.targets.json', (answer) => answer.destroy());
  assert.equal(outcome(await run(simulator, { state })), 'cached targets connect 0');
  assert.deepEqual(titles(await run(simulator, { state, offline: true })), ['A title']);
});

test('MOTD-FLOOR-3, MOTD-STATE-6: a floor survives the loss of either place', async (context) => {
  const simulator = await Simulator.start(context);
  simulator.publish();
  for (const lost of [['floors'], ['set', 'staged'], ['corrupt']]) {
    const state = stateFolder();
    await run(simulator, { state });
    const files = new Map(simulator.files);
    simulator.edits['timestamp'] = (signed) => (signed.meta['snapshot.json'] = { version: 1 });
    simulator.publishTimestamp();
    for (const name of lost) if (name === 'corrupt') writeFileSync(join(chainOf(state), 'floors'), '{"root":');
    else rmSync(join(chainOf(state), name));
    const answer = await run(simulator, { state });
    assert.equal(outcome(answer), 'none timestamp rollback 3');
    assert.deepEqual(answer.warnings, lost[0] === 'corrupt' ? [WARNINGS.corrupt] : []);
    simulator.edits = {};
    simulator.files = files;
  }
});

test('MOTD-STATE-6: one floor that cannot be read takes no other away', async (context) => {
  const simulator = await Simulator.start(context);
  simulator.publish();
  const state = stateFolder();
  await run(simulator, { state });
  const floors = JSON.parse(readFileSync(join(chainOf(state), 'floors'), 'utf8'));
  writeFileSync(join(chainOf(state), 'floors'), JSON.stringify({ ...floors, timestamp: 'x', roles: [1, ...floors.roles] }));
  for (const name of ['set', 'staged']) rmSync(join(chainOf(state), name));
  simulator.versions.timestamp = 0;
  simulator.edits['timestamp'] = (signed) => (signed.meta['snapshot.json'] = { version: 1 });
  simulator.publishTimestamp();
  assert.equal(outcome(await run(simulator, { state })), 'none timestamp rollback 3');
});

test('MOTD-FLOOR-2: new keys void the floors of a fast-forward', async (context) => {
  const simulator = await Simulator.start(context);
  const state = stateFolder();
  await run(simulator, { state });
  const honest = { ...simulator.versions };
  simulator.versions.snapshot = 2 ** 53 - 3;
  simulator.versions.timestamp = 2 ** 53 - 3;
  simulator.publishSnapshot();
  assert.equal(outcome(await run(simulator, { state })), OLD);
  simulator.versions = { ...honest };
  simulator.publish();
  assert.equal(outcome(await run(simulator, { state })), 'cached timestamp stale-mirror 0');
  simulator.versions = { ...honest };
  simulator.keys.timestamp = [makeKey()];
  simulator.publishRoot();
  simulator.publish();
  // The snapshot was verified as well, and its floor goes with its own keys.
  assert.equal(outcome(await run(simulator, { state })), 'none timestamp rollback 3');
  simulator.versions = { ...simulator.versions, ...honest, root: simulator.versions.root };
  simulator.keys.snapshot = [makeKey()];
  simulator.publishRoot();
  simulator.publish();
  assert.equal(outcome(await run(simulator, { state })), OLD);
});

test('MOTD-FLOOR-1: a root is not taken back when the store of roots is lost', async (context) => {
  const simulator = await Simulator.start(context);
  simulator.publishRoot();
  const state = stateFolder();
  await run(simulator, { state });
  rmSync(join(chainOf(state), 'root.2'));
  simulator.files.delete('/metadata/2.root.json');
  assert.equal(outcome(await run(simulator, { state })), 'none root rollback 3');
});

test('MOTD-STATE-3, MOTD-STATE-5: no link is followed, and no name of a role is a name of a file', async (context) => {
  const simulator = await Simulator.start(context);
  const state = stateFolder();
  await run(simulator, { state });
  const [chain, outside] = [chainOf(state), join(state, '..', 'outside')];
  writeFileSync(outside, 'untouched');
  const files = ['set', 'staged', 'floors', 'attempts', 'root.2'].map((name) => join(chain, name));
  for (const file of [...files, join(state, 'seen')]) {
    rmSync(file, { force: true });
    symlinkSync(outside, file);
  }
  assert.equal(outcome(await run(simulator, { state })), OLD);
  assert.equal(readFileSync(outside, 'utf8'), 'untouched');
  const kept = (/** @type {string} */ folder) => readdirSync(folder).filter((name) => name.length < 64 && !name.endsWith('.corrupt')).sort();
  assert.deepEqual([kept(state), kept(chain)], [['seen'], ['attempts', 'floors', 'set', 'staged']]);
  assert.ok(statSync(join(chain, 'set')).isFile());
  // Nor is the folder of a chain one.
  renameSync(chain, `${outside}-chain`);
  symlinkSync(`${outside}-chain`, chain);
  rmSync(join(`${outside}-chain`, 'set'));
  assert.equal(outcome(await run(simulator, { state })), OLD);
  assert.deepEqual(kept(`${outside}-chain`), ['attempts', 'floors', 'staged']);
});

test('MOTD-STATE-4: a lock that is held, and one that was left behind', async (context) => {
  const simulator = await Simulator.start(context);
  const state = stateFolder();
  await run(simulator, { state });
  writeFileSync(join(state, 'lock'), String(process.pid));
  const answer = await run(simulator, { state });
  assert.equal(outcome(answer), OLD);
  assert.deepEqual(answer.warnings, [WARNINGS.locked]);
  assert.equal(outcome(await run(simulator, { state, offline: true })), 'cached ok 0');
  simulator.requests.length = 0;
  assert.equal(outcome(await run(simulator, { state, mode: 'automatic' })), 'none ok 4');
  assert.equal(simulator.requests.length, 0);
  writeFileSync(join(state, 'lock'), '4194999');
  assert.equal(outcome(await run(simulator, { state, offline: true })), 'cached ok 0');
});

test('MOTD-STATE-7: a folder that cannot be one', async (context) => {
  const simulator = await Simulator.start(context);
  const state = stateFolder();
  writeFileSync(state, 'a file');
  const answer = await run(simulator, { state });
  assert.equal(outcome(answer), OLD);
  assert.deepEqual(answer.warnings, [WARNINGS.unusable]);
});

test('MOTD-STATE-7: a folder that is read-only', async (context) => {
  const simulator = await Simulator.start(context);
  const state = stateFolder();
  mkdirSync(state);
  chmodSync(state, 0o500);
  const answer = await run(simulator, { state });
  assert.equal(outcome(answer), OLD);
  assert.deepEqual(answer.warnings, [WARNINGS.unusable]);
  assert.deepEqual(readdirSync(state), []);
  simulator.requests.length = 0;
  await run(simulator, { state, mode: 'automatic' });
  assert.equal(simulator.requests.length, 0);
});

test('MOTD-NET-3: Retry-After, in both forms, for an explicit check too', async (context) => {
  for (const [header, seconds] of /** @type {[string, number][]} */ ([['120', 120], ['9999999', 3600], [new Date((NOW + 600) * 1000).toUTCString(), 600], ['soon', 0], ['-5', 0]])) {
    const simulator = await Simulator.start(context);
    const state = stateFolder();
    simulator.answer('/metadata/2.root.json', (answer) => answer.writeHead(503, { 'Retry-After': header }).end());
    await run(simulator, { state });
    simulator.answers.clear();
    simulator.requests.length = 0;
    if (seconds > 0) {
      const held = await run(simulator, { state, now: () => NOW + seconds - 1 });
      assert.equal(outcome(held), 'none root status 4');
      assert.equal(simulator.requests.length, 0);
      assert.match(String(held.failure?.until), /^2026-11-1/);
    }
    assert.ok((await run(simulator, { state, now: () => NOW + seconds })).requests > 0);
  }
  const simulator = await Simulator.start(context);
  const state = stateFolder();
  simulator.answer('/metadata/2.root.json', (answer) => answer.writeHead(404, { 'Retry-After': '120' }).end());
  await run(simulator, { state });
  assert.ok((await run(simulator, { state })).requests > 0, 'a completed check holds nothing back');
});

test('MOTD-NET-4, MOTD-NET-5: intervals and waits of background checks', async (context) => {
  const simulator = await Simulator.start(context);
  const state = stateFolder();
  const asks = async (/** @type {number} */ offset) => (await run(simulator, { state, mode: 'automatic', now: () => NOW + offset, random: () => 0.5 })).requests > 0;
  assert.equal(await asks(0), true);
  assert.equal(await asks(6 * 3600 - 1), false);
  assert.equal(await asks(-3600), true);
  simulator.answer('/metadata/2.root.json', (answer) => answer.writeHead(500).end());
  assert.equal(await asks(6 * 3600), true);
  const first = 6 * 3600 + 900 * 1.125;
  assert.equal(await asks(Math.ceil(first) - 1), false);
  assert.equal(await asks(Math.ceil(first)), true);
  assert.equal(await asks(Math.ceil(first) + 1800 * 1.125 - 1), false);
  assert.equal(await asks(Math.ceil(first) + 1800 * 1.125), true);
  assert.equal((await run(simulator, { mode: 'automatic' })).requests, 0);
});

test('MOTD-PRIV-1: what a request says', async (context) => {
  const simulator = await Simulator.start(context);
  const state = stateFolder();
  simulator.answer('/metadata/2.root.json', (answer) => answer.writeHead(404, { 'Set-Cookie': 'user=1', ETag: '"x"' }).end());
  await run(simulator, { state, user_agent: 'pip/25.1' });
  await run(simulator, { state, user_agent: 'pip/25.1' });
  for (const { path, headers } of simulator.requests) {
    assert.deepEqual(Object.keys(headers).sort(), ['accept-encoding', 'connection', 'host', 'user-agent']);
    assert.equal(headers['user-agent'], 'pip/25.1 tuf-motd/1.0');
    assert.ok(!path.includes('?'));
  }
});

test('MOTD-OFF-1: no request, no file', async (context) => {
  const simulator = await Simulator.start(context);
  const state = stateFolder();
  const answer = await run(simulator, { state, environment: { MOTD: 'off' } });
  assert.equal(answer.exit_status, 0);
  assert.equal(simulator.requests.length, 0);
  assert.throws(() => statSync(state), { code: 'ENOENT' });
  assert.equal(outcome(await run(simulator, { environment: { MOTD: 'OFF' } })), OLD);
});

test('MOTD-BOOT-1, MOTD-SHOW-8: a source that is configured wrongly', async (context) => {
  const simulator = await Simulator.start(context);
  for (const [change, code] of /** @type {[any, string][]} */ ([
    [{ name: 'a b' }, 'source-name'], [{ repository: 'A' }, 'repository'], [{ root: Buffer.from('{}') }, 'trusted-root'], [{ allow_http: false }, 'url'], [{ metadata_url: 'https://example.org/x' }, 'url'],
  ])) {
    await assert.rejects(run(simulator, {}, change), { code });
  }
  assert.equal(outcome(await run(simulator, {}, { repository: 'other' })), 'fresh document repository-mismatch 5');
});

test('MOTD-AUD-9: requests do not depend on the machine', async (context) => {
  const simulator = await Simulator.start(context, (one) => {
    one.carrier = 'target';
    one.document = document({ notices: [notice({ audience: [{ os: ['linux'] }] })] });
  });
  for (const os of ['linux', 'windows']) await run(simulator, { machine: { os } });
  const paths = simulator.requests.map(({ path }) => path);
  assert.deepEqual(paths.slice(0, paths.length / 2), paths.slice(paths.length / 2));
});

/** @param {Simulator} simulator @param {string | null} state @param {any} [options] */
async function automatic(simulator, state, options = {}) {
  let written = '';
  const stderr = { isTTY: true, columns: 80, write: (/** @type {string} */ text) => (written += text), ...options.stderr };
  const running = startAutomatic([{ ...simulator.source(), state }], { now: () => NOW, random: () => 0, words: 'motd list', ...options, stderr });
  await running.collect(options.used ?? true);
  return written;
}

test('MOTD-SHOW-7, MOTD-REP-8: an automatic display, recorded once it was written', async (context) => {
  const simulator = await Simulator.start(context);
  const state = stateFolder();
  const expected = '\r\nnotice[pypi] WARNING: A title\nnotice[pypi]   A paragraph.\n';
  assert.equal(await automatic(simulator, state, { stderr: { columns: 30 } }), '');
  assert.equal(await automatic(simulator, state), expected);
  assert.equal(await automatic(simulator, state), '');
  assert.equal(await automatic(simulator, state, { now: () => NOW + 7 * DAY }), '');
});

test('MOTD-SHOW-9: silence, and the ASCII line', async (context) => {
  const simulator = await Simulator.start(context, (one) => (one.document = document({ notices: [notice({ severity: 'critical', text: { en: { title: 'Änderung', body: [] } } }), notice({ id: 'info' })] })));
  const state = stateFolder();
  for (const silent of [{ stderr: { isTTY: false } }, { environment: { CI: '1' } }, { environment: { GITHUB_ACTIONS: 'yes' } }, { quiet: true }]) {
    assert.equal(await automatic(simulator, state, silent), '');
    assert.equal(simulator.requests.length, 0);
  }
  const line = 'notice[pypi] CRITICAL: \\u{c4}nderung\n';
  assert.equal(await automatic(simulator, state, { stderr: { isTTY: false }, environment: { MOTD: 'critical' } }), line);
  assert.equal(await automatic(simulator, state, { quiet: true, critical_lines: true }), `\r\n${line}`);
  assert.match(await automatic(simulator, state, { environment: { CI: 'false', BUILD_ID: '0', LANG: 'C.UTF-8' } }), /CRITICAL: Änderung\n/);
});

test('MOTD-FAIL-1, MOTD-FAIL-4: a broken pipe and a stalled server', async (context) => {
  const simulator = await Simulator.start(context);
  const state = stateFolder();
  const broken = { isTTY: true, columns: 80, write: () => { throw new Error('EPIPE'); } };
  assert.equal(await automatic(simulator, state, { stderr: broken }), '');
  simulator.answer('/metadata/2.root.json', () => {});
  for (const used of [false, true]) {
    const before = performance.now();
    assert.notEqual(await automatic(simulator, stateFolder(), { used }), null);
    assert.ok(performance.now() - before < (used ? 200 : 100));
  }
});

test('MOTD-FAIL-1: a clock before 1970', async (context) => {
  const simulator = await Simulator.start(context);
  const answer = await run(simulator, { now: () => -100_000 });
  assert.equal(outcome(answer), OLD);
  assert.deepEqual(answer.notices.map(({ reason }) => reason), ['not-begun']);
});

test('MOTD-STATE-1: a set that there is no room for takes the place of no other', async (context) => {
  const simulator = await Simulator.start(context);
  const state = stateFolder();
  await run(simulator, { state });
  const before = readFileSync(join(chainOf(state), 'set'));
  writeFileSync(join(chainOf(state), 'root.9999'), '');
  truncateSync(join(chainOf(state), 'root.9999'), 48_000_000 - 1000);
  simulator.expires.motd += 1;
  simulator.publish();
  assert.equal(outcome(await run(simulator, { state })), OLD);
  assert.deepEqual(readFileSync(join(chainOf(state), 'set')), before);
});

test('MOTD-STATE-8: a chain that is full of roots takes no room from others, and goes on with a newer root', async (context) => {
  const simulator = await Simulator.start(context, (one) => one.publishRoot());
  const state = stateFolder();
  await run(simulator, { state });
  const [chain, second] = [chainOf(state), { root: simulator.files.get('/metadata/2.root.json') }];
  writeFileSync(join(chain, 'root.1'), '');
  truncateSync(join(chain, 'root.1'), 48_000_000);
  simulator.publish();
  const before = readFileSync(join(chain, 'set'));
  await run(simulator, { state });
  assert.deepEqual(readFileSync(join(chain, 'set')), before);
  await run(simulator, { state }, second);
  assert.notDeepEqual(readFileSync(join(chain, 'set')), before);
  assert.equal(readdirSync(state).filter((name) => name.length === 64).length, 1);
});

test('MOTD-STATE-8: of the chains the ones that were used last are kept', async (context) => {
  const state = stateFolder();
  const first = await Simulator.start(context);
  await run(first, { state });
  const chain = chainOf(state);
  for (let hour = 1; hour < 7; hour += 1) {
    const now = () => NOW + hour * 3600;
    await run(await Simulator.start(context), { state, now });
    assert.equal(readdirSync(state).filter((name) => name.length === 64).length, Math.min(hour + 1, 4));
    await run(first, { state, now });
    assert.ok(statSync(chain).isDirectory());
  }
});

test('section 6.7: what is not signed of a root is not stored', async (context) => {
  const simulator = await Simulator.start(context, (one) => one.publishRoot());
  const path = '/metadata/2.root.json';
  const root = JSON.parse(String(simulator.files.get(path)));
  root.signatures.push({ keyid: 'x', sig: '0'.repeat(100_000) });
  simulator.files.set(path, Buffer.from(JSON.stringify(root) + ' '.repeat(200_000)));
  const state = stateFolder();
  assert.equal(outcome(await run(simulator, { state })), OLD);
  assert.ok(statSync(join(chainOf(state), 'root.2')).size < 10_000);
  simulator.files.delete(path);
  assert.equal((await run(simulator, { state })).requests, 2);
});

test('MOTD-NET-2: the deadline holds while signatures are verified', async (context) => {
  const simulator = await Simulator.start(context);
  const state = stateFolder();
  await run(simulator, { state });
  assert.equal(outcome(await run(simulator, { state, offline: true, deadline_ms: 0 })), 'none ok 4');
  assert.equal(outcome(await run(simulator, { state, offline: true })), 'cached ok 0');
});
