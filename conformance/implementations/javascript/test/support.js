/**
 * A sound notice and document that a test changes in one place, and the fences of the specification.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { documentBytes, judge } from '../src/index.js';

export const SPECIFICATION = new URL('../../../../spec/', import.meta.url);
export const REPOSITORY = 'pypi.org';

/** @param {string} path @returns {any} */
export const readJson = (path) => JSON.parse(readFileSync(new URL(path, SPECIFICATION), 'utf8'));

/** @param {Record<string, any>} [changes] `undefined` takes a member away @returns {any} */
export const notice = (changes = {}) =>
  strip({
    id: 'base',
    revision: 1,
    severity: 'info',
    begins: '2026-11-01T00:00:00Z',
    ends: '2026-12-01T00:00:00Z',
    text: { en: { title: 'A title', body: ['A paragraph.'] } },
    ...changes,
  });

/** @param {Record<string, any>} [changes] */
export const document = (changes = {}) => strip({ schema_version: '1.0', repository: REPOSITORY, notices: [], ...changes });

/** @param {Record<string, any>} object */
const strip = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

/** @param {any} value */
export const bytesOf = (value) => /** @type {Buffer} */ (documentBytes(value));

/** The judgement of a document in the target carrier. @param {any} value */
export const judgeTarget = (value) => judge(bytesOf(value), REPOSITORY);

/** The code of a document: `null` when it is accepted. @param {any} value */
export const documentCode = (value) => judgeTarget(value).code;

/** The judgement of one entry, which can be anything. @param {any} entry @param {Record<string, any>} [changes] */
export const judgeEntry = (entry, changes = {}) =>
  /** @type {import('../src/document/notice.js').JudgedNotice} */ (judgeTarget(document({ notices: [entry], ...changes })).notices[0]);

/** What is `undefined` in the changes is absent, at any depth. @param {Record<string, any>} [changes] of a sound notice */
export const noticeCode = (changes) => judgeEntry(JSON.parse(JSON.stringify(notice(changes)))).code;

/** @param {any} [en] the text entry of the default language */
export const englishCode = (en) => noticeCode({ text: { en } });

/** @param {any} audience */
export const audienceCode = (audience) => noticeCode({ audience });

/** @typedef {{ chapter: string, line: number, kind: string, marker: string | null, text: string }} Fence */

/** Every fence of the chapters, with the marker of an example in front of it, if it has one. @returns {Fence[]} */
export function fences() {
  /** @type {Fence[]} */
  const found = [];
  for (const chapter of readdirSync(SPECIFICATION).filter((name) => /^\d.*\.md$/.test(name)).sort()) {
    const lines = readFileSync(new URL(chapter, SPECIFICATION), 'utf8').split('\n');
    for (let at = 0; at < lines.length; at += 1) {
      const kind = /^```([a-z]+)$/.exec(String(lines[at]))?.[1];
      if (kind === undefined) continue;
      const end = lines.indexOf('```', at + 1);
      const marker = /^<!-- example: (.*) -->$/.exec(String(lines[at - 1]))?.[1] ?? null;
      found.push({ chapter, line: at + 1, kind, marker, text: lines.slice(at + 1, end).join('\n') });
      at = end;
    }
  }
  return found;
}

/** The rows of the fences of a kind, split at ` | `; the bars of a range have no spaces. @param {string} kind @returns {string[][]} */
export const rows = (kind) =>
  fences()
    .filter((fence) => fence.kind === kind)
    .flatMap((fence) => fence.text.split('\n').map((row) => row.split(' | ')));
