/** The examples of the specification, taken out of its text when the tests run. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { contains, documentBytes, languagesOf, lookup, parsePurl, parseRange, render } from '../src/index.js';
import { isLanguageTag, isLink } from '../src/document/grammar.js';
import { generated } from '../scripts/generate.js';
import { SPECIFICATION, document, documentCode, fences, judgeEntry, judgeTarget, rows } from './support.js';

const examples = fences().filter((fence) => fence.marker !== null);

test('every marked example is of a kind that these tests judge', () => {
  assert.ok(examples.length >= 29);
  for (const { marker } of examples) assert.match(String(marker), /^(document|notice) [a-z-]+(, language [a-z-]+)?$|^(other|display)$/);
});

for (const { chapter, line, marker, text } of examples) {
  const [kind, code = '', , languageCode] = String(marker).split(/,? /);
  if (kind === 'document') {
    test(`${chapter}:${line} document ${code}`, () => {
      const judgement = judgeTarget(JSON.parse(text));
      assert.equal(judgement.code ?? 'ok', code);
      assert.deepEqual(judgement.notices.map((notice) => notice.code), judgement.notices.map(() => null));
    });
  } else if (kind === 'notice') {
    test(`${chapter}:${line} notice ${code}`, () => {
      const judged = judgeEntry(JSON.parse(text));
      assert.equal(judged.code ?? 'ok', code);
      if (languageCode !== undefined) assert.deepEqual(judged.languages.filter((one) => one.code !== null).map((one) => one.code), [languageCode]);
      else assert.deepEqual(judged.languages.filter((one) => one.code !== null), []);
    });
  }
}

test('5.2: the inline document has the length and the hash that its entry states', () => {
  const fence = examples.find(({ chapter, marker }) => chapter.startsWith('5') && marker === 'other');
  const entry = JSON.parse(String(fence?.text))['motd/notices.json'];
  const bytes = /** @type {Buffer} */ (documentBytes(entry.custom.motd));
  assert.equal(bytes.length, entry.length);
  assert.equal(createHash('sha256').update(bytes).digest('hex'), entry.hashes.sha256);
});

test('6.10: the display of the document of section 2.1', () => {
  const first = JSON.parse(String(examples.find(({ marker }) => marker === 'document ok')?.text));
  const fence = examples.find(({ marker }) => marker === 'display');
  const { notice } = /** @type {any} */ (judgeTarget(first).notices[0]);
  const text = { severity: notice.severity, language: 'en', ...notice.text.en, links: notice.links };
  assert.equal(render(text, { source: 'pypi', columns: 80 })?.join('\n'), fence?.text);
});

for (const [ranges = '', available = '', expected] of rows('lookup')) {
  test(`MOTD-LANG-4, MOTD-LANG-5: ${ranges} in ${available}`, () => {
    const tags = available.split(', ');
    assert.equal(lookup(ranges.split(', '), tags, String(tags[0])), expected);
  });
}

for (const [url, verdict] of rows('link')) {
  test(`MOTD-LINK-3: ${url} is ${verdict}`, () => assert.equal(isLink(url), verdict === 'ok'));
}

for (const [purl, verdict] of rows('purl')) {
  test(`MOTD-PURL-1, MOTD-PURL-2: ${purl} is ${verdict}`, () => assert.equal(parsePurl(purl) !== null, verdict === 'ok'));
}

for (const [range = '', version = '', result] of rows('vers')) {
  if (range.startsWith('vers:deb/') || range.startsWith('vers:rpm/')) {
    // The feature `deb-rpm` is not here: nothing is refused because of it, and the clause is false.
    test(`without deb-rpm: ${range} is sound and holds nothing`, () => {
      const parsed = parseRange(range, null);
      assert.ok(parsed.fault === null && parsed.range.scheme === null && !contains(parsed.range, version));
    });
  } else if (version === 'refused') {
    test(`MOTD-VERS-1 to 5: ${range} is ${result}`, () => assert.equal(parseRange(range, null).fault, result));
  } else {
    test(`MOTD-VERS-6: ${version} is ${result} of ${range}`, () => {
      const parsed = parseRange(range, null);
      assert.ok(parsed.fault === null);
      assert.equal(contains(parsed.range, version), result === 'in');
    });
  }
}

test('MOTD-VERS-5: the table of section 4.7, pair by pair', () => {
  const text = readFileSync(new URL('4-audience.md', SPECIFICATION), 'utf8').split('\n');
  const header = text.findIndex((line) => line.startsWith('| first, then |'));
  const comparator = (/** @type {string} */ cell) => (cell.includes('bare') ? '' : cell.replaceAll('`', ''));
  const cells = (/** @type {number} */ at) => String(text[at]).split('|').slice(1, -1).map((cell) => cell.trim());
  const columns = cells(header).slice(1).map(comparator);
  assert.equal(columns.length, 6);
  for (let row = header + 2; row < header + 8; row += 1) {
    const [first = '', ...verdicts] = cells(row);
    for (const [at, verdict] of verdicts.entries()) {
      const range = `vers:intdot/${comparator(first)}1|${columns[at]}2`;
      assert.equal(parseRange(range, null).fault, verdict === 'allowed' ? null : 'versions-redundant', range);
    }
  }
});

test('MOTD-LANG-1: the table of tags in section 3.4', () => {
  const text = readFileSync(new URL('3-text.md', SPECIFICATION), 'utf8').split('\n');
  const at = text.findIndex((line) => line.startsWith('| tag | verdict |'));
  const tags = (/** @type {number} */ row) => [...String(String(text[row]).split('|')[1]).matchAll(/`([^`]+)`/g)].map((match) => String(match[1]));
  assert.deepEqual([2, 3, 4].map((row) => tags(at + row).map(isLanguageTag)), [Array(8).fill(true), Array(5).fill(false), Array(5).fill(false)]);
  assert.equal(isLanguageTag(''), false);
});

test('MOTD-LANG-6: the table of environments in section 3.4', () => {
  const text = readFileSync(new URL('3-text.md', SPECIFICATION), 'utf8').split('\n');
  const at = text.findIndex((line) => line.startsWith('| environment | list |'));
  for (let row = at + 2; String(text[row]).startsWith('|'); row += 1) {
    const [, environment = '', list = ''] = String(text[row]).split('|');
    const variables = Object.fromEntries([...environment.matchAll(/`([A-Z_]+)=([^`]*)`/g)].map((match) => [match[1], match[2]]));
    const expected = list.trim().startsWith('empty') ? [] : [String(/`([^`]+)`/.exec(list)?.[1])];
    assert.ok(Object.keys(variables).length > 0);
    assert.deepEqual(languagesOf(variables), expected, environment);
  }
});

test('section 4.6: the chain of pypi versions ascends', () => {
  const text = readFileSync(new URL('4-audience.md', SPECIFICATION), 'utf8');
  const chain = [...String(/So (`1\.0\.dev1`.*)\./.exec(text)?.[1]).matchAll(/`([^`]+)`/g)].map((match) => String(match[1]));
  assert.equal(chain.length, 9);
  const encoded = chain.map((version) => `!=${version}`).join('|');
  assert.equal(parseRange(`vers:pypi/${encoded}`, null).fault, null);
});

test('the generated tables and registries are those of the specification', () => {
  for (const [file, text] of Object.entries(generated())) {
    assert.equal(readFileSync(new URL(`../src/generated/${file}`, import.meta.url), 'utf8'), text);
  }
});

test('documents without and with an empty list of notices are accepted', () => {
  assert.equal(documentCode(document()), null);
  assert.equal(documentCode(document({ notices: undefined })), null);
});
