/**
 * Judging a document: bytes of the target carrier or a value of the custom carrier (spec 2.6).
 */
import { carrierFault, documentBytes } from './canonical.js';
import { isLanguageTag, isRepository, isSchemaVersion } from './grammar.js';
import { decodeUtf8, isObject, member, parseText, scanText, scanValue } from './json.js';
import { duplicateIds, judgeNotice } from './notice.js';

/** @typedef {import('./json.js').Json} Json */
/**
 * @typedef {{
 *   verdict: 'accepted' | 'refused', stage: 'document' | null, code: string | null,
 *   schema_version: string | null, repository: string | null, default_language: string | null,
 *   notices: import('./notice.js').JudgedNotice[]
 * }} Judgement
 */
/** @typedef {{ entry?: import('./canonical.js').TargetEntry }} JudgeOptions */

/** MOTD-BYTES-1 */
export const CUSTOM_LIMIT = 16_384;
export const TARGET_LIMIT = 65_536;
const DEPTH_LIMIT = 8;
const NOTICES_LIMIT = 32;
const DEFAULT_LANGUAGE = 'en';

/**
 * Judges a document as a client does.
 *
 * A `Uint8Array` is the target carrier. Anything else is the value of `custom.motd`; with `options.entry` its
 * document bytes are compared with the length and hashes of that target entry (MOTD-CARRY-3), without it that
 * one step is left out, as a linter of values wants it.
 * @param {Uint8Array | Json} input
 * @param {string} repository the identifier configured beside the trusted root
 * @param {JudgeOptions} [options]
 * @returns {Judgement}
 */
export function judge(input, repository, options = {}) {
  const opened = input instanceof Uint8Array ? openBytes(input) : openValue(input, options.entry);
  if (opened.code !== null) return refused(opened.code);
  return judgeDocument(opened.value, repository);
}

/** @param {string} code @returns {Judgement} */
export const refused = (code) => ({
  verdict: 'refused',
  stage: 'document',
  code,
  schema_version: null,
  repository: null,
  default_language: null,
  notices: [],
});

/** @typedef {{ code: string, value?: undefined } | { code: null, value: Json }} Opened */

/**
 * Each step looks at the whole input before the next one begins.
 * @param {Uint8Array} bytes
 * @returns {Opened}
 */
function openBytes(bytes) {
  if (bytes.length > TARGET_LIMIT) return { code: 'document-too-large' }; // MOTD-BYTES-1
  const text = decodeUtf8(bytes);
  if (text === null) return { code: 'not-utf-8' }; // MOTD-BYTES-2
  const value = parseText(text);
  if (value === undefined) return { code: 'not-json' }; // MOTD-BYTES-3
  const structure = scanText(text);
  if (structure.unpaired) return { code: 'not-json' }; // MOTD-BYTES-3
  if (structure.depth > DEPTH_LIMIT) return { code: 'too-deep' }; // MOTD-BYTES-4
  if (structure.duplicate) return { code: 'duplicate-name' }; // MOTD-BYTES-5
  if (structure.badName) return { code: 'name-not-ascii' }; // MOTD-BYTES-6
  const canonical = documentBytes(value);
  // MOTD-BYTES-7: a value without document bytes (1e400) fails here too.
  if (canonical === null || !canonical.equals(bytes)) return { code: 'not-document-bytes' };
  return { code: null, value };
}

/**
 * UTF-8, JSON and duplicate names of the custom value cannot be seen any more.
 * @param {Json} value
 * @param {import('./canonical.js').TargetEntry} [entry]
 * @returns {Opened}
 */
function openValue(value, entry) {
  const canonical = documentBytes(value);
  // MOTD-BYTES-1; a value without document bytes passes this step and fails at carrier equality.
  if (canonical !== null && canonical.length > CUSTOM_LIMIT) return { code: 'document-too-large' };
  const structure = scanValue(value);
  if (structure.depth > DEPTH_LIMIT) return { code: 'too-deep' }; // MOTD-BYTES-4
  if (structure.badName) return { code: 'name-not-ascii' }; // MOTD-BYTES-6
  const fault = entry === undefined ? null : carrierFault(canonical, entry); // MOTD-CARRY-3
  if (fault !== null) return { code: fault };
  if (canonical === null) return { code: 'carrier-hash' };
  return { code: null, value };
}

/**
 * @param {Json} document
 * @param {string} repository
 * @returns {Judgement}
 */
function judgeDocument(document, repository) {
  if (!isObject(document)) return refused('not-an-object'); // MOTD-DOC-1
  const version = member(document, 'schema_version');
  if (!isSchemaVersion(version)) return refused('schema-version'); // MOTD-DOC-2
  const speaker = member(document, 'repository');
  if (!isRepository(speaker)) return refused('repository-malformed'); // MOTD-DOC-3
  // MOTD-DOC-4: both are ASCII by their grammar, so equal strings are equal bytes.
  if (speaker !== repository) return refused('repository-mismatch');
  const language = member(document, 'default_language');
  if (language !== undefined && !isLanguageTag(language)) return refused('default-language-malformed'); // MOTD-DOC-5
  const entries = member(document, 'notices');
  if (entries !== undefined && !Array.isArray(entries)) return refused('notices-malformed'); // MOTD-DOC-6
  const notices = entries ?? [];
  if (notices.length > NOTICES_LIMIT) return refused('notices-too-many'); // MOTD-DOC-7
  const defaultLanguage = language ?? DEFAULT_LANGUAGE;
  const duplicates = duplicateIds(notices);
  return {
    verdict: 'accepted',
    stage: null,
    code: null,
    schema_version: version,
    repository: speaker,
    default_language: defaultLanguage,
    // MOTD-DOC-8: each entry by itself.
    notices: notices.map((/** @type {Json} */ entry, /** @type {number} */ index) => judgeNotice(entry, index, duplicates, defaultLanguage)),
  };
}
