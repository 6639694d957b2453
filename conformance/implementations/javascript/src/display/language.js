/**
 * The user's list of languages, and the lookup (spec 3.4).
 */
import { isLanguageTag } from '../document/grammar.js';

/** @typedef {Readonly<Record<string, string | undefined>>} Environment */

/** Step 4 of the lookup, in lower case. A map, because a range can be called `constructor`. */
const CHINESE_SCRIPTS = new Map([
  ['zh-tw', 'zh-Hant-TW'],
  ['zh-hk', 'zh-Hant-HK'],
  ['zh-mo', 'zh-Hant-MO'],
  ['zh-cn', 'zh-Hans-CN'],
  ['zh-sg', 'zh-Hans-SG'],
]);

/** ASCII only: `toLowerCase` of the runtime also folds U+212A and others. @param {string} text */
const lower = (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
/** @param {string} text */
const upper = (text) => text.replace(/[a-z]/g, (letter) => letter.toUpperCase());

/**
 * MOTD-LANG-6: the seven steps. `LANGUAGE` is not read.
 * @param {Environment} environment
 * @returns {string[]} no range or one
 */
export function languagesOf(environment) {
  // 1. The first that is set and is not empty.
  const set = firstSet(environment, ['LC_ALL', 'LC_MESSAGES', 'LANG']);
  if (set === undefined) return [];
  // 2. The modifier is cut before the codeset, so that a dot in a modifier goes with it.
  const at = set.indexOf('@');
  const modifier = at < 0 ? '' : set.slice(at + 1);
  const withoutModifier = at < 0 ? set : set.slice(0, at);
  // 3.
  const rest = String(withoutModifier.split('.', 1)[0]);
  // 4.
  if (rest === 'C' || rest === 'POSIX') return [];
  // 5.
  const subtags = rest.replaceAll('_', '-').split('-');
  // 6.
  if (modifier === 'latin' && !hasScript(subtags)) subtags.splice(1, 0, 'Latn');
  // 7.
  const tag = canonicalCase(subtags);
  return isLanguageTag(tag) ? [tag] : [];
}

/** @param {Environment} environment @param {string[]} names */
const firstSet = (environment, names) => names.map((name) => environment[name]).find((value) => value !== undefined && value !== '');

/**
 * MOTD-SHOW-12: whether the terminal is known to be in UTF-8. Those of Windows take Unicode.
 * @param {Environment} environment
 */
export function isUtf8(environment) {
  const locale = String((firstSet(environment, ['LC_ALL', 'LC_CTYPE', 'LANG']) ?? '').split('@', 1)[0]);
  const charset = locale.slice(locale.indexOf('.') + 1);
  return process.platform === 'win32' || lower(charset.replaceAll('-', '')) === 'utf8';
}

/** A script is a subtag of four letters before any singleton, and not the first. @param {string[]} subtags */
function hasScript(subtags) {
  const singleton = subtags.findIndex((subtag, at) => at > 0 && subtag.length === 1);
  return subtags.slice(1, singleton < 0 ? undefined : singleton).some((subtag) => /^[A-Za-z]{4}$/.test(subtag));
}

/**
 * RFC 5646 section 2.1.1: lower case, but two letters in upper case and four in title case
 * where they are neither first nor behind a singleton.
 * @param {string[]} subtags
 */
function canonicalCase(subtags) {
  let behindSingleton = false;
  return subtags
    .map((subtag, at) => {
      const plain = at === 0 || behindSingleton;
      if (subtag.length === 1) behindSingleton = true;
      if (plain) return lower(subtag);
      if (/^[A-Za-z]{2}$/.test(subtag)) return upper(subtag);
      return /^[A-Za-z]{4}$/.test(subtag) ? upper(subtag.slice(0, 1)) + lower(subtag.slice(1)) : lower(subtag);
    })
    .join('-');
}

/**
 * MOTD-LANG-4, MOTD-LANG-5: the five steps of the lookup.
 * @param {readonly string[]} ranges the user's list
 * @param {readonly string[]} available the accepted languages of a notice
 * @param {string} defaultLanguage
 * @returns {string} one of `available`
 */
export function lookup(ranges, available, defaultLanguage) {
  for (const range of ranges) {
    // 2.
    let candidate = range.split('-').filter((subtag) => subtag !== '*');
    while (candidate.length > 0 && candidate.join('-') !== '') {
      // 3.
      const written = lower(candidate.join('-'));
      const found = available.find((tag) => lower(tag) === written);
      if (found !== undefined) return found;
      // 4. The result has a script, so this never happens twice.
      const scripted = CHINESE_SCRIPTS.get(written);
      if (scripted !== undefined) {
        candidate = scripted.split('-');
        continue;
      }
      // 5.
      candidate = candidate.slice(0, -1);
      if (candidate.at(-1)?.length === 1) candidate = candidate.slice(0, -1);
    }
  }
  return defaultLanguage;
}

const AMBIGUOUS_WIDE = new Set(['*', 'en', 'ja', 'ko', 'zh', 'cmn', 'hak', 'lzh', 'nan', 'yue']);

/**
 * Whether ambiguous code points take two columns: by the language subtag of the first language (spec 3.2).
 * @param {readonly string[]} ranges
 */
export const isAmbiguousWide = ([first]) => first === undefined || AMBIGUOUS_WIDE.has(lower(String(first.split('-')[0])));
