/**
 * What tuf-js 4.1.0 does by itself where the specification asks for something else. Each of these is a line in the
 * README; when one fails after an update of tuf-js, the line and the code that stands in for it can go.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Metadata } from '@tufjs/models';
import { Updater } from 'tuf-js';
import { NOW, Simulator, envelope, makeKey } from './simulator.js';

/** @param {any} signed @param {import('./simulator.js').Key[]} keys @returns {any} */
const model = (signed, keys) => Metadata.fromJSON(signed._type, JSON.parse(envelope(signed, keys).toString()));

const COMMON = { _type: 'targets', spec_version: '1.0.31', version: 1, expires: '2027-01-01T00:00:00Z', targets: {} };

/** @param {import('./simulator.js').Key[]} keys @param {any[]} roles */
const delegator = (keys, roles) => ({ ...COMMON, delegations: { keys: Object.fromEntries(keys.map((key) => [key.id, key.tuf])), roles } });

test('MOTD-DEL-5: tuf-js counts one key under two ids twice', () => {
  const key = makeKey();
  const twice = [key, { ...key, id: 'other' }];
  const role = { name: 'motd', keyids: twice.map(({ id }) => id), threshold: 2, terminating: true, paths: ['motd/*'] };
  assert.doesNotThrow(() => model(delegator(twice, [role]), []).verifyDelegate('motd', model(COMMON, twice)));
});

test('MOTD-GATE-7 expired: tuf-js takes an expires that is no date for one that never comes', () => {
  assert.equal(model({ ...COMMON, expires: 'never' }, []).signed.isExpired(new Date(NOW * 1000)), false);
});

test('MOTD-GATE-7 malformed: tuf-js lets the second of two delegations of one name win', () => {
  const key = makeKey();
  const role = (/** @type {string} */ path) => ({ name: 'motd', keyids: [key.id], threshold: 1, terminating: true, paths: [path] });
  const { delegations } = model(delegator([key], [role('motd/*'), role('other/*')]), []).signed;
  assert.deepEqual([...delegations.rolesForTarget('motd/notices.json')], []);
});

test('step 10: tuf-js visits roles called 10 and 9 in the order of numbers, and signatures over them fail', () => {
  const [parent, key] = [makeKey(), makeKey()];
  const role = (/** @type {string} */ name) => ({ name, keyids: [key.id], threshold: 1, terminating: false, paths: ['motd/*'] });
  const signed = delegator([key], [role('10'), role('9')]);
  const targets = model(signed, [parent]);
  assert.deepEqual([...targets.signed.delegations.rolesForTarget('motd/notices.json')].map(({ role: name }) => name), ['9', '10']);
  const above = model(delegator([parent], [{ ...role('above'), keyids: [parent.id] }]), []);
  assert.throws(() => above.verifyDelegate('above', targets));
});

test('MOTD-GATE-4: tuf-js refuses a root without consistent_snapshot, which TUF makes optional', () => {
  assert.throws(() => model({ ...COMMON, _type: 'root', keys: {}, roles: {} }, []), /consistent_snapshot/);
});

test('MOTD-FAIL-2, MOTD-GATE-7: the Updater of tuf-js reports a snapshot by a sentence and not by a class', async (context) => {
  const simulator = await Simulator.start(context, (one) => {
    // The Updater has no clock that could be given.
    for (const name of Object.keys(one.expires)) one.expires[/** @type {keyof Simulator['expires']} */ (name)] = Date.UTC(2100, 0) / 1000;
    one.versions.root = 0;
    one.publishRoot();
    one.keys.snapshot = [makeKey()];
  });
  const metadataDir = mkdtempSync(join(tmpdir(), 'tuf-js-'));
  writeFileSync(join(metadataDir, 'root.json'), /** @type {Buffer} */ (simulator.roots[1]));
  const updater = new Updater({ metadataDir, metadataBaseUrl: `${simulator.base}/metadata`, config: { fetchRetries: 0 } });
  await assert.rejects(updater.refresh(), (/** @type {Error} */ error) => error.constructor.name === 'RuntimeError' && /signed by 0\/1 keys/.test(error.message));
  assert.match(String(simulator.requests[0]?.headers['user-agent']), /^tuf-js\//);
});
