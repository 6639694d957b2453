/** The adapter as a process: the lines, the operations without a network, and requests that are none. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { MACHINE, Session, base64, documentOf, requireValid, timeOf } from './session.js';
import { NOW } from './simulator.js';
import { REPOSITORY, bytesOf, document, notice } from './support.js';

const HELLO = { protocol: 1, specification: '1.0' };

test('hello: what is claimed', async (context) => {
  const session = new Session(context);
  const { roles, features, language } = await session.accepted('hello', HELLO);
  assert.deepEqual({ roles, features, language }, { roles: ['document', 'installer'], features: [], language: 'JavaScript' });
  assert.equal(await session.end(), 0);
});

test('hello: another version of the protocol', async (context) => {
  const session = new Session(context);
  session.send('{"id":"later","operation":"hello","protocol":2,"specification":"1.0"}\n');
  const answer = await session.next();
  requireValid('hello.answer', answer);
  assert.equal(answer.status, 'unsupported');
});

test('parse: the target carrier', async (context) => {
  const session = new Session(context);
  const full = notice({ severity: 'critical', topic: 'security', repeat: 'once', resolves: ['other'], links: [{ rel: 'details', url: 'https://example.org/' }] });
  const translated = notice({ id: 'translated', repeat: 'later', text: { en: { title: 'A title', body: [] }, fr: { title: '', body: [] }, FR: { title: 'x', body: [] } } });
  const { notices } = await session.accepted('parse', { repository: REPOSITORY, target: documentOf([full, translated, notice({ id: 'A' }), notice({ id: 'old', revision: 0 })]) });
  const { text, begins, ends } = full;
  assert.deepEqual(notices, [
    { id: 'base', code: null, refused_languages: {}, notice: { revision: 1, severity: 'info', topic: 'security', begins, ends, repeat: 'once', resolves: ['other'], text, links: full.links } },
    {
      id: 'translated',
      code: null,
      refused_languages: { fr: 'title-malformed', FR: 'language-tag-malformed' },
      notice: { revision: 1, severity: 'info', topic: null, begins, ends, repeat: null, resolves: [], text: { en: { title: 'A title', body: [] } }, links: [] },
    },
    { id: null, code: 'id-malformed', refused_languages: {}, notice: null },
    { id: 'old', code: 'revision-malformed', refused_languages: {}, notice: null },
  ]);
  const refused = await session.ask('parse', { repository: 'other', target: documentOf([]) });
  assert.deepEqual([refused.status, refused.stage, refused.code], ['rejected', 'document', 'repository-mismatch']);
});

test('parse: the custom carrier', async (context) => {
  const session = new Session(context);
  const motd = document({ notices: [notice()] });
  const bytes = bytesOf(motd);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const parse = async (/** @type {any} */ entry) => session.ask('parse', { repository: REPOSITORY, entry: JSON.stringify({ length: bytes.length, hashes: { sha256 }, custom: { motd }, ...entry }) });
  const found = await parse({});
  assert.deepEqual(found.result.notices.map((/** @type {any} */ one) => one.id), ['base']);
  assert.equal((await parse({ length: 1 })).code, 'carrier-length');
  assert.equal((await parse({ hashes: {} })).code, 'carrier-no-hash');
  assert.equal((await parse({ hashes: { sha256: sha256.toUpperCase() } })).code, 'carrier-hash');
  assert.equal((await parse({ hashes: { sha256: 1 } })).code, 'carrier-hash');
  assert.equal((await parse({ custom: { motd: null } })).code, 'carrier-length');
  for (const entry of ['{', '[]', '{"custom":{}}', '{"custom":null}']) assert.equal((await session.ask('parse', { repository: REPOSITORY, entry })).status, 'error');
});

test('select: what applies to a machine, in the document\'s order', async (context) => {
  const session = new Session(context);
  const french = notice({ id: 'french', text: { en: { title: 'A title', body: [] }, fr: { title: 'Un titre', body: [] } } });
  const pip = notice({ id: 'pip', audience: [{ components: [{ purl: 'pkg:pypi/pip', versions: 'vers:pypi/<10.0' }] }] });
  const windows = notice({ id: 'windows', audience: [{ os: ['windows'] }] });
  const select = async (/** @type {any} */ machine) =>
    (await session.accepted('select', { repository: REPOSITORY, document: documentOf([french, pip, windows, notice({ id: 'x', revision: 0 })]), now: timeOf(NOW), machine: { ...MACHINE, ...machine } })).notices;
  const found = await select({ components: { 'pkg:pypi/Pip': ['9.0.1'] }, os: 'linux', languages: ['fr-CA'] });
  assert.deepEqual(found.map((/** @type {any} */ one) => [one.id, one.decision, one.reason, one.code, one.text?.language]), [
    ['french', 'show', 'asked', null, 'fr'], ['pip', 'show', 'asked', null, 'en'], ['windows', 'skip', 'audience', null, undefined], ['x', 'skip', 'refused', 'revision-malformed', undefined],
  ]);
  const other = await select({ components: JSON.parse('{"__proto__":["1"]}'), environment: { LANG: 'fr_FR.UTF-8' } });
  assert.deepEqual(other.map((/** @type {any} */ one) => one.text?.title), ['Un titre', undefined, undefined, undefined]);
});

test('render: three notices over all sources, and how many are left', async (context) => {
  const session = new Session(context);
  const source = (/** @type {string} */ name, /** @type {any[]} */ notices) => ({ name, repository: REPOSITORY, document: documentOf(notices) });
  const sources = [source('two', [notice({ id: 'a' }), notice({ id: 'b', severity: 'critical', text: { en: { title: 'Übel\\', body: [] } } }), notice({ id: 'e' })]), source('one', [notice({ id: 'c' }), notice({ id: 'd', severity: 'warning' })])];
  const render = async (/** @type {string} */ form, /** @type {number | null} */ columns, environment = { LANG: 'C.UTF-8' }) => session.accepted('render', { sources, now: timeOf(NOW), machine: { ...MACHINE, environment }, form, columns });
  const reasons = (/** @type {any} */ result) => result.notices.map((/** @type {any[]} */ one) => one.map(({ reason }) => reason).join(' '));
  const terminal = await render('terminal', 80);
  assert.deepEqual(terminal.lines.slice(0, -1), [
    'notice[two] CRITICAL: Übel\\', 'notice[one] WARNING: A title', 'notice[one]   A paragraph.', 'notice[one] INFO: A title', 'notice[one]   A paragraph.',
  ]);
  assert.match(terminal.lines.at(-1), /^notice\[one\] 2 more: ./);
  assert.deepEqual(reasons(terminal), ['run-limit new run-limit', 'new new']);
  const plain = await render('plain', null);
  assert.deepEqual(plain.lines.slice(0, 2), ['notice from two', 'CRITICAL: Übel\\']);
  // MOTD-SHOW-12
  assert.equal((await render('plain', null, { LANG: 'C' })).lines[1], 'CRITICAL: \\u{dc}bel\\u{5c}');
  const ascii = await render('ascii', 10);
  assert.deepEqual(ascii.lines, ['notice[two] CRITICAL: \\u{dc}bel\\u{5c}']);
  assert.deepEqual(reasons(ascii), ['no-terminal new no-terminal', 'no-terminal no-terminal']);
  const narrow = await render('terminal', 30);
  assert.deepEqual([narrow.lines, reasons(narrow)], [[], ['too-narrow too-narrow too-narrow', 'too-narrow too-narrow']]);
  const refused = await session.ask('render', { sources: [source('a b', [])], now: timeOf(NOW), machine: MACHINE, form: 'plain', columns: null });
  assert.deepEqual([refused.stage, refused.code], ['configuration', 'source']);
});

test('operations of other roles are unsupported', async (context) => {
  const session = new Session(context);
  for (const operation of ['start', 'stop']) assert.equal((await session.ask(operation, { folder: '/tmp', ...(operation === 'start' && { root: '' }) })).status, 'unsupported');
  session.send('{"id":"1","operation":"constructor"}\n');
  assert.deepEqual((await session.next()).status, 'unsupported');
});

test('what is no request is answered, and the next one is heard', async (context) => {
  const session = new Session(context);
  const hello = { id: 'k', operation: 'hello', ...HELLO };
  const garbled = [
    '', ' ', 'x', 'null', '[]', '"hello"', '{}', '{"id":1}', '{"id":""}', JSON.stringify({ ...hello, id: 'i'.repeat(65) }), '[['.repeat(100_000), '\ufeff{}',
    JSON.stringify({ ...hello, protocol: '1' }), JSON.stringify({ ...hello, extra: null }), '{"id":"k"}', '{"id":"k","operation":1}', '{"id":"k","operation":"check"}',
    '{"id":"k","operation":"parse","repository":"pypi.org"}', '{"id":"k","operation":"parse","repository":"pypi.org","target":"W10"}', '{"id":"k","operation":"parse","repository":"pypi.org","target":"W10=","entry":"{}"}',
    JSON.stringify({ id: 'k', operation: 'select', repository: REPOSITORY, document: documentOf([]), now: '2026-02-30T00:00:00Z', machine: MACHINE }),
    JSON.stringify({ id: 'k', operation: 'select', repository: REPOSITORY, document: documentOf([]), now: timeOf(NOW), machine: { ...MACHINE, components: { a: '1' } } }),
    JSON.stringify({ id: 'k', operation: 'render', sources: [], now: timeOf(NOW), machine: MACHINE, form: 'plain', columns: null }),
  ];
  for (const line of [...garbled, Buffer.from([0xff, 0xfe])]) {
    session.send(line);
    session.send('\n');
    const answer = await session.next();
    requireValid('error', answer);
  }
  assert.equal((await session.ask('hello', HELLO)).status, 'accepted');
});

test('a line ends at a line feed and nowhere else', async (context) => {
  const session = new Session(context);
  const id = 'a\u2028b\u2029c\rd';
  session.send(JSON.stringify({ id, operation: 'hello', ...HELLO }).slice(0, 20));
  session.send(JSON.stringify({ id, operation: 'hello', ...HELLO }).slice(20));
  session.send('\n\n');
  assert.equal((await session.next()).id, id);
  assert.equal((await session.next()).status, 'error');
});

test('a line that is too long is answered, and one that does not end', async (context) => {
  const session = new Session(context);
  session.send(`"${'x'.repeat(17 * 1024 * 1024)}"\n`);
  assert.equal((await session.next()).status, 'error');
  session.send(JSON.stringify({ id: 'k', operation: 'hello', ...HELLO }));
  assert.equal(await session.end(), 0);
  assert.equal((await session.next()).status, 'error');
  assert.equal(await session.next(), undefined);
});

test('many requests sent at once are answered in their order', async (context) => {
  const session = new Session(context);
  const ids = Array.from({ length: 20 }, (_, at) => `k${at}`);
  session.send(ids.map((id) => `${JSON.stringify({ id, operation: 'parse', repository: REPOSITORY, target: base64(Buffer.from('[]')) })}\n`).join(''));
  assert.equal(await session.end(), 0);
  for (const id of ids) assert.deepEqual(await session.next(), { id, status: 'rejected', stage: 'document', code: 'not-an-object' });
});
