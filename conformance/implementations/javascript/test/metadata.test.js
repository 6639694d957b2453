/** The form of metadata, keys and delegations: what TUF asks for, and nothing beyond it. */
import assert from 'node:assert/strict';
import { constants, createHash, generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { check } from '../src/index.js';
import { canonicalForm } from '../src/document/canonical.js';
import { delegationsTo, matchesPattern } from '../src/installer/delegations.js';
import { NOW, Simulator, makeKey } from './simulator.js';
import { document, notice } from './support.js';

const PATH = 'motd/notices.json';

/** @param {Simulator} simulator */
async function outcome(simulator) {
  const { state, failure } = await check(simulator.source(), { now: () => NOW, deadline_ms: 5000 });
  return failure === null ? state : `${state} ${failure.stage} ${failure.code}`;
}

/** The outcome after one change of what is signed. @param {import('node:test').TestContext} context @param {string} role @param {(signed: any) => void} edit */
const edited = async (context, role, edit) => outcome(await Simulator.start(context, (one) => ((one.edits[role] = edit), one.publishRoot())));

test('step 10: a pattern knows * and ? inside of one segment, and nothing else', () => {
  for (const pattern of ['motd/*', 'motd/notices.json', '*/*', 'm*/n*s.json', 'motd/notices.jso?', '????/*', 'motd/*.json', 'motd/**', 'mo*td*/*', 'motd/*n*o*t*i*c*e*s*']) {
    assert.equal(matchesPattern(pattern, PATH), true, pattern);
  }
  for (const pattern of ['*', '**', 'motd', 'motd/', 'motd*', 'motd?notices.json', '*notices.json', '*/*/*', '/motd/*', 'motd/?', 'motd/*x', '{motd,other}/*', '[m]otd/*', '@(motd)/*', '!(x)/*', 'motd/\\*', 'MOTD/*', '', 'motd//notices.json']) {
    assert.equal(matchesPattern(pattern, PATH), false, pattern);
  }
  assert.equal(matchesPattern('', ''), true);
  assert.equal(matchesPattern('*', ''), true);
  assert.equal(matchesPattern('?', ''), false);
  assert.equal(matchesPattern('[m]otd/{x}', '[m]otd/{x}'), true);
  assert.equal(matchesPattern('a*b/*c', 'axxb/yyc'), true);
});

test('step 10: a pattern of many stars is no work', () => {
  assert.equal(matchesPattern(`${'*a'.repeat(20_000)}b`, 'a'.repeat(20_000)), false);
});

test('step 10: paths and prefixes of hashes', () => {
  const role = (/** @type {any} */ changes) => ({ name: 'motd', keyids: [], threshold: 1, terminating: false, ...changes });
  const names = (/** @type {any} */ delegations) => delegationsTo({ delegations: { keys: {}, ...delegations } }, PATH).matching.map(({ name }) => name);
  const hash = createHash('sha256').update(PATH).digest('hex');
  assert.deepEqual(names({ roles: [role({ name: '10', paths: ['motd/*'] }), role({ name: '9', paths: ['x', PATH], terminating: true }), role({ name: 'later', paths: [PATH] })] }), ['10', '9']);
  assert.deepEqual(names({ roles: [role({ path_hash_prefixes: [hash.slice(0, 2)] })] }), ['motd']);
  assert.deepEqual(names({ roles: [role({ path_hash_prefixes: [hash.slice(0, 8).toUpperCase(), `x${hash}`] }), role({}), role({ paths: [] })] }), []);
  // TAP 15 is not part of TUF 1.0: a member like others that it does not define (section 6.4).
  assert.deepEqual(names({ succinct_roles: { keyids: [], threshold: 1, bit_length: 1, name_prefix: 'bin' } }), []);
  assert.deepEqual(delegationsTo({}, PATH), { matching: [], terminating: false });
});

test('consistent_snapshot is optional: without it, names have no version', async (context) => {
  for (const value of [undefined, false]) {
    const simulator = await Simulator.start(context, (one) => {
      one.carrier = 'target';
      one.versions.root = 0;
      one.roots.length = 0;
      one.edits['root'] = (signed) => (value === undefined ? delete signed.consistent_snapshot : (signed.consistent_snapshot = value));
      one.publishRoot();
    });
    for (const [path, bytes] of [...simulator.files]) {
      simulator.files.delete(path);
      if (!path.endsWith('root.json')) simulator.files.set(path.replace(/[0-9a-f]+\.(\w+\.json)$/, '$1'), bytes);
    }
    assert.deepEqual([...simulator.files.keys()].sort(), ['/metadata/motd.json', '/metadata/snapshot.json', '/metadata/targets.json', '/metadata/timestamp.json', '/targets/motd/notices.json']);
    assert.equal(await outcome(simulator), 'fresh');
  }
});

/** @type {[string, string, (signed: any) => void][]} role, stage, what is wrong with its form */
const MALFORMED = [
  ['root', 'root', (signed) => (signed.consistent_snapshot = 'yes')],
  ['root', 'root', (signed) => delete signed.keys],
  ['root', 'root', (signed) => delete signed.roles.snapshot],
  ['root', 'root', (signed) => (signed.roles.targets.threshold = 0)],
  ['root', 'root', (signed) => (signed.roles.targets.keyids = 'x')],
  ['root', 'root', (signed) => (signed.keys.x = { keytype: 'ed25519', scheme: 'ed25519' })],
  ['timestamp', 'timestamp', (signed) => (signed.meta = {})],
  ['timestamp', 'timestamp', (signed) => (signed.expires = '2027-02-30T00:00:00Z')],
  ['timestamp', 'timestamp', (signed) => (signed.expires = '2027-02-03T00:00:00.0Z')],
  ['timestamp', 'timestamp', (signed) => (signed.spec_version = '1')],
  ['timestamp', 'timestamp', (signed) => delete signed._type],
  ['snapshot', 'snapshot', (signed) => (signed.meta['motd.json'].version = 0)],
  ['snapshot', 'snapshot', (signed) => (signed.meta['motd.json'].length = -1)],
  ['snapshot', 'snapshot', (signed) => (signed.meta['motd.json'].hashes = { sha256: 1 })],
  ['targets', 'targets', (signed) => delete signed.targets],
  ['targets', 'targets', (signed) => delete signed.delegations.keys],
  ['targets', 'targets', (signed) => delete signed.delegations.roles[0].terminating],
  ['targets', 'targets', (signed) => (signed.delegations.roles[0].path_hash_prefixes = ['0'])],
  ['targets', 'targets', (signed) => (signed.delegations.roles[0].paths = [1])],
  ['targets', 'targets', (signed) => (signed.delegations.roles[0].name = 'root')],
  ['targets', 'targets', (signed) => (signed.delegations.roles[0].name = '')],
  ['motd', 'delegation', (signed) => delete signed.targets[PATH].hashes],
  ['motd', 'delegation', (signed) => (signed.targets[PATH].length = '1')],
  ['motd', 'delegation', (signed) => (signed.delegations = null)],
];

for (const [role, stage, edit] of MALFORMED) {
  test(`MOTD-GATE-7 malformed: ${role}: ${edit}`, async (context) => assert.equal(await edited(context, role, edit), `none ${stage} malformed`));
}

test('MOTD-GATE-7: what TUF leaves open is not malformed', async (context) => {
  for (const [role, edit] of /** @type {[string, (signed: any) => void][]} */ ([
    ['root', (signed) => (signed.keys.later = { keytype: 'later', scheme: 'later', keyval: { other: [1] }, more: null })],
    ['root', (signed) => ((signed.roles.mirrors = 1), (signed.later = { x: [] }))],
    ['root', (signed) => signed.roles.targets.keyids.push('nobody', signed.roles.targets.keyids[0])],
    ['timestamp', (signed) => (signed.spec_version = '1.0')],
    ['timestamp', (signed) => (signed.spec_version = '1.99.0')],
    ['targets', (signed) => (signed.delegations.roles[0].later = 1)],
    ['targets', (signed) => signed.delegations.roles.unshift({ name: 'none', keyids: [], threshold: 1, terminating: true, paths: [] })],
  ])) {
    assert.equal(await edited(context, role, edit), 'fresh', String(edit));
  }
});

test('MOTD-GATE-7: expires has the form of a time', async (context) => {
  assert.equal(await edited(context, 'timestamp', (signed) => (signed.expires = '1970-01-01T00:00:00Z')), 'none timestamp expired');
  assert.equal(await edited(context, 'timestamp', (signed) => (signed.expires = '1969-12-31T23:59:59Z')), 'none timestamp malformed');
});

/** Publishes the timestamp with other signatures. @param {Simulator} one @param {(signatures: any[]) => void} change */
function resign(one, change) {
  const path = '/metadata/timestamp.json';
  const value = JSON.parse(String(one.files.get(path)));
  change(value.signatures);
  one.files.set(path, Buffer.from(JSON.stringify(value)));
}

test('MOTD-GATE-7: signatures', async (context) => {
  const simulator = await Simulator.start(context);
  const sound = /** @type {Buffer} */ (simulator.files.get('/metadata/timestamp.json'));
  for (const [expected, change] of /** @type {[string, (signatures: any[]) => void][]} */ ([
    // TUF 4.2: "multiple signatures with the same keyid are not allowed".
    ['none timestamp malformed', (signatures) => signatures.push(signatures[0])],
    ['none timestamp malformed', (signatures) => signatures.push({ keyid: 'x' })],
    ['none timestamp signature-threshold', (signatures) => signatures.pop()],
    ['none timestamp signature-threshold', (signatures) => (signatures[0].sig = `${signatures[0].sig}0`)],
    ['none timestamp signature-threshold', (signatures) => (signatures[0].sig = 'zz')],
    ['fresh', (signatures) => signatures.unshift({ keyid: 'x', sig: '' }, { keyid: '__proto__', sig: '00' })],
    ['fresh', (signatures) => (signatures[0].sig = signatures[0].sig.toUpperCase())],
  ])) {
    simulator.files.set('/metadata/timestamp.json', sound);
    resign(simulator, change);
    assert.equal(await outcome(simulator), expected, String(change));
  }
});

test('MOTD-CARRY-3: a value that has no canonical form is signed by nobody', async (context) => {
  assert.equal(await edited(context, 'motd', (signed) => (signed.later = 0.5)), 'none delegation not-metadata');
  assert.equal(String(canonicalForm({ b: ['\n"\\\u00e9', -0, true, null], a: {} })), '{"a":{},"b":["\n\\"\\\\\u00e9",0,true,null]}');
  assert.equal(canonicalForm(['\ud800']), null);
});

/**
 * @param {string} scheme @param {any} pair @param {string} digest
 * @returns {import('./simulator.js').Key}
 */
function pemKey(scheme, pair, digest) {
  const text = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const tuf = { keytype: scheme.split('-')[0], scheme, keyval: { public: text } };
  const padding = pair.privateKey.asymmetricKeyType === 'rsa' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {};
  // OLPC leaves the line feeds of PEM as they are; nothing else here has a control character.
  return { id: createHash('sha256').update(text).digest('hex'), tuf, sign: (bytes) => sign(digest, bytes, { key: pair.privateKey, ...padding }).toString('hex') };
}

test('MOTD-DEL-5: keys of other kinds sign, and one key in two texts counts once', async (context) => {
  const small = pemKey('rsassa-pss-sha256', generateKeyPairSync('rsa', { modulusLength: 1024 }), 'sha256');
  const large = pemKey('rsassa-pss-sha256', generateKeyPairSync('rsa', { modulusLength: 2048 }), 'sha256');
  const curve = pemKey('ecdsa-sha2-nistp256', generateKeyPairSync('ec', { namedCurve: 'prime256v1' }), 'sha256');
  const other = pemKey('ecdsa-sha2-nistp384', generateKeyPairSync('ec', { namedCurve: 'secp384r1' }), 'sha384');
  const lines = { ...large, id: 'lines', tuf: { ...large.tuf, keyval: { public: `${large.tuf.keyval.public}\n` } } };
  const wrong = { ...curve, id: 'wrong', tuf: { ...curve.tuf, scheme: 'ecdsa-sha2-nistp384' } };
  const later = { ...makeKey(), id: 'later', tuf: { keytype: 'later', scheme: 'later', keyval: {} } };
  for (const [keys, threshold, expected] of /** @type {[any[], number, string][]} */ ([
    [[large, curve, other], 3, 'fresh'], [[large, lines], 2, 'none timestamp signature-threshold'], [[small], 1, 'none timestamp signature-threshold'],
    [[curve, wrong], 2, 'none timestamp signature-threshold'], [[later, curve], 1, 'fresh'],
  ])) {
    const simulator = await Simulator.start(context, (one) => {
      one.keys.timestamp = keys;
      one.edits['root'] = (signed) => (signed.roles.timestamp.threshold = threshold);
      one.publishRoot();
      // The simulator signs the RFC 8785 form, which writes the line feeds of PEM in another way: sign the root again.
      const { signed } = JSON.parse(String(one.roots[1]));
      const form = /** @type {Buffer} */ (canonicalForm(signed));
      const [root] = one.keys.root;
      one.files.set('/metadata/2.root.json', Buffer.from(JSON.stringify({ signatures: [{ keyid: root?.id, sig: root?.sign(form) }], signed })));
    });
    assert.equal(await outcome(simulator), expected);
  }
});

test('MOTD-GATE-14: the form of a long role is judged at once, signed or not', async (context) => {
  const simulator = await Simulator.start(context, (one) => {
    one.edits['targets'] = (signed) => {
      for (let at = 0; at < 20_000; at += 1) signed.targets[`packages/${at}`] = { length: at, hashes: { sha256: '0'.repeat(64) } };
    };
  });
  assert.equal(await outcome(simulator), 'fresh');
});

test('step 10: a delegated role that the snapshot does not list', async (context) => {
  assert.equal(await edited(context, 'snapshot', (signed) => delete signed.meta['motd.json']), 'none delegation version-mismatch');
});

test('MOTD-GATE-7 hash-mismatch: a hash has one spelling', async (context) => {
  const upper = (/** @type {any} */ hashes) => (hashes.sha256 = hashes.sha256.toUpperCase());
  assert.equal(await edited(context, 'timestamp', (signed) => upper(signed.meta['snapshot.json'].hashes)), 'none snapshot hash-mismatch');
  assert.equal(await edited(context, 'motd', (signed) => upper(signed.targets[PATH].hashes)), 'fresh document carrier-hash');
  const target = await Simulator.start(context, (one) => ((one.carrier = 'target'), (one.edits['motd'] = (signed) => upper(signed.targets[PATH].hashes))));
  assert.equal(await outcome(target), 'none target hash-mismatch');
});

test('MOTD-GATE-11: the target file of an entry answers 404, and nothing begins anew', async (context) => {
  const simulator = await Simulator.start(context, (one) => ((one.carrier = 'target'), (one.document = document({ notices: [notice({ id: 'gone' })] }))));
  const [path] = [...simulator.files.keys()].filter((name) => name.startsWith('/targets/'));
  simulator.files.delete(String(path));
  assert.equal(await outcome(simulator), 'none target status');
  assert.equal(simulator.requests.filter((request) => request.path === '/metadata/timestamp.json').length, 1);
});
