/**
 * Document bytes: RFC 8785 (spec 2.2); the form that signatures cover (spec 7.3); and the equality of the custom carrier with its target entry (spec 5.4).
 */
import { createHash } from 'node:crypto';
import { hasUnpairedSurrogate } from './json.js';

/** @typedef {{ length?: number, hashes?: Record<string, string> }} TargetEntry `length` and `hashes` of a target entry */

/** The hashes that this specification knows (MOTD-CARRY-3, MOTD-CARRY-8). */
export const KNOWN_HASHES = Object.freeze(['sha256', 'sha512']);

/** Writes what holds nothing else, names of members included; `null` when the form has nothing for it. @typedef {(value: unknown) => string | null} WriteScalar */

/**
 * The RFC 8785 serialisation, or `null` for a value that has none: a number that is not finite,
 * an unpaired surrogate.
 * @param {import('./json.js').Json} value
 * @returns {Buffer | null}
 */
export const documentBytes = (value) => serialise(value, writeScalar, byUnits);

/**
 * The OLPC canonical form, which the signatures of TUF cover (spec 7.3), or `null` for a value that has none.
 * @param {import('./json.js').Json} value
 * @returns {Buffer | null}
 */
export const canonicalForm = (value) => serialise(value, writeOlpcScalar, byBytes);

/** The order of RFC 8785, which is the default one. @param {string[]} names */
const byUnits = (names) => names.sort();

/** The order of code points, which is that of UTF-8. @param {string[]} names */
const byBytes = (names) => (names.every((name) => !/[\ud800-\udfff]/.test(name)) ? names.sort() : names.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other))));

/** `JSON.stringify` of one string or number is what RFC 8785 asks for, -0 included. @type {WriteScalar} */
function writeScalar(value) {
  if (typeof value === 'number' && !Number.isFinite(value)) return null;
  if (typeof value === 'string' && hasUnpairedSurrogate(value)) return null;
  return JSON.stringify(value) ?? null;
}

/** No fractions, and in strings nothing is escaped but `"` and the backslash. @type {WriteScalar} */
function writeOlpcScalar(value) {
  if (typeof value === 'number' && !Number.isInteger(value)) return null;
  if (typeof value !== 'string') return writeScalar(value);
  return hasUnpairedSurrogate(value) ? null : `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/**
 * Members sorted by name, no white space. The stack is a list: a role of 5 MB can be very deep.
 * @param {import('./json.js').Json} value
 * @param {WriteScalar} scalar
 * @param {(names: string[]) => string[]} sorted
 * @returns {Buffer | null}
 */
function serialise(value, scalar, sorted) {
  /** @type {string[]} */
  const written = [];
  /** @type {({ literal: string } | { value: any })[]} what is still to be written, the next thing last */
  const work = [{ value }];
  for (let item = work.pop(); item !== undefined; item = work.pop()) {
    if ('literal' in item) {
      written.push(item.literal);
    } else if (Array.isArray(item.value)) {
      work.push({ literal: ']' });
      for (let at = item.value.length - 1; at >= 0; at -= 1) {
        work.push({ value: item.value[at] });
        if (at > 0) work.push({ literal: ',' });
      }
      written.push('[');
    } else if (typeof item.value === 'object' && item.value !== null) {
      const names = sorted(Object.keys(item.value));
      work.push({ literal: '}' });
      for (let at = names.length - 1; at >= 0; at -= 1) {
        const name = /** @type {string} */ (names[at]);
        const text = scalar(name);
        if (text === null) return null;
        work.push({ value: item.value[name] }, { literal: `${at > 0 ? ',' : ''}${text}:` });
      }
      written.push('{');
    } else {
      const text = scalar(item.value);
      if (text === null) return null;
      written.push(text);
    }
  }
  return Buffer.from(written.join(''), 'utf8');
}

/**
 * The known hashes of an entry as they are written, the strongest name last. Hashes are lower-case hexadecimal: what is
 * spelled in another way is the hash of nothing.
 * @param {TargetEntry} entry
 * @returns {[string, string][]}
 */
export function knownHashes(entry) {
  const hashes = entry.hashes ?? {};
  return KNOWN_HASHES.filter((name) => Object.hasOwn(hashes, name)).map((name) => [name, String(hashes[name])]);
}

/**
 * @param {string} algorithm
 * @param {Uint8Array} bytes
 */
export const digest = (algorithm, bytes) => createHash(algorithm).update(bytes).digest('hex');

/**
 * MOTD-CARRY-3: one known hash at least, then the length, then every known hash.
 * @param {Uint8Array | null} bytes the document bytes, `null` when the value has none
 * @param {TargetEntry} entry
 * @returns {'carrier-no-hash' | 'carrier-length' | 'carrier-hash' | null}
 */
export function carrierFault(bytes, entry) {
  const hashes = knownHashes(entry);
  if (hashes.length === 0) return 'carrier-no-hash';
  // Section 2.6: a value that has no document bytes has the hash of nothing.
  if (bytes === null) return 'carrier-hash';
  if (bytes.length !== entry.length) return 'carrier-length';
  return hashes.every(([name, hash]) => digest(name, bytes) === hash) ? null : 'carrier-hash';
}
