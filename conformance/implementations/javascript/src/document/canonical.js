/**
 * Document bytes: RFC 8785 (spec 2.2), and the equality of the custom carrier with its target entry (spec 5.4).
 */
import { createHash } from 'node:crypto';
import { hasUnpairedSurrogate } from './json.js';

/** @typedef {{ length?: number, hashes?: Record<string, string> }} TargetEntry `length` and `hashes` of a target entry */

/** The hashes that this specification knows (MOTD-CARRY-3, MOTD-CARRY-8). */
export const KNOWN_HASHES = Object.freeze(['sha256', 'sha512']);

/**
 * The RFC 8785 serialisation, or `null` for a value that has none: a number that is not finite,
 * an unpaired surrogate. `JSON.stringify` of one string or number is what RFC 8785 asks for, -0 included.
 * @param {import('./json.js').Json} value
 * @returns {Buffer | null}
 */
export function documentBytes(value) {
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
      // The default order of `sort` is that of UTF-16 code units, which is the order of RFC 8785.
      const names = Object.keys(item.value).sort();
      work.push({ literal: '}' });
      for (let at = names.length - 1; at >= 0; at -= 1) {
        const name = /** @type {string} */ (names[at]);
        if (hasUnpairedSurrogate(name)) return null;
        work.push({ value: item.value[name] }, { literal: `${at > 0 ? ',' : ''}${JSON.stringify(name)}:` });
      }
      written.push('{');
    } else {
      if (typeof item.value === 'number' && !Number.isFinite(item.value)) return null;
      if (typeof item.value === 'string' && hasUnpairedSurrogate(item.value)) return null;
      const text = JSON.stringify(item.value);
      if (text === undefined) return null;
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
