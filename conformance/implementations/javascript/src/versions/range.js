/**
 * Version ranges in the notation of VERS, and membership (spec 4.5, 4.7, 4.8).
 */
import { intdot } from './intdot.js';
import { pypi } from './pypi.js';
import { semantic } from './semantic.js';

/** @typedef {'' | '!=' | '<' | '<=' | '>' | '>='} Comparator `''` is equality */
/** @typedef {{ parse: (text: string) => any, compare: (first: any, second: any) => number }} Scheme */
/** @typedef {{ comparator: Comparator, version: any }} Constraint */
/**
 * @typedef {{ scheme: Scheme | null, any: boolean, constraints: Constraint[] }} Range
 *   `scheme` is `null` when this processor does not implement it: the range is sound and its clause is false
 */

/**
 * The schemes of level core. `deb` and `rpm` belong to a feature that this processor does not have,
 * so they are treated as not defined (README of the specification, "Conformance").
 * @type {Readonly<Record<string, Scheme>>}
 */
export const SCHEMES = Object.freeze({ pypi, semver: semantic, cargo: semantic, npm: semantic, intdot });

const CONSTRAINTS_LIMIT = 16;
const VERSION_LIMIT = 128;
const RANGE = /^vers:([a-z][a-z0-9.-]*)\/(.+)$/;
const CONSTRAINT = /^(<=|>=|!=|<|>|)((?:[\x22-\x24\x26-\x29\x2b-\x3b\x3f-\x7b\x7d\x7e]|%21|%25|%2A|%3C|%3D|%3E|%7C)+)$/;

/** Section 4.7: just below the point, at it, just above it. @type {Readonly<Record<Comparator, readonly [boolean, boolean, boolean]>>} */
const COLOURS = Object.freeze({
  '': [false, true, false],
  '!=': [true, false, true],
  '<': [true, false, false],
  '<=': [true, true, false],
  '>': [false, false, true],
  '>=': [false, true, true],
});

/**
 * Reads a range and checks it in the order of section 4.5.
 * @param {unknown} text
 * @param {readonly string[] | null} allowed the schemes of the purl's type; `null`: every one
 * @returns {{ fault: string } | { fault: null, range: Range }}
 */
export function parseRange(text, allowed) {
  // MOTD-VERS-1
  const match = typeof text === 'string' ? RANGE.exec(text) : null;
  if (match === null) return { fault: 'versions-malformed' };
  const [, name = '', list = ''] = match;
  const parts = list === '*' ? [] : list.split('|').map((part) => CONSTRAINT.exec(part));
  if (parts.length > CONSTRAINTS_LIMIT) return { fault: 'versions-malformed' };
  /** @type {{ comparator: Comparator, text: string }[]} */
  const written = [];
  for (const part of parts) {
    if (part === null) return { fault: 'versions-malformed' };
    const version = String(part[2]).replace(/%(..)/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
    if (version.length > VERSION_LIMIT) return { fault: 'versions-malformed' };
    written.push({ comparator: /** @type {Comparator} */ (part[1]), text: version });
  }

  // A scheme that is not implemented ends the checks here, whatever the type allows: MOTD-VERS-2 speaks of
  // implemented ones only, and a processor without a feature refuses nothing because of it.
  const scheme = Object.hasOwn(SCHEMES, name) ? /** @type {Scheme} */ (SCHEMES[name]) : null;
  if (scheme === null) return { fault: null, range: { scheme, any: false, constraints: [] } };
  // MOTD-VERS-2
  if (allowed !== null && !allowed.includes(name)) return { fault: 'versions-scheme' };

  // MOTD-VERS-3
  const constraints = written.map(({ comparator, text: version }) => ({ comparator, version: scheme.parse(version) }));
  if (constraints.some(({ version }) => version === null)) return { fault: 'versions-unparsable' };
  const pairs = constraints.slice(1).map((next, at) => /** @type {[Constraint, Constraint]} */ ([constraints[at], next]));
  // MOTD-VERS-4, for the whole range before MOTD-VERS-5.
  if (pairs.some(([one, next]) => scheme.compare(one.version, next.version) >= 0)) return { fault: 'versions-order' };
  // MOTD-VERS-5: between two neighbours nothing changes, so above the first is as below the second.
  // The table of section 4.7 is this rule, pair by pair; a test compares them.
  if (pairs.some(([one, next]) => COLOURS[one.comparator][2] !== COLOURS[next.comparator][0])) return { fault: 'versions-redundant' };
  return { fault: null, range: { scheme, any: list === '*', constraints } };
}

/**
 * MOTD-VERS-6: the five steps of section 4.8.
 * @param {Range} range
 * @param {unknown} text a version as the machine reports it
 */
export function contains(range, text) {
  // MOTD-AUD-7: what is malformed on the machine matches nothing, what is too long included.
  if (range.scheme === null || typeof text !== 'string' || Buffer.byteLength(text, 'utf8') > VERSION_LIMIT) return false;
  const version = range.scheme.parse(text);
  if (version === null) return false;
  if (range.any) return true;
  let inside = false;
  for (const [at, constraint] of range.constraints.entries()) {
    const order = range.scheme.compare(version, constraint.version);
    const [below, here, above] = COLOURS[constraint.comparator];
    if (order === 0) return here;
    if (order < 0) return at === 0 ? below : inside;
    inside = above;
  }
  return inside;
}
