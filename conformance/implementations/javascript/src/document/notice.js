/**
 * Judging one entry of `notices` (spec 2.6 "A notice", 2.9).
 */
import { FEATURES, LEVELS, REPEATS, SEVERITIES } from '../generated/registries.js';
import { audienceFault } from './audience.js';
import { isId, isLanguageTag, isLink, parseTime } from './grammar.js';
import { isObject, member } from './json.js';
import { textFault } from './text.js';

/** @typedef {import('./json.js').Json} Json */
/** @typedef {{ tag: string, verdict: 'accepted' | 'refused', code: string | null }} JudgedLanguage */
/**
 * @typedef {{
 *   id: string, revision: number, severity: string, topic: string | null, begins: string, ends: string,
 *   repeat: string | null, resolves: string[], links: { rel: string, url: string }[],
 *   text: Record<string, import('./text.js').Text>, audience: Record<string, Json>[] | null
 * }} Notice
 *   an accepted notice: unknown severities are `info`, unknown values of `repeat` are absent,
 *   and only accepted languages are there
 */
/**
 * @typedef {{
 *   index: number, id: string | null, revision: number | null, verdict: 'accepted' | 'refused',
 *   stage: 'notice' | null, code: string | null, languages: JudgedLanguage[], notice: Notice | null
 * }} JudgedNotice
 */

const LIST_LIMIT = 32;
const LANGUAGES_LIMIT = 64;
const LINKS_LIMIT = 4;
/** 366 days, MOTD-TIME-3. */
const SPAN_LIMIT = 31_622_400;

/** @param {Json} value @returns {value is string[]} */
const isIdList = (value) =>
  Array.isArray(value) && value.length <= LIST_LIMIT && value.every(isId) && new Set(value).size === value.length;

/**
 * MOTD-DOC-9: the ids that more than one entry has. Every object whose `id` is a string counts, sound or not.
 * @param {Json[]} entries
 * @returns {Set<string>}
 */
export function duplicateIds(entries) {
  const seen = new Set();
  /** @type {Set<string>} */
  const duplicates = new Set();
  for (const entry of entries) {
    const id = isObject(entry) ? member(entry, 'id') : undefined;
    if (typeof id !== 'string') continue;
    if (seen.has(id)) duplicates.add(id);
    seen.add(id);
  }
  return duplicates;
}

/**
 * @param {Json} entry
 * @param {number} index
 * @param {Set<string>} duplicates
 * @param {string} defaultLanguage
 * @returns {JudgedNotice}
 */
export function judgeNotice(entry, index, duplicates, defaultLanguage) {
  const object = isObject(entry) ? entry : {};
  const id = member(object, 'id');
  const { languages, texts } = judgeLanguages(member(object, 'text'));
  const code = noticeFault(entry, duplicates, defaultLanguage, languages);
  const shownId = isId(id) ? id : null;
  if (code !== null) return { index, id: shownId, revision: null, verdict: 'refused', stage: 'notice', code, languages: [], notice: null };
  const severity = member(object, 'severity');
  const repeat = member(object, 'repeat');
  /** @type {Notice} */
  const notice = {
    id,
    revision: member(object, 'revision'),
    // MOTD-FWD-2
    severity: SEVERITIES.has(severity) ? severity : 'info',
    topic: member(object, 'topic') ?? null,
    begins: member(object, 'begins'),
    ends: member(object, 'ends'),
    // MOTD-FWD-5
    repeat: REPEATS.has(repeat) ? repeat : null,
    resolves: member(object, 'resolves') ?? [],
    // MOTD-FWD-1, MOTD-FWD-7: members that are not defined are left behind; a relation that is not registered stays.
    links: (member(object, 'links') ?? []).map((/** @type {Record<string, Json>} */ link) => ({ rel: member(link, 'rel'), url: member(link, 'url') })),
    text: texts,
    audience: member(object, 'audience') ?? null,
  };
  return { index, id, revision: notice.revision, verdict: 'accepted', stage: null, code: null, languages, notice };
}

/**
 * Every language by itself: one bad translation takes no other away (MOTD-LANG-2).
 * @param {Json} text
 * @returns {{ languages: JudgedLanguage[], texts: Record<string, import('./text.js').Text> }}
 */
function judgeLanguages(text) {
  /** @type {JudgedLanguage[]} */
  const languages = [];
  /** @type {Record<string, import('./text.js').Text>} */
  const texts = {};
  const entries = isObject(text) ? Object.entries(text) : [];
  if (entries.length > LANGUAGES_LIMIT) return { languages, texts };
  for (const [tag, entry] of entries) {
    // MOTD-LANG-1: the tag comes before what it names.
    const code = isLanguageTag(tag) ? textFault(entry) : 'language-tag-malformed';
    languages.push({ tag, verdict: code === null ? 'accepted' : 'refused', code });
    // MOTD-TEXT-8: code point for code point as signed.
    if (code === null) texts[tag] = { title: entry.title, body: [...entry.body] };
  }
  return { languages, texts };
}

/**
 * The first fault of a notice, in the order of section 2.6.
 * @param {Json} entry
 * @param {Set<string>} duplicates
 * @param {string} defaultLanguage
 * @param {JudgedLanguage[]} languages
 * @returns {string | null} a reason code
 */
function noticeFault(entry, duplicates, defaultLanguage, languages) {
  if (!isObject(entry)) return 'notice-not-an-object'; // MOTD-DOC-10; what is no object has no id to share
  const id = member(entry, 'id');
  if (duplicates.has(id)) return 'id-duplicate'; // MOTD-DOC-9
  if (!isId(id)) return 'id-malformed'; // MOTD-DOC-11
  const revision = member(entry, 'revision');
  if (!(Number.isSafeInteger(revision) && revision >= 1)) return 'revision-malformed'; // MOTD-DOC-12
  if (!isId(member(entry, 'severity'))) return 'severity-malformed'; // MOTD-DOC-13
  const topic = member(entry, 'topic');
  if (topic !== undefined && !isId(topic)) return 'topic-malformed'; // MOTD-DOC-14
  return (
    timeFault(entry) ??
    listsFault(entry) ??
    languagesFault(member(entry, 'text'), defaultLanguage, languages) ??
    linksFault(member(entry, 'links')) ??
    (member(entry, 'audience') === undefined ? null : audienceFault(member(entry, 'audience')))
  );
}

/** @param {Record<string, Json>} entry */
function timeFault(entry) {
  const begins = parseTime(member(entry, 'begins'));
  const ends = parseTime(member(entry, 'ends'));
  if (begins === null || ends === null) return 'time-malformed'; // MOTD-TIME-1
  if (begins >= ends) return 'time-order'; // MOTD-TIME-2
  return ends - begins > SPAN_LIMIT ? 'time-span' : null; // MOTD-TIME-3
}

/** @param {Record<string, Json>} entry */
function listsFault(entry) {
  const requires = member(entry, 'requires');
  if (requires !== undefined && !isIdList(requires)) return 'requires-malformed'; // MOTD-DOC-15
  if (requires?.some((/** @type {string} */ name) => !FEATURES.has(name))) return 'requires-unknown'; // MOTD-FWD-4
  const repeat = member(entry, 'repeat');
  if (repeat !== undefined && !isId(repeat)) return 'repeat-malformed'; // MOTD-DOC-17
  const resolves = member(entry, 'resolves');
  // MOTD-DOC-16
  if (resolves !== undefined && (!isIdList(resolves) || resolves.includes(member(entry, 'id')))) return 'resolves-malformed';
  return null;
}

/** @param {Json} text @param {string} defaultLanguage @param {JudgedLanguage[]} languages */
function languagesFault(text, defaultLanguage, languages) {
  if (!isObject(text)) return 'text-malformed'; // MOTD-TEXT-9
  if (Object.keys(text).length > LANGUAGES_LIMIT) return 'languages-too-many'; // MOTD-TEXT-10
  const entry = languages.find(({ tag }) => tag === defaultLanguage);
  // MOTD-LANG-3: a default language that is there and refused gives its own code.
  return entry === undefined ? 'default-language-missing' : entry.code;
}

/** @param {Json} links */
function linksFault(links) {
  if (links === undefined) return null;
  // MOTD-LINK-1: the array and the type of every element before anything inside one.
  if (!Array.isArray(links) || links.length > LINKS_LIMIT || !links.every(isObject)) return 'links-malformed';
  for (const link of links) {
    if (!isId(member(link, 'rel'))) return 'link-rel-malformed'; // MOTD-LINK-2
    if (!isLink(member(link, 'url'))) return 'link-url-malformed'; // MOTD-LINK-3
  }
  return null;
}

/** The level of a reason code, as the registry says. @param {string} code */
export const levelOf = (code) => String(LEVELS[code]);
