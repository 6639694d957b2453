/**
 * Package URLs: a type, a namespace and a name in their one spelling (spec 4.4).
 */
import { decodeUtf8 } from './json.js';

/** @typedef {{ type: string, namespace: string[], name: string }} Purl segments after decoding */

/**
 * @typedef {{
 *   follows: (purl: Purl) => boolean,
 *   normalise: (segment: string) => string,
 *   schemes: readonly string[] | null
 * }} TypeRules `schemes` is `null` where every registered scheme is allowed
 */

const LIMIT = 512;
const PURL = /^pkg:([a-z][a-z0-9.-]*)((?:\/(?:[A-Za-z0-9._~:-]|%[0-9A-F]{2})+)+)$/;
const PLAIN = /^[A-Za-z0-9._~:-]$/;
const FORBIDDEN = /[\/\u0000-\u001f\u007f]/;

/** ASCII letters only. @param {string} text */
const lower = (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
/** @param {string} text */
const same = (text) => text;
/** @param {RegExp} pattern @returns {(purl: Purl) => boolean} */
const nameOnly = (pattern) => (purl) => purl.namespace.length === 0 && pattern.test(purl.name);

const NPM = /^[a-z0-9~-][a-z0-9._~-]*$/;

/** @type {Readonly<Record<string, TypeRules>>} MOTD-PURL-2; `deb` and `rpm` are of a feature that is not here */
const TYPES = Object.freeze({
  pypi: {
    follows: nameOnly(/^[a-z0-9]+(?:-[a-z0-9]+)*$/),
    normalise: (segment) => lower(segment.replace(/[-_.]+/g, '-')),
    schemes: ['pypi', 'semver', 'intdot'],
  },
  cargo: {
    follows: (purl) => purl.namespace.length === 0 && purl.name.length <= 64 && /^[A-Za-z][A-Za-z0-9_-]*$/.test(purl.name),
    normalise: same,
    schemes: ['cargo', 'semver', 'intdot'],
  },
  npm: {
    follows: (purl) =>
      purl.namespace.length <= 1 &&
      purl.namespace.every((scope) => scope.startsWith('@') && NPM.test(scope.slice(1))) &&
      NPM.test(purl.name) &&
      [...purl.namespace, purl.name].join('/').length <= 214,
    normalise: lower,
    schemes: ['npm', 'semver', 'intdot'],
  },
  conda: { follows: nameOnly(/^[a-z0-9_][a-z0-9._-]*$/), normalise: lower, schemes: ['semver', 'intdot'] },
  generic: { follows: () => true, normalise: same, schemes: null },
});

/** @param {string} type @returns {TypeRules} */
function rulesOf(type) {
  if (Object.hasOwn(TYPES, type)) return /** @type {TypeRules} */ (TYPES[type]);
  // Section 4.4: a type outside the table has the scheme that bears its name, `semver` and `intdot`.
  return { follows: () => true, normalise: same, schemes: [type, 'semver', 'intdot'] };
}

/** @param {string} type */
export const schemesOf = (type) => rulesOf(type).schemes;

/**
 * The general spelling of section 4.4 (MOTD-PURL-1), without the rules of the type. `anyEncoding`: also what need not be
 * encoded can be.
 * @param {unknown} text
 * @param {{ anyEncoding?: boolean }} [options]
 * @returns {Purl | null}
 */
function parseSpelling(text, { anyEncoding = false } = {}) {
  if (typeof text !== 'string' || text.length > LIMIT) return null;
  const match = PURL.exec(text);
  if (match === null) return null;
  const segments = String(match[2]).slice(1).split('/').map((segment) => decodeSegment(segment, anyEncoding));
  if (segments.some((segment) => segment === null)) return null;
  const decoded = /** @type {string[]} */ (segments);
  return { type: String(match[1]), namespace: decoded.slice(0, -1), name: String(decoded.at(-1)) };
}

/** @param {string} written @param {boolean} anyEncoding @returns {string | null} */
function decodeSegment(written, anyEncoding) {
  /** @type {number[]} */
  const bytes = [];
  for (let at = 0; at < written.length; at += 1) {
    if (written[at] === '%') {
      const byte = Number.parseInt(written.slice(at + 1, at + 3), 16);
      // What `plain` can write is not encoded: one spelling for each name.
      if (!anyEncoding && PLAIN.test(String.fromCharCode(byte))) return null;
      bytes.push(byte);
      at += 2;
    } else {
      bytes.push(written.charCodeAt(at));
    }
  }
  const text = decodeUtf8(Uint8Array.from(bytes));
  return text === null || FORBIDDEN.test(text) ? null : text;
}

/**
 * A purl of a notice: the spelling, and the rules of its type.
 * @param {unknown} text
 * @returns {Purl | null}
 */
export function parsePurl(text) {
  const purl = parseSpelling(text);
  // MOTD-PURL-2
  return purl !== null && rulesOf(purl.type).follows(purl) ? purl : null;
}

/**
 * MOTD-PURL-3: what the machine reports, normalised as its type asks. Its spelling is the general one, in which it can
 * encode what need not be; what does not have it is malformed on the machine, and matches nothing (MOTD-AUD-7).
 * @param {unknown} text
 * @returns {Purl | null}
 */
export function normalisePurl(text) {
  const purl = parseSpelling(text, { anyEncoding: true });
  if (purl === null) return null;
  const { normalise } = rulesOf(purl.type);
  return { type: purl.type, namespace: purl.namespace.map(normalise), name: normalise(purl.name) };
}

/** @param {Purl} one @param {Purl} other */
export const samePurl = (one, other) =>
  one.type === other.type && one.name === other.name && one.namespace.join('/') === other.namespace.join('/');
