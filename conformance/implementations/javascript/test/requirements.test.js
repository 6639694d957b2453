/** Every requirement of the role document at level core, by what is accepted and what is refused with which code. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documentBytes, judge, parseRange } from '../src/index.js';
import { digest } from '../src/document/canonical.js';
import {
  REPOSITORY, audienceCode, bytesOf, document, documentCode, englishCode, judgeEntry, judgeTarget, notice, noticeCode, readJson,
} from './support.js';

/** @typedef {[accepted: any[], refused: [string, any][], code: (input: any) => string | null]} Case */

const utf8 = (/** @type {string} */ text) => Buffer.from(text, 'utf8');
const EMPTY = '{"repository":"pypi.org","schema_version":"1.0"}';
const bytesCode = (/** @type {Uint8Array} */ bytes) => judge(bytes, REPOSITORY).code;
const textCode = (/** @type {string} */ text) => bytesCode(utf8(text));
/** A document of exactly so many bytes. */
const ofLength = (/** @type {number} */ length) => document({ later: 'x'.repeat(length - bytesOf(document({ later: '' })).length) });
const entryOf = (/** @type {any} */ value) => ({ length: bytesOf(value).length, hashes: { sha256: digest('sha256', bytesOf(value)) } });
const customCode = (/** @type {any} */ value) => judge(value, REPOSITORY, { entry: entryOf(value) }).code;
const title = (/** @type {any} */ value) => englishCode({ title: value, body: [] });
const paragraph = (/** @type {any} */ value) => englishCode({ title: 'A title', body: [value] });
const purl = (/** @type {any} */ value) => audienceCode([{ components: [{ purl: value }] }]);
const pip = (/** @type {any} */ versions) => audienceCode([{ components: [{ purl: 'pkg:pypi/pip', versions }] }]);
const url = (/** @type {any} */ value) => noticeCode({ links: [{ rel: 'details', url: value }] });
const times = (/** @type {any} */ pair) => noticeCode({ begins: pair[0], ends: pair[1] });
const member = (/** @type {string} */ name) => (/** @type {any} */ value) => noticeCode({ [name]: value });
const whole = (/** @type {string} */ name) => (/** @type {any} */ value) => documentCode(document({ [name]: value }));
const ids = (/** @type {number} */ count) => Array.from({ length: count }, (_, at) => `id-${at}`);
const all = (/** @type {string} */ code, /** @type {any[]} */ inputs) => inputs.map((input) => /** @type {[string, any]} */ ([code, input]));
const nest = (/** @type {number} */ depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const languages = (/** @type {number} */ count) => ({
  en: { title: 'A title', body: [] },
  ...Object.fromEntries(ids(count - 1).map((id) => [`en-x-${id.slice(3)}`, { title: 'A title', body: [] }])),
});
const idForms = { good: ['a', '0', 'a-b', 'a.b_c', 'x'.repeat(64)], bad: ['', '-a', 'a-', 'A', 'a b', 'é', 'x'.repeat(65), 'a\n', 1, null, [], {}] };
const absent = undefined;

/** @type {Record<string, Case>} */
const CASES = {
  'MOTD-BYTES-1': [[bytesOf(ofLength(65_536))], all('document-too-large', [bytesOf(ofLength(65_537)), Buffer.alloc(70_000, 0xff)]), bytesCode],
  'MOTD-BYTES-2': [
    [utf8('{"later":"é😀","repository":"pypi.org","schema_version":"1.0"}')],
    all('not-utf-8', [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]].map((broken) => Buffer.from([0x22, ...broken, 0x22]))),
    bytesCode,
  ],
  'MOTD-BYTES-3': [
    [EMPTY],
    all('not-json', [
      '', ' ', `\ufeff${EMPTY}`, `${EMPTY}{}`, `${EMPTY},`, `${EMPTY}\u0000`, '{', "{'a':1}", '{"a":01}', '{"a":.5}', '{"a":NaN}', '{"a":1,}', '"\t"',
      '{"later":"\\ud800"}', '{"later":"\\udc00\\ud800"}', '{"\\udfff":1}', '{"a":"\\ud800","a":""}', '\u00a0{}',
    ]),
    textCode,
  ],
  'MOTD-BYTES-4': [
    [`{"later":${nest(7)},"repository":"pypi.org","schema_version":"1.0"}`],
    all('too-deep', [`{"later":${nest(8)}}`, nest(9), nest(30_000), `{"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":{}}}}}}}}}`, `{"a":${nest(8)},"a":1}`]),
    textCode,
  ],
  'MOTD-BYTES-5': [
    ['{"later":[{"a":1},{"a":1}],"repository":"pypi.org","schema_version":"1.0"}'],
    all('duplicate-name', ['{"a":1,"a":1}', '{"a":1,"\\u0061":1}', '{"b":[{"c":{"a":1,"a":2}}]}', '{"":1,"":2}', '{"a" : "a", "a"\n:1}']),
    textCode,
  ],
  'MOTD-BYTES-6': [
    ['{"later":{" ~":1,"__proto__":{"constructor":null}},"repository":"pypi.org","schema_version":"1.0"}'],
    all('name-not-ascii', ['{"":1}', '{"é":1}', '{"\\u007f":1}', '{"\\n":1}', '{"a":[{"b":{"\\u00e9":1}}]}']),
    textCode,
  ],
  'MOTD-BYTES-7': [
    [EMPTY, '{"later":[1e+21,-1.5,0.000001,1e-7,"\\u0001\\n\\"\\\\/é"],"repository":"pypi.org","schema_version":"1.0"}'],
    all('not-document-bytes', [
      `${EMPTY}\n`, ` ${EMPTY}`, '{"schema_version":"1.0","repository":"pypi.org"}', '{"a":1.0}', '{"a":1e2}', '{"a":-0}', '{"a":1e400}', '{"a":9007199254740993}',
      '{"a":"\\u0041"}', '{"a":"\\/"}', '{"a":"\\u000A"}', '{ }',
    ]),
    textCode,
  ],
  'MOTD-DOC-1': [[document()], all('not-an-object', [[], null, 1, 'x', true]), documentCode],
  'MOTD-DOC-2': [
    ['1.0', '1.7', '1.184467440737095516160'],
    all('schema-version', [absent, null, 1, '', '1', '1.', '1.00', '01.0', '2.0', '0.9', '1.0.0', ' 1.0', '1.0\n', '1.-1', '10.0', '١.0']),
    whole('schema_version'),
  ],
  'MOTD-DOC-3': [['pypi.org'], all('repository-malformed', [absent, null, 7, '', 'PyPI.org', '-a', 'a/', '/a', 'a b', 'é', 'x'.repeat(254)]), whole('repository')],
  'MOTD-DOC-4': [['pypi.org'], all('repository-mismatch', ['pypi.orf', 'staging.pypi.org', 'pypi.org/simple', 'p']), whole('repository')],
  'MOTD-DOC-5': [['en', absent, 'pt-BR', 'zh-Hant-TW'], all('default-language-malformed', [null, 1, '', 'EN', 'pt-br', 'zh_TW', 'x-a', 'en-']), whole('default_language')],
  'MOTD-DOC-6': [[absent, []], all('notices-malformed', [null, {}, 'x', 1, false]), whole('notices')],
  'MOTD-DOC-7': [[Array(32).fill(1)], all('notices-too-many', [Array(33).fill(1), Array(2000).fill(null)]), whole('notices')],
  'MOTD-DOC-9': [
    [[notice({ id: 'a' }), notice({ id: 'b' })]],
    all('id-duplicate', [
      [notice(), notice()], [notice(), { id: 'base' }], [notice({ id: '-x' }), { id: '-x' }], [notice({ revision: 0 }), notice(), notice({ severity: 'critical' })],
    ]),
    (entries) => judgeTarget(document({ notices: entries })).notices.map(({ code }) => code).reduce((one, other) => (one === other ? one : 'differ')),
  ],
  'MOTD-DOC-10': [[notice()], all('notice-not-an-object', [null, [], 'x', 1]), (entry) => judgeEntry(entry).code],
  'MOTD-DOC-11': [idForms.good, all('id-malformed', [absent, ...idForms.bad]), member('id')],
  'MOTD-DOC-12': [[1, 2, 9_007_199_254_740_991], all('revision-malformed', [absent, null, 0, -1, 1.5, 9_007_199_254_740_992, 1e21, '1', true, []]), member('revision')],
  'MOTD-DOC-13': [['info', 'critical', ...idForms.good], all('severity-malformed', [absent, ...idForms.bad]), member('severity')],
  'MOTD-DOC-14': [[absent, 'incident', ...idForms.good], all('topic-malformed', idForms.bad), member('topic')],
  'MOTD-DOC-15': [[absent, []], all('requires-malformed', [null, 'a', {}, ['a', 'a'], ['A'], [1], ids(33)]), member('requires')],
  'MOTD-DOC-16': [[absent, [], ['a'], ids(32)], all('resolves-malformed', [null, 'a', {}, ['a', 'a'], ['A'], [1], ids(33), ['base'], ['a', 'base']]), member('resolves')],
  'MOTD-DOC-17': [[absent, 'once', 'hourly'], all('repeat-malformed', idForms.bad), member('repeat')],
  'MOTD-FWD-4': [[absent, []], all('requires-unknown', [['a'], ids(32)]), member('requires')],
  'MOTD-FWD-6': [
    [notice()],
    [
      ...Object.entries({
        id: 'id-malformed', revision: 'revision-malformed', severity: 'severity-malformed', topic: 'topic-malformed', begins: 'time-malformed', ends: 'time-malformed',
        requires: 'requires-malformed', repeat: 'repeat-malformed', resolves: 'resolves-malformed', text: 'text-malformed', links: 'links-malformed', audience: 'audience-malformed',
      }).map(([name, code]) => /** @type {[string, any]} */ ([code, notice({ [name]: null })])),
      ['title-malformed', notice({ text: { en: null } })],
      ['body-malformed', notice({ text: { en: { title: 'x', body: null } } })],
      ['link-rel-malformed', notice({ links: [{ rel: null, url: 'https://example.org' }] })],
      ['components-malformed', notice({ audience: [{ components: null }] })],
      ['clause-malformed', notice({ audience: [{ arch: null }] })],
      ['versions-malformed', notice({ audience: [{ components: [{ purl: 'pkg:pypi/pip', versions: null }] }] })],
    ],
    (entry) => judgeEntry(entry).code,
  ],
  'MOTD-TEXT-1': [
    ['A title', 'café', '漢字', '😀', 'a\u0301', '\u00a0x', '\u{1f6dd}'],
    all('text-code-point', [
      'a\nb', '\u001b[31mx', 'x\u007f', 'x\u0085', 'x\u200d', 'x\u202ey', '\ufeffx', 'x\ufe0f', 'x\u00ad', 'x\u034f', '\ue000', '\u{e0041}x', '\ufdd0', '\uffff', '\u0378', 'x\u2028',
      '\u3164',
    ]),
    (string) => title(string) ?? paragraph(string),
  ],
  'MOTD-TEXT-2': [
    ['x', 'x'.repeat(120), '😀'.repeat(120), ' x '],
    all('title-malformed', [absent, null, 1, [], '', ' ', ' \u0301', ' \u00a0\u1680\u2000\u200a\u202f\u205f\u3000', 'x'.repeat(121), '\u0001'.repeat(121)]),
    title,
  ],
  'MOTD-TEXT-3': [['x', 'x'.repeat(1000), '😀'.repeat(1000)], all('paragraph-malformed', [null, 1, {}, '', '  ', '\u1161', '\u2003', 'x'.repeat(1001)]), paragraph],
  'MOTD-TEXT-4': [[[], Array(8).fill('x')], all('body-malformed', [absent, null, 'x', {}, Array(9).fill('x')]), (body) => noticeCode({ text: { en: { title: 'x', body } } })],
  'MOTD-TEXT-5': [
    ['o\u0323\u0330\u0331\u0332', 'o\u0323\u0330\u0331\u0332p\u0323\u0330\u0331\u0332', ' \u0301x'],
    all('text-marks', ['\u0301a', 'o\u0323\u0330\u0331\u0332\u0333', 'a\u0903\u0301\u0301\u0301\u0301']),
    (string) => title(string) ?? paragraph(string),
  ],
  'MOTD-TEXT-11': [
    ['# #[a]', 'a#'],
    all('text-command', ['##[a]', 'a \u0301##vso[a]']),
    (string) => title(string) ?? paragraph(string),
  ],
  'MOTD-TEXT-7': [['\u{1fae7}', '\u{1f9cc}'], all('text-code-point', ['\u{1fae8}', '\u{1fae9}', '\u{1e030}']), title],
  'MOTD-TEXT-9': [[notice().text], all('text-malformed', [absent, null, [], 'x', 1]), member('text')],
  'MOTD-TEXT-10': [
    [languages(64)],
    all('languages-too-many', [languages(65), { ...languages(64), BAD: 1 }, Object.fromEntries(ids(65).map((id) => [id, 1]))]),
    member('text'),
  ],
  'MOTD-TIME-1': [
    [['2026-11-01T00:00:00Z', '2026-11-01T00:00:01Z'], ['1970-01-01T00:00:00Z', '1970-01-02T00:00:00Z'], ['9999-12-31T23:59:58Z', '9999-12-31T23:59:59Z'], ['2028-02-29T00:00:00Z', '2028-03-01T00:00:00Z']],
    all(
      'time-malformed',
      [
        absent, null, 0, '', '2026-11-01', '2026-11-01T00:00:00', '2026-11-01T00:00:00+00:00', '2026-11-01t00:00:00z', '2026-11-01 00:00:00Z', '2026-11-01T00:00:00.0Z', '2026-02-29T00:00:00Z',
        '2026-11-31T00:00:00Z', '2026-00-01T00:00:00Z', '2026-13-01T00:00:00Z', '2026-11-00T00:00:00Z', '2026-11-01T24:00:00Z', '2026-11-01T00:60:00Z', '2026-11-01T00:00:60Z',
        '1969-12-31T23:59:59Z', '2100-02-29T00:00:00Z', '2026-11-01T00:00:00Z\n', '２026-11-01T00:00:00Z',
      ].flatMap((time) => [[time, '2026-12-01T00:00:00Z'], ['2026-10-31T00:00:00Z', time]]),
    ),
    times,
  ],
  'MOTD-TIME-2': [[['2026-11-01T00:00:00Z', '2026-11-01T00:00:01Z']], all('time-order', [['2026-11-01T00:00:00Z', '2026-11-01T00:00:00Z'], ['2026-11-02T00:00:00Z', '2026-11-01T00:00:00Z']]), times],
  'MOTD-TIME-3': [[['2026-01-01T00:00:00Z', '2027-01-02T00:00:00Z']], all('time-span', [['2026-01-01T00:00:00Z', '2027-01-02T00:00:01Z'], ['1970-01-01T00:00:00Z', '9999-01-01T00:00:00Z']]), times],
  'MOTD-LANG-3': [
    [{ default_language: 'de', text: { de: { title: 'x', body: [] } } }],
    [
      ['default-language-missing', { text: {} }],
      ['default-language-missing', { text: { fr: { title: 'x', body: [] } } }],
      ['default-language-missing', { default_language: 'en-GB', text: { en: { title: 'x', body: [] } } }],
      ['text-code-point', { text: { en: { title: '\u0007', body: [] }, fr: { title: 'x', body: [] } } }],
      ['title-malformed', { text: { en: [] } }],
    ],
    ({ text, default_language: language }) => judgeEntry(notice({ text }), language ? { default_language: language } : {}).code,
  ],
  'MOTD-LINK-1': [
    [absent, [], Array(4).fill({ rel: 'details', url: 'https://example.org' })],
    all('links-malformed', [null, {}, 'x', Array(5).fill({ rel: 'details', url: 'https://example.org' }), [null], [{ rel: '-', url: 1 }, 'x'], [[]]]),
    member('links'),
  ],
  'MOTD-LINK-2': [idForms.good, all('link-rel-malformed', [absent, ...idForms.bad]), (rel) => noticeCode({ links: [{ rel, url: 'https://example.org' }] })],
  'MOTD-LINK-3': [
    ['https://example.org', `https://example.org/${'x'.repeat(2028)}`, `https://${'a.'.repeat(125)}abc/`, `https://${'x'.repeat(63)}.org`, 'https://example.a0x', 'https://1.2.3.example'],
    all('link-url-malformed', [
      null, 1, '', 'https://example', `https://example.org/${'x'.repeat(2029)}`, `https://${'a.'.repeat(125)}abcd/`, `https://${'x'.repeat(64)}.org`, 'https://example.0x1', 'https://a..org',
      'https://example.org:08', 'https://example.org/%zz', 'https://example.org/\n', 'https://example.org\n', 'https://a-.org', 'https://.org', 'ftp://example.org', 'https://example.org?a?%',
    ]),
    url,
  ],
  'MOTD-AUD-1': [[absent, [{ os: ['linux'] }], Array(16).fill({ later: 1 })], all('audience-malformed', [null, {}, [], [{}], ['x'], [{ os: ['A'] }, []], Array(17).fill({ later: 1 })]), audienceCode],
  'MOTD-AUD-2': [
    [[{ os: ['linux'] }], [{ arch: ids(16) }], [{ commands: ['install', 'install'] }]],
    all('clause-malformed', ['os', 'arch', 'commands'].flatMap((name) => [null, [], 'linux', {}, [1], ['A'], ids(17), [null]].map((value) => [{ [name]: value }]))),
    audienceCode,
  ],
  'MOTD-AUD-3': [
    [[{ components: [{ purl: 'pkg:pypi/pip' }] }], [{ components: Array(32).fill({ purl: 'pkg:pypi/pip' }) }]],
    all('components-malformed', [null, [], {}, 'x', [{}], [{ purl: '-' }, 1], Array(33).fill({ purl: 'pkg:pypi/pip' })].map((components) => [{ components }])),
    audienceCode,
  ],
  'MOTD-PURL-1': [
    ['pkg:pypi/pip', `pkg:generic/${'x'.repeat(500)}`, 'pkg:a.b-1/x/y/z', 'pkg:generic/%20', 'pkg:generic/%C2%80'],
    all('purl-malformed', [absent, null, 1, '', `pkg:generic/${'x'.repeat(501)}`, 'pkg:1a/x', 'pkg:generic/x/', 'pkg:generic/%', 'pkg:generic/%2', 'pkg:generic/%61', 'pkg:generic/%7F', 'pkg:generic/%00', 'pkg:generic/é', 'pkg:generic/%ED%A0%80', 'pkg:generic/x\n']),
    (value) => audienceCode([{ components: [{ purl: value, later: 1 }] }]),
  ],
  'MOTD-PURL-2': [
    ['pkg:pypi/a-b', `pkg:cargo/${'a'.repeat(64)}`, 'pkg:cargo/a_B-1', 'pkg:npm/%40a/b', 'pkg:npm/~a', `pkg:npm/${'a'.repeat(214)}`, 'pkg:conda/_a.b', 'pkg:deb/Odd', 'pkg:rpm/x/y/z'],
    all('purl-malformed', [
      'pkg:pypi/-a', 'pkg:pypi/a-', 'pkg:pypi/a_b', 'pkg:pypi/a/b', `pkg:cargo/${'a'.repeat(65)}`, 'pkg:cargo/1a', 'pkg:cargo/a/b', 'pkg:cargo/a.b', 'pkg:npm/a/b', 'pkg:npm/%40/b', 'pkg:npm/%40a/%40b/c',
      `pkg:npm/%40a/${'b'.repeat(212)}`, 'pkg:npm/.a', 'pkg:npm/A', 'pkg:conda/A', 'pkg:conda/-a', 'pkg:conda/x/a',
    ]),
    purl,
  ],
  'MOTD-VERS-1': [
    [absent, 'vers:pypi/*', `vers:intdot/${ids(16).map((_, at) => `!=${at + 1}`).join('|')}`, `vers:intdot/${'1'.repeat(128)}`, 'vers:gem/"&\'+,~{}', 'vers:gem/%21%25%2A%3C%3D%3E%7C', `vers:gem/${'%21'.repeat(128)}`],
    all('versions-malformed', [
      null, 1, '', '*', 'vers:pypi', 'vers:pypi/', 'vers:/1', 'vers:1a/1', `vers:intdot/${ids(17).map((_, at) => `!=${at + 1}`).join('|')}`, `vers:intdot/${'1'.repeat(129)}`, 'vers:pypi/é', 'vers:pypi/1 ',
      'vers:pypi/<', 'vers:pypi/%41', 'vers:pypi/%3c', 'vers:pypi/<<1', 'vers:pypi/=1', 'vers:pypi/1\n', 'vers:pypi/**', 'VERS:pypi/1', 'vers:pypi/1||2', `vers:gem/${'%21'.repeat(129)}`,
    ]),
    pip,
  ],
  'MOTD-VERS-2': [
    ['pypi', 'semver', 'intdot', 'gem', 'deb', 'rpm'].map((scheme) => ['pkg:pypi/pip', `vers:${scheme}/1.0.0`]).concat([['pkg:generic/x', 'vers:npm/1.0.0'], ['pkg:gem/x', 'vers:gem/~'], ['pkg:deb/x', 'vers:deb/1']]),
    all('versions-scheme', [['pkg:pypi/pip', 'vers:npm/1.0.0'], ['pkg:pypi/pip', 'vers:cargo/x'], ['pkg:cargo/cargo', 'vers:pypi/1'], ['pkg:npm/npm', 'vers:cargo/1.0.0'], ['pkg:conda/conda', 'vers:pypi/1'], ['pkg:gem/x', 'vers:pypi/*']]),
    ([name, versions]) => audienceCode([{ components: [{ purl: name, versions }] }]),
  ],
  'MOTD-VERS-3': [['vers:pypi/1.0', 'vers:gem/~x', 'vers:deb/~~'], all('versions-unparsable', ['vers:pypi/x', 'vers:semver/1', 'vers:intdot/1..2', 'vers:pypi/2|x', 'vers:pypi/>=2|<x']), pip],
  'MOTD-VERS-4': [['vers:pypi/1|2', 'vers:gem/2|1'], all('versions-order', ['vers:pypi/2|1', 'vers:pypi/1|1.0', 'vers:pypi/<2|<1', 'vers:semver/1.0.0|1.0.0+x']), pip],
  'MOTD-VERS-5': [['vers:pypi/>=1|<2'], all('versions-redundant', ['vers:pypi/<1|<2', 'vers:pypi/1|!=2', 'vers:pypi/>1|2']), pip],
};

for (const [requirement, [accepted, refused, code]] of Object.entries(CASES)) {
  for (const [at, input] of accepted.entries()) {
    test(`${requirement} accepts case ${at + 1}`, () => assert.equal(code(input), null));
  }
  for (const [at, [expected, input]] of refused.entries()) {
    test(`${requirement} refuses case ${at + 1}: ${expected}`, () => assert.equal(code(input), expected));
  }
}

test('MOTD-BYTES-1, 4, 6 on the custom carrier', () => {
  assert.equal(customCode(ofLength(16_384)), null);
  assert.equal(customCode(ofLength(16_385)), 'document-too-large');
  assert.equal(customCode({ ...document(), later: JSON.parse(nest(7)) }), null);
  assert.equal(customCode({ ...document(), later: JSON.parse(nest(8)) }), 'too-deep');
  assert.equal(customCode({ ...document(), é: 1 }), 'name-not-ascii');
  assert.equal(judge(JSON.parse(nest(300_000)), REPOSITORY).code, 'document-too-large');
});

test('MOTD-CARRY-3: one equality rule for the custom carrier', () => {
  const value = document();
  const entry = entryOf(value);
  const code = (/** @type {any} */ changed) => judge(value, REPOSITORY, { entry: { ...entry, ...changed } }).code;
  assert.equal(code({}), null);
  assert.equal(code({ hashes: { ...entry.hashes, sha512: digest('sha512', bytesOf(value)), blake2b: '00' } }), null);
  assert.equal(code({ hashes: {} }), 'carrier-no-hash');
  assert.equal(code({ hashes: { blake2b: '00' }, length: 1 }), 'carrier-no-hash');
  assert.equal(code({ length: entry.length + 1, hashes: { sha256: '00' } }), 'carrier-length');
  assert.equal(code({ hashes: { sha256: '00' } }), 'carrier-hash');
  assert.equal(code({ hashes: { ...entry.hashes, sha512: '00' } }), 'carrier-hash');
  assert.equal(judge({ later: Infinity }, REPOSITORY, { entry }).code, 'carrier-hash');
  assert.equal(judge({ later: '\ud800' }, REPOSITORY, { entry }).code, 'carrier-hash');
  assert.equal(documentBytes({ later: -0 })?.toString(), '{"later":0}');
});

test('MOTD-DOC-8: a refused entry takes no other with it', () => {
  const { notices } = judgeTarget(document({ notices: [null, notice({ id: 'bad', revision: 0 }), notice()] }));
  assert.deepEqual(notices.map(({ code }) => code), ['notice-not-an-object', 'revision-malformed', null]);
});

test('MOTD-DOC-9: three entries of one id, and one of another', () => {
  const entries = [notice(), { id: 'base' }, notice({ id: 'other' }), notice({ text: 1 })];
  const { notices } = judgeTarget(document({ notices: entries }));
  assert.deepEqual(notices.map(({ code }) => code), ['id-duplicate', 'id-duplicate', null, 'id-duplicate']);
});

test('MOTD-FWD-1: undefined members are ignored wherever it says so', () => {
  const odd = notice({ later: null, constructor: 1, links: [{ rel: 'x', url: 'https://example.org', later: {} }], text: { en: { title: 'x', body: [], later: 1 } } });
  const judged = judgeTarget(document({ later: 1, notices: [odd] })).notices[0];
  assert.equal(judged?.code, null);
  assert.deepEqual(judged?.notice?.links, [{ rel: 'x', url: 'https://example.org' }]);
  assert.deepEqual(judged?.notice?.text, { en: { title: 'x', body: [] } });
});

test('MOTD-FWD-2, 3, 5, 7: unregistered tokens', () => {
  const judged = judgeEntry(notice({ severity: 'notable', topic: 'moving', repeat: 'hourly', links: [{ rel: 'timetable', url: 'https://example.org' }] }));
  assert.equal(judged.notice?.severity, 'info');
  assert.equal(judged.notice?.topic, 'moving');
  assert.equal(judged.notice?.repeat, null);
  assert.equal(judged.notice?.links[0]?.rel, 'timetable');
  assert.equal(judgeEntry(notice({ severity: 'critical', repeat: 'once' })).notice?.severity, 'critical');
});

test('MOTD-LANG-1, MOTD-LANG-2: a refused language leaves its notice', () => {
  const en = { title: 'x', body: [] };
  const judged = judgeEntry(notice({ text: { en, FR: en, de: { title: '\u0000', body: [] }, it: { title: '\u0301a', body: [] }, es: en } }));
  assert.equal(judged.code, null);
  assert.deepEqual(Object.fromEntries(judged.languages.map(({ tag, code }) => [tag, code])), {
    en: null, FR: 'language-tag-malformed', de: 'text-code-point', it: 'text-marks', es: null,
  });
  assert.deepEqual(Object.keys(judged.notice?.text ?? {}).sort(), ['en', 'es']);
});

test('MOTD-TEXT-8: code point for code point', () => {
  const text = { title: ' e\u0301  x ', body: ['  \u00a0x\u3000', '😀'] };
  assert.deepEqual(judgeEntry(notice({ text: { en: text } })).notice?.text['en'], text);
});

/** @param {string} scheme @param {string[]} ascending @param {[string, string][]} equal */
function ordered(scheme, ascending, equal) {
  const fault = (/** @type {string} */ one, /** @type {string} */ other) => parseRange(`vers:${scheme}/${one.replace('!', '%21')}|${other.replace('!', '%21')}`, null).fault;
  for (const [at, one] of ascending.entries()) {
    for (const other of ascending.slice(at + 1)) {
      assert.equal(fault(one, other), null, `${one} < ${other}`);
      assert.equal(fault(other, one), 'versions-order', `${other} > ${one}`);
    }
  }
  for (const [one, other] of equal) assert.deepEqual([fault(one, other), fault(other, one)], ['versions-order', 'versions-order'], `${one} = ${other}`);
}

test('MOTD-VERS-7: pypi', () => {
  ordered(
    'pypi',
    ['0.dev1', '0a1', '0', '1.0.dev1', '1.0.dev18446744073709551617', '1.0a1.dev1', '1.0a1', '1.0a1.post1.dev1', '1.0a1.post1', '1.0b1', '1.0rc1', '1.0', '1.0.post1.dev1', '1.0.post1', '1.0.1', '1.1.dev1', '2', '18446744073709551617', '1!0'],
    [['1.0', '1'], ['1.0', 'v1.0.0'], ['1.0RC1', '1.0-c.1'], ['1.0pre', '1.0rc0'], ['1.0-1', '1.0.rev1'], ['1.0r', '1.0post0'], ['1.0dev', '1.0.DEV0'], ['1.0alpha', '1.0_a-0'], ['1+A.01', '1+a_2'], ['1', '1+acme'], ['0!1', '1']],
  );
  for (const bad of ['', '1.', '.1', '1.0+', '1.0+a..b', '1.0x', 'vv1', '1.0a1b1', '1.0.post', '1-']) {
    assert.equal(parseRange(`vers:pypi/${bad}`, null).fault, bad === '' ? 'versions-malformed' : bad === '1.0.post' ? null : 'versions-unparsable', bad);
  }
});

test('MOTD-VERS-8: semver, cargo and npm', () => {
  for (const scheme of ['semver', 'cargo', 'npm']) {
    ordered(
      scheme,
      ['0.0.0-0', '0.0.0', '1.0.0-1', '1.0.0-2', '1.0.0-18446744073709551617', '1.0.0--', '1.0.0-0a', '1.0.0-A', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta', '1.0.0-beta.2', '1.0.0-beta.11', '1.0.0-rc.1', '1.0.0', '1.0.1', '1.10.0', '18446744073709551617.0.0'],
      [['1.0.0+a', '1.0.0+b'], ['1.0.0-a+x', '1.0.0-a']],
    );
    for (const bad of ['1', '1.0', 'v1.0.0', '01.0.0', '1.0.0-01', '1.0.0-', '1.0.0+', '1.0.0-a..b', '1.0.0.0', '1.0.0-a_b', '1.0.0+a+b']) {
      assert.equal(parseRange(`vers:${scheme}/${bad}`, null).fault, 'versions-unparsable', bad);
    }
  }
});

test('MOTD-VERS-9: intdot', () => {
  ordered('intdot', ['0', '0.0.1', '1.9', '1.10', '10.4', '18446744073709551616', '18446744073709551617.7'], [['10.04', '10.4.0'], ['00', '0.0.0']]);
  for (const bad of ['1.', '.1', 'v1', '1a', '1..2', '1-2']) assert.equal(parseRange(`vers:intdot/${bad}`, null).fault, 'versions-unparsable', bad);
});

test('section 2.6: the first fault gives the code', () => {
  assert.equal(noticeCode({ id: absent, revision: 0, severity: 1 }), 'id-malformed');
  assert.equal(noticeCode({ revision: 0, severity: 1, topic: 1 }), 'revision-malformed');
  assert.equal(noticeCode({ severity: 1, topic: 1, begins: 1 }), 'severity-malformed');
  assert.equal(noticeCode({ topic: 1, begins: 1 }), 'topic-malformed');
  assert.equal(noticeCode({ begins: '2027-11-01T00:00:00Z', requires: ['a'] }), 'time-order');
  assert.equal(noticeCode({ requires: ['a', 'a'], repeat: 1 }), 'requires-malformed');
  assert.equal(noticeCode({ requires: ['a'], repeat: 1 }), 'requires-unknown');
  assert.equal(noticeCode({ repeat: 1, resolves: 1 }), 'repeat-malformed');
  assert.equal(noticeCode({ resolves: 1, text: 1 }), 'resolves-malformed');
  assert.equal(noticeCode({ text: 1, links: 1 }), 'text-malformed');
  assert.equal(noticeCode({ links: [{ rel: 1, url: 1 }], audience: 1 }), 'link-rel-malformed');
  assert.equal(audienceCode([{ os: 1, components: [{ purl: 1, versions: 1 }] }]), 'purl-malformed');
  assert.equal(audienceCode([{ components: [{ purl: 'pkg:pypi/pip', versions: 1 }, { purl: 1 }] }]), 'versions-malformed');
  assert.equal(englishCode({ title: '\u0301\u0000', body: 1 }), 'text-code-point');
  assert.equal(englishCode({ title: 'x', body: ['\u0301x', 1] }), 'text-marks');
  assert.equal(pip('vers:npm/2|x|1'), 'versions-scheme');
  assert.equal(pip('vers:pypi/3|x|1'), 'versions-unparsable');
  assert.equal(pip('vers:pypi/<1|<2|1'), 'versions-order');
});

test('every requirement of the role document at level core is named by a test here', () => {
  const named = new Set(['MOTD-DOC-8', 'MOTD-FWD-1', 'MOTD-FWD-2', 'MOTD-FWD-3', 'MOTD-FWD-5', 'MOTD-FWD-7', 'MOTD-LANG-1', 'MOTD-LANG-2', 'MOTD-TEXT-8', 'MOTD-VERS-7', 'MOTD-VERS-8', 'MOTD-VERS-9', ...Object.keys(CASES)]);
  const core = readJson('requirements.json').requirements.filter((/** @type {any} */ one) => one.role === 'document' && one.level === 'core');
  assert.deepEqual(core.map((/** @type {any} */ one) => one.id).filter((/** @type {string} */ id) => !named.has(id)), []);
});
