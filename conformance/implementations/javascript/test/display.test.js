/** Selection, repeating and rendering: the requirements of chapters 3, 4 and 6 that need no network. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acknowledge, emptySeen, limit, recordApplied, recordDisplayed, render, renderAsciiLine, renderLeft, select } from '../src/index.js';
import { isUtf8, languagesOf } from '../src/display/language.js';
import { wrap } from '../src/display/render.js';
import { document, judgeTarget, notice } from './support.js';

const DAY = 86_400;
/** 2026-11-10T00:00:00Z, inside the base notice. */
const NOW = Date.UTC(2026, 10, 10) / 1000;

/** @param {any[]} notices @param {Partial<import('../src/display/select.js').Context>} [context] */
const selectAll = (notices, context = {}) => select(judgeTarget(document({ notices })), { time: NOW, ...context });

/** @param {any} one @param {Partial<import('../src/display/select.js').Context>} [context] */
const reason = (one, context) => selectAll([one], context).notices[0]?.reason;

/**
 * Displays everything that is due at each time, as one run each.
 * @param {any[]} notices @param {number[]} times
 */
function runs(notices, times) {
  let seen = emptySeen();
  return times.map((time) => {
    const selected = selectAll(notices, { time, seen });
    const due = selected.notices.filter(({ decision }) => decision === 'show');
    seen = recordDisplayed(selected.seen, due.map(displayed), time);
    return selected.notices.map((one) => one.reason).join(' ');
  });
}

/** @param {import('../src/display/select.js').Selected} one */
const displayed = (one) => ({ id: String(one.id), revision: Number(one.revision), reason: one.reason, severity: String(one.text?.severity), ends: String(one.ends), resolves: one.resolves });

test('MOTD-TIME-4: shown at begins, not at ends', () => {
  const begins = Date.UTC(2026, 10, 1) / 1000;
  const ends = Date.UTC(2026, 11, 1) / 1000;
  assert.deepEqual([begins - 1, begins, ends - 1, ends].map((time) => reason(notice(), { time })), ['not-begun', 'new', 'new', 'ended']);
});

/** @param {any} audience @param {any} machine */
const matches = (audience, machine) => reason(notice({ audience }), { machine }) === 'new';
/** @param {string} purl @param {...(string | null)} versions */
const installed = (purl, ...versions) => ({ components: [{ purl, versions }] });

test('MOTD-AUD-4, MOTD-AUD-5: one clause, and all of it', () => {
  const audience = [{ os: ['windows'], arch: ['x86'] }, { os: ['plan9', 'linux', 'macos'], commands: ['install'] }];
  assert.equal(matches(audience, { os: 'linux', command: 'install' }), true);
  assert.equal(matches(audience, { os: 'linux', command: 'upload' }), false);
  assert.equal(matches(audience, { os: 'windows', arch: 'x86' }), true);
  assert.equal(matches(audience, { os: 'windows', arch: 'arm' }), false);
  assert.equal(matches([{ components: [{ purl: 'pkg:pypi/a' }, { purl: 'pkg:pypi/b' }] }], installed('pkg:pypi/a', '1')), false);
  assert.equal(reason(notice({ audience }), { machine: { os: 'linux' } }), 'audience');
  assert.equal(reason(notice()), 'new');
});

test('MOTD-AUD-6: what is not defined makes a clause false, and refuses nothing', () => {
  const machine = { os: 'linux', ...installed('pkg:pypi/pip', '1') };
  for (const clause of [
    { os: ['linux'], colour: 'red' }, { os: ['linux'], rollout: { percent: 100, salt: 'x' } }, { rollout: 1 },
    { components: [{ purl: 'pkg:pypi/pip', later: 1 }] }, { components: [{ purl: 'pkg:pypi/pip', versions: 'vers:gem/*' }] }, { components: [{ purl: 'pkg:pypi/pip', versions: 'vers:deb/1' }] },
  ]) {
    assert.equal(reason(notice({ audience: [clause] }), { machine }), 'audience');
    assert.equal(reason(notice({ audience: [clause, { os: ['linux'] }] }), { machine }), 'new');
  }
});

test('MOTD-AUD-7: missing, unknown and malformed on the machine', () => {
  assert.equal(matches([{ os: ['linux'] }], {}), false);
  assert.equal(matches([{ os: ['linux'] }], { os: null }), false);
  assert.equal(matches([{ os: ['plan9'] }], { os: 'plan9' }), false);
  assert.equal(matches([{ components: [{ purl: 'pkg:pypi/pip' }] }], installed('pkg:pypi/pip@1', '1')), false);
  const audience = [{ components: [{ purl: 'pkg:pypi/pip', versions: 'vers:pypi/*' }] }];
  assert.equal(matches(audience, installed('pkg:pypi/pip', '1'.repeat(128))), true);
  assert.equal(matches(audience, installed('pkg:pypi/pip', '1'.repeat(129))), false);
  assert.equal(matches(audience, installed('pkg:pypi/pip', null)), false);
});

test('MOTD-AUD-8: any one of the installed versions', () => {
  const audience = [{ components: [{ purl: 'pkg:pypi/pip', versions: 'vers:pypi/<2' }] }];
  assert.equal(matches(audience, installed('pkg:pypi/pip', '3', 'x', '1')), true);
  assert.equal(matches(audience, installed('pkg:pypi/pip', '3', '2')), false);
  assert.equal(matches(audience, { components: [{ purl: 'pkg:pypi/pip', versions: ['3'] }, { purl: 'pkg:pypi/PIP', versions: ['1'] }] }), true);
});

test('MOTD-PURL-3: names are compared after normalisation', () => {
  assert.equal(matches([{ components: [{ purl: 'pkg:pypi/zope-interface' }] }], installed('pkg:pypi/Zope.Interface', '1')), true);
  assert.equal(matches([{ components: [{ purl: 'pkg:npm/%40a/b' }] }], installed('pkg:npm/%40A/B', '1')), true);
  assert.equal(matches([{ components: [{ purl: 'pkg:cargo/Inflector' }] }], installed('pkg:cargo/inflector', '1')), false);
  assert.equal(matches([{ components: [{ purl: 'pkg:generic/a/b' }] }], installed('pkg:generic/b', '1')), false);
});

test('MOTD-VERS-10: no range, and the range of everything', () => {
  const any = [{ components: [{ purl: 'pkg:pypi/pip' }] }];
  const star = [{ components: [{ purl: 'pkg:pypi/pip', versions: 'vers:pypi/*' }] }];
  assert.deepEqual([any, star].map((audience) => matches(audience, installed('pkg:pypi/pip', 'unknown'))), [true, false]);
  assert.deepEqual([any, star].map((audience) => matches(audience, installed('pkg:pypi/pip', '1'))), [true, true]);
  assert.deepEqual([any, star].map((audience) => matches(audience, {})), [false, false]);
});

test('MOTD-VERS-7: white space around what the machine reports', () => {
  assert.equal(matches([{ components: [{ purl: 'pkg:pypi/pip', versions: 'vers:pypi/1' }] }], installed('pkg:pypi/pip', '\t 1.0\r\n')), true);
  assert.equal(matches([{ components: [{ purl: 'pkg:pypi/pip', versions: 'vers:pypi/1' }] }], installed('pkg:pypi/pip', '\u00a01.0')), false);
});

test('MOTD-LANG-4: the text of the language that the lookup chooses', () => {
  const text = { en: { title: 'English', body: [] }, 'zh-Hant': { title: '中文', body: [] }, FR: { title: 'no', body: [] } };
  const shown = (/** @type {string[]} */ languages) => selectAll([notice({ text })], { languages }).notices[0]?.text;
  assert.equal(shown(['zh-HK'])?.title, '中文');
  assert.equal(shown(['zh-HK'])?.language, 'zh-Hant');
  assert.equal(shown(['fr', 'constructor'])?.title, 'English');
});

test('MOTD-SHOW-12: the first variable that is set says whether the terminal is in UTF-8', () => {
  for (const known of [{ LC_ALL: 'C.UTF-8', LANG: 'C' }, { LC_CTYPE: 'UTF-8' }, { LANG: 'en_US.utf8' }, { LC_ALL: '', LANG: 'de_DE.UTF-8@euro' }]) assert.equal(isUtf8(known), true);
  for (const unknown of [{}, { LC_ALL: 'C', LANG: 'C.UTF-8' }, { LANG: 'pl_PL' }, { LC_MESSAGES: 'C.UTF-8' }, { LANG: 'de_DE@UTF-8' }, { LC_CTYPE: 'pl_PL.ISO-8859-2', LANG: 'C.UTF-8' }]) assert.equal(isUtf8(unknown), process.platform === 'win32');
});

test('MOTD-LANG-6: more environments', () => {
  assert.deepEqual(languagesOf({ LANG: 'sr_Cyrl_RS@latin' }), ['sr-Cyrl-RS']);
  assert.deepEqual(languagesOf({ LANG: 'ZH_tw' }), ['zh-TW']);
  assert.deepEqual(languagesOf({ LANG: 'POSIX' }), []);
  assert.deepEqual(languagesOf({ LANG: '@latin' }), []);
  assert.deepEqual(languagesOf({ LC_ALL: '', LC_MESSAGES: '', LANG: '' }), []);
  assert.deepEqual(languagesOf({ LANG: 'de_DE.UTF-8@euro' }), ['de-DE']);
});

test('MOTD-REP-1: info once, warning in 7 days, critical in 24 hours', () => {
  const times = [0, DAY - 1, DAY, 7 * DAY - 1, 7 * DAY].map((offset) => NOW + offset);
  assert.deepEqual(runs([notice()], times), ['new', 'seen', 'seen', 'seen', 'seen']);
  assert.deepEqual(runs([notice({ severity: 'warning' })], times), ['new', 'not-yet-due', 'not-yet-due', 'not-yet-due', 'due-again']);
  assert.deepEqual(runs([notice({ severity: 'critical' })], times), ['new', 'not-yet-due', 'due-again', 'due-again', 'not-yet-due']);
});

test('MOTD-REP-1: not again once acknowledged', () => {
  const one = notice({ severity: 'critical', revision: 2 });
  const seen = acknowledge(recordApplied(emptySeen(), [{ ...one, text: {} }]), [one.id]);
  assert.equal(reason(one, { seen }), 'acknowledged');
  assert.equal(reason({ ...one, revision: 1 }, { seen }), 'acknowledged');
  assert.equal(reason({ ...one, revision: 3 }, { seen }), 'new');
  assert.equal(reason(one, { seen, asked: true }), 'asked');
});

test('MOTD-REP-2: repeat can only ask for less', () => {
  const times = [0, DAY, 8 * DAY].map((offset) => NOW + offset);
  assert.deepEqual(runs([notice({ severity: 'critical', repeat: 'once' })], times), ['new', 'seen', 'seen']);
  assert.deepEqual(runs([notice({ severity: 'critical', repeat: 'hourly' })], times), ['new', 'due-again', 'due-again']);
  assert.deepEqual(runs([notice({ repeat: 'hourly' })], times), ['new', 'seen', 'seen']);
});

test('MOTD-REP-3: a higher revision is new, another text is not', () => {
  const seen = recordDisplayed(emptySeen(), [{ id: 'base', revision: 2, reason: 'new', severity: 'info', ends: notice().ends }], NOW);
  assert.deepEqual([1, 2, 3].map((revision) => reason(notice({ revision, text: { en: { title: 'New', body: [] } } }), { seen })), ['seen', 'seen', 'new-revision']);
});

test('MOTD-REP-4: two runs below critical in 7 days, whatever the ids', () => {
  const at = (/** @type {number} */ offset, /** @type {string} */ id, /** @type {string} */ severity) => notice({ id, severity, begins: new Date((NOW + offset) * 1000).toISOString().replace('.000', '') });
  const notices = [at(0, 'a', 'info'), at(10, 'b', 'warning'), at(20, 'c', 'info'), at(20, 'd', 'critical')];
  assert.deepEqual(runs(notices, [0, 10, 20, 7 * DAY - 1, 7 * DAY].map((offset) => NOW + offset)), [
    'new not-begun not-begun not-begun', 'seen new not-begun not-begun', 'seen not-yet-due budget new', 'seen not-yet-due budget due-again', 'seen not-yet-due new not-yet-due',
  ]);
});

test('MOTD-REP-5: three runs with critical notices in 24 hours', () => {
  const notices = [0, 1, 2, 3].map((hour) => notice({ id: `c${hour}`, severity: 'critical', begins: new Date((NOW + hour * 3600) * 1000).toISOString().replace('.000', '') }));
  const last = runs(notices, [0, 1, 2, 3, 23, 24].map((hour) => NOW + hour * 3600)).map((line) => line.split(' ')[3]);
  assert.deepEqual(last, ['not-begun', 'not-begun', 'not-begun', 'budget', 'budget', 'new']);
});

test('MOTD-REP-6: a stored time in the future becomes the reference time', () => {
  const seen = recordDisplayed(emptySeen(), [{ id: 'base', revision: 1, reason: 'new', severity: 'warning', ends: notice().ends }], NOW + 300 * DAY);
  const selected = selectAll([notice({ severity: 'warning' })], { seen });
  assert.equal(selected.notices[0]?.reason, 'not-yet-due');
  assert.equal(selected.seen.notices['base']?.displayed, NOW);
  assert.deepEqual(selected.seen.charged.other, [NOW]);
});

test('MOTD-REP-4, MOTD-REP-6: a charged run in the future is one of the reference time', () => {
  const seen = { ...emptySeen(), charged: { critical: [], other: [NOW + DAY, NOW + 2 * DAY] } };
  const selected = selectAll([notice()], { seen });
  assert.equal(selected.notices[0]?.reason, 'budget');
  assert.deepEqual(selected.seen.charged.other, [NOW, NOW]);
  assert.equal(reason(notice(), { seen: selected.seen, time: NOW + 7 * DAY - 1 }), 'budget');
  assert.equal(reason(notice(), { seen: selected.seen, time: NOW + 7 * DAY }), 'new');
});

test('section 6.9: what applies is kept, so that it can be acknowledged, and is not displayed by that', () => {
  const { seen } = selectAll([notice({ revision: 4 }), notice({ id: 'windows', audience: [{ os: ['windows'] }] })]);
  assert.deepEqual(seen.notices, { base: { revision: 0, displayed: null, acknowledged: 0, applied: 4, ends: Date.UTC(2026, 11, 1) / 1000, cleared: false } });
  assert.equal(reason(notice({ revision: 4 }), { seen }), 'new');
  assert.equal(reason(notice({ id: 'clear', resolves: ['base'] }), { seen }), 'resolves-unseen');
  const acknowledged = acknowledge(seen, ['base', 'windows']);
  assert.deepEqual(Object.keys(acknowledged.notices), ['base']);
  assert.deepEqual([4, 5].map((revision) => reason(notice({ revision }), { seen: acknowledged })), ['acknowledged', 'new']);
});

test('MOTD-REP-7: an all-clear is info, once, outside the budgets, and only after what it ends', () => {
  const clear = notice({ id: 'clear', severity: 'critical', resolves: ['base', 'other'] });
  assert.equal(reason(clear), 'resolves-unseen');
  let seen = recordDisplayed(emptySeen(), [{ id: 'base', revision: 1, reason: 'new', severity: 'info', ends: notice().ends }], NOW);
  seen.charged.other.push(NOW, NOW);
  const selected = selectAll([clear], { seen });
  assert.equal(selected.notices[0]?.reason, 'all-clear');
  assert.equal(selected.notices[0]?.text?.severity, 'info');
  seen = recordDisplayed(selected.seen, selected.notices.map(displayed), NOW + 1);
  assert.equal(seen.charged.other.length, 3);
  assert.equal(reason(clear, { seen, time: NOW + 2 * DAY }), 'seen');
  assert.equal(reason({ ...clear, revision: 2 }, { seen, time: NOW + 2 * DAY }), 'resolved');
  assert.equal(reason(notice({ id: 'another', resolves: ['base'] }), { seen }), 'resolved');
  assert.equal(reason(notice({ id: 'chain', resolves: ['clear'] }), { seen }), 'resolved');
});

test('MOTD-REP-7: of several all-clears for one id the display shows the first', () => {
  const seen = recordDisplayed(emptySeen(), ['a', 'b'].map((id) => ({ id, revision: 1, reason: 'new', severity: 'info', ends: notice().ends })), NOW);
  const clears = [['a'], ['a', 'unseen'], ['a', 'b'], ['b']].map((resolves, at) => notice({ id: `clear-${at}`, resolves }));
  const reasons = (/** @type {any[]} */ notices) => selectAll(notices, { seen }).notices.map((one) => one.reason);
  assert.deepEqual(reasons(clears), ['all-clear', 'resolved', 'all-clear', 'resolved']);
  assert.deepEqual(reasons(clears.toReversed()), ['resolved', 'all-clear', 'resolved', 'all-clear']);
});

test('MOTD-REP-8: what is not recorded is not seen, and a list is not charged', () => {
  assert.deepEqual([reason(notice()), reason(notice())], ['new', 'new']);
  const seen = recordDisplayed(emptySeen(), [{ id: 'base', revision: 1, reason: 'asked', severity: 'info', ends: notice().ends }], NOW, true);
  assert.equal(reason(notice(), { seen }), 'seen');
  assert.deepEqual(seen.charged, { critical: [], other: [] });
});

test('MOTD-REP-9: 256 entries, the earliest ends first to go; what ended stays', () => {
  const many = Array.from({ length: 300 }, (_, at) => ({ id: `id-${at}`, revision: 1, reason: 'new', severity: 'info', ends: new Date((NOW + (at + 1) * 60) * 1000).toISOString().replace('.000', '') }));
  const seen = recordDisplayed(emptySeen(), many, NOW);
  assert.equal(Object.keys(seen.notices).length, 256);
  assert.ok(seen.notices['id-44'] !== undefined && seen.notices['id-43'] === undefined);
  const later = selectAll([], { seen, time: NOW + 290 * 60 }).seen;
  assert.deepEqual(later.notices, seen.notices);
});

test('MOTD-SHOW-5: the first three of all sources, in their order', () => {
  const info = (/** @type {string} */ id, /** @type {string} */ begins, /** @type {string} */ severity) => notice({ id, severity, begins });
  const one = selectAll([info('a', '2026-11-02T00:00:00Z', 'info'), info('z', '2026-11-05T00:00:00Z', 'warning'), info('b', '2026-11-04T00:00:00Z', 'info')]).notices;
  const two = selectAll([info('a', '2026-11-05T00:00:00Z', 'warning'), info('c', '2026-11-01T00:00:00Z', 'critical')]).notices;
  const limited = limit([{ source: 'pypi', notices: one }, { source: 'other', notices: two }]);
  assert.deepEqual(limited.shown.map(({ source, notice: { id } }) => `${source} ${id}`), ['other c', 'other a', 'pypi z']);
  assert.equal(limited.left.length, 2);
  assert.deepEqual(limited.selections[0]?.notices.map((shown) => shown.reason), ['run-limit', 'new', 'run-limit']);
  assert.deepEqual(renderLeft(limited.left, 'motd list', { source: 'pypi' }), ['notice[pypi] 2 more: motd list']);
  const critical = (/** @type {string} */ source) => ({ source, notice: { text: text({ severity: 'critical' }) } });
  assert.deepEqual(renderLeft(['b', 'a', 'b'].map(critical), 'motd list', { source: 'pypi' }), ['notice[pypi] 3 more, 3 critical (a, b): motd list']);
  assert.deepEqual(renderLeft(['b', 'a', 'c', 'd'].map(critical), 'motd list', { source: 'pypi' }), ['notice[pypi] 4 more, 4 critical: motd list']);
  const many = selectAll(['k', 'l', 'm'].map((id) => info(id, '2026-11-09T00:00:00Z', 'critical'))).notices;
  const turns = limit([{ source: 'loud', notices: many }, { source: 'other', notices: two }]);
  assert.deepEqual(turns.shown.map(({ source, notice: { id } }) => `${source} ${id}`), ['loud k', 'other c', 'loud l']);
});

/** @param {any} [changes] */
const text = (changes = {}) => ({ severity: 'info', language: 'en', title: 'A title', body: [], links: [], ...changes });

test('MOTD-SHOW-1, 3, 6: the frame, the word, no control character', () => {
  const lines = render(text({ body: ['x '.repeat(300), 'y'.repeat(400)], links: [{ rel: 'details', url: 'https://example.org/' }] }), { source: 'pypi', columns: 60 });
  assert.ok(lines !== null && lines.length > 10);
  for (const line of lines) assert.match(line, /^notice\[pypi\]( [\x20-\x7e]*)?$/);
  assert.equal(lines[0], 'notice[pypi] INFO: A title');
  assert.equal(render(text({ severity: 'critical' }), { source: 'x' })?.[0], 'notice[x] CRITICAL: A title');
});

test('MOTD-SHOW-2: no line is wider, whatever the columns', () => {
  for (const columns of [35, 40, 80, 100, 500, null]) {
    const lines = render(text({ title: '漢'.repeat(60), body: ['a\u0301'.repeat(90), '¡'.repeat(99)] }), { source: 'pypi', columns, ambiguousWide: true }) ?? [];
    const most = Math.min(columns ?? 80, 100) - 2;
    for (const line of lines) {
      assert.ok([...line].reduce((sum, character) => sum + (/[漢¡]/.test(character) ? 2 : 1), 0) <= most);
      assert.ok(!/^notice\[pypi\] +\u0301/.test(line));
    }
  }
  assert.equal(render(text(), { source: 'pypi', columns: 34 }), null);
  assert.notEqual(render(text(), { source: 'pypi', columns: 35 }), null);
});

test('MOTD-SHOW-2: the steps of wrapping', () => {
  assert.deepEqual(wrap('aaaa bbbb', 20, 20, false), ['aaaa bbbb']);
  assert.deepEqual(wrap(`${'a'.repeat(20)} b`, 20, 20, false), ['a'.repeat(20), 'b']);
  assert.deepEqual(wrap(`${'a'.repeat(10)}     ${'b'.repeat(20)}`, 20, 20, false), ['a'.repeat(10), 'b'.repeat(20)]);
  assert.deepEqual(wrap(`   ${'a'.repeat(20)}`, 20, 20, false), [`   ${'a'.repeat(17)}`, 'aaa']);
  assert.deepEqual(wrap(`${'a'.repeat(15)}   \u0301${'b'.repeat(19)}`, 20, 20, false), ['a'.repeat(15), ` \u0301${'b'.repeat(18)}`, 'b']);
  assert.deepEqual(wrap(`${'a'.repeat(20)}\u0301b`, 20, 20, false), ['a'.repeat(19), 'a\u0301b']);
  assert.deepEqual(wrap(`${'a'.repeat(20)}     `, 20, 20, false), ['a'.repeat(20)]);
  assert.deepEqual(wrap('¡'.repeat(11), 20, 20, true), ['¡'.repeat(10), '¡']);
  assert.deepEqual(wrap('¡'.repeat(11), 20, 20, false), ['¡'.repeat(11)]);
});

test('MOTD-SHOW-4: a URL byte for byte, cut only where it has to be', () => {
  const url = `https://example.org/${'x'.repeat(300)}`;
  const lines = render(text({ links: [{ rel: 'details', url }, { rel: 'status', url: 'https://example.org' }] }), { source: 'pypi', columns: 80 }) ?? [];
  assert.equal(lines[1], 'notice[pypi] details:');
  assert.equal(lines.slice(2, -1).map((line) => line.slice('notice[pypi]   '.length)).join(''), url);
  assert.equal(lines.at(-1), 'notice[pypi] status: https://example.org');
});

test('section 6.10: plain mode', () => {
  assert.deepEqual(render(text({ body: ['one', 'two'] }), { source: 'pypi', columns: 80, plain: true }), ['notice from pypi', 'INFO: A title', '  one', '', '  two']);
  assert.notEqual(render(text(), { source: 'pypi', columns: 22, plain: true }), null);
  assert.equal(render(text(), { source: 'pypi', columns: 21, plain: true }), null);
});

test('MOTD-SHOW-8: source names', () => {
  for (const source of ['pypi', 'A.b_c-9', 'x'.repeat(32)]) assert.notEqual(render(text(), { source }), null);
  for (const source of ['', 'x'.repeat(33), 'a b', 'é', 'a]', 'a\n']) assert.throws(() => render(text(), { source }), { code: 'source-name' });
});

test('MOTD-SHOW-9: the one ASCII line', () => {
  assert.equal(renderAsciiLine(text({ title: 'Café \\ 😀 ~' }), 'pypi'), 'notice[pypi] CRITICAL: Caf\\u{e9} \\u{5c} \\u{1f600} ~');
});
