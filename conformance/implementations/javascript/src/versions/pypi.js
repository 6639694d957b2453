/**
 * The scheme `pypi`: PEP 440 as its Appendix B reads it, ordered as section 4.6 states (MOTD-VERS-7).
 */
import { sign } from './semantic.js';

/**
 * @typedef {{
 *   epoch: bigint, release: bigint[], pre: [string, bigint] | null, post: bigint | null,
 *   dev: bigint | null
 * }} Pypi
 */

// Appendix B of PEP 440 without its white space. The flag `i` without `u` or `v` folds ASCII letters only.
const VERSION = new RegExp(
  '^v?(?:([0-9]+)!)?([0-9]+(?:\\.[0-9]+)*)' +
    '([-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?([0-9]+)?)?' +
    '(-([0-9]+)|[-_.]?(?:post|rev|r)[-_.]?([0-9]+)?)?' +
    '([-_.]?dev[-_.]?([0-9]+)?)?' +
    '(?:\\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$',
  'i',
);

const AROUND = /^[\u0009-\u000d\u0020]+|[\u0009-\u000d\u0020]+$/g;

/** @type {Readonly<Record<string, string>>} */
const LETTERS = Object.freeze({ a: 'a', alpha: 'a', b: 'b', beta: 'b', c: 'rc', rc: 'rc', pre: 'rc', preview: 'rc' });

/** A missing number is 0. @param {string | undefined} digits */
const number = (digits) => BigInt(digits ?? '0');

/**
 * White space around a version is what a machine can report and a range cannot hold, so it is ignored here for both.
 * @param {string} text
 * @returns {Pypi | null}
 */
function parse(text) {
  const match = VERSION.exec(text.replace(AROUND, ''));
  if (match === null) return null;
  const [, epoch, release = '', pre, letter = '', preNumber, post, dash, postNumber, dev, devNumber] = match;
  const numbers = release.split('.').map(BigInt);
  while (numbers.at(-1) === 0n) numbers.pop();
  return {
    epoch: number(epoch),
    release: numbers,
    pre: pre === undefined ? null : [String(LETTERS[letter.toLowerCase()]), number(preNumber)],
    post: post === undefined ? null : number(dash ?? postNumber),
    dev: dev === undefined ? null : number(devNumber),
  };
}

/**
 * @param {Pypi} first
 * @param {Pypi} second
 */
function compare(first, second) {
  return (
    sign(first.epoch, second.epoch) ||
    compareLists(first.release, second.release) ||
    comparePre(first, second) ||
    // Absent is before present: no number is below 0.
    sign(first.post ?? -1n, second.post ?? -1n) ||
    compareDev(first.dev, second.dev)
  );
}

/** A list that is the beginning of the other is smaller. @param {bigint[]} first @param {bigint[]} second */
function compareLists(first, second) {
  for (let at = 0; at < Math.min(first.length, second.length); at += 1) {
    const order = sign(/** @type {bigint} */ (first[at]), /** @type {bigint} */ (second[at]));
    if (order !== 0) return order;
  }
  return sign(first.length, second.length);
}

/** 0: only dev; 1: pre; 2: no pre. @param {Pypi} version */
const preClass = (version) => (version.pre !== null ? 1 : version.post === null && version.dev !== null ? 0 : 2);

/** @param {Pypi} first @param {Pypi} second */
function comparePre(first, second) {
  const order = sign(preClass(first), preClass(second));
  if (order !== 0 || first.pre === null || second.pre === null) return order;
  // `a` < `b` < `rc` is also the order of ASCII.
  return sign(first.pre[0], second.pre[0]) || sign(first.pre[1], second.pre[1]);
}

/** Present is before absent. @param {bigint | null} first @param {bigint | null} second */
function compareDev(first, second) {
  if (first === null || second === null) return sign(first === null ? 1 : 0, second === null ? 1 : 0);
  return sign(first, second);
}

export const pypi = Object.freeze({ parse, compare });
