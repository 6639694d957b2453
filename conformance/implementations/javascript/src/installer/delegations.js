/**
 * Which delegations of a role lead to a path, and in what order (TUF 4.5, step 10 of the run).
 */
import { digest } from '../document/canonical.js';
import { member } from '../document/json.js';

/** @typedef {import('../document/json.js').Json} Json */
/** @typedef {{ keyids: string[], threshold: number }} Signers */
/** @typedef {{ name: string, keys: Record<string, Json>, signers: Signers }} Delegation */

const STAR = 0x2a;
const QUESTION = 0x3f;
const SLASH = 0x2f;

/**
 * TUF's PATHPATTERN: `*` is any number of characters and `?` is one, inside of one segment; all else is itself.
 * One pass with one place to go back to, so that no pattern makes it slow.
 * @param {string} pattern
 * @param {string} path
 */
export function matchesPattern(pattern, path) {
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let place = 0; place < path.length || at < pattern.length; ) {
    const wanted = pattern.charCodeAt(at);
    const found = path.charCodeAt(place);
    if (wanted === STAR) {
      star = at;
      resume = place;
      at += 1;
    } else if (place < path.length && (wanted === found || (wanted === QUESTION && found !== SLASH))) {
      at += 1;
      place += 1;
    } else if (star >= 0 && resume < path.length && path.charCodeAt(resume) !== SLASH) {
      // The last star takes one character more, and never a slash.
      resume += 1;
      place = resume;
      at = star + 1;
    } else {
      return false;
    }
  }
  return true;
}

/** @param {Json} delegated one of the form that was checked @param {string} path */
function leadsTo(delegated, path) {
  const paths = member(delegated, 'paths');
  if (paths !== undefined) return paths.some((/** @type {string} */ pattern) => matchesPattern(pattern, path));
  const prefixes = member(delegated, 'path_hash_prefixes') ?? [];
  const hash = digest('sha256', Buffer.from(path));
  return prefixes.some((/** @type {string} */ prefix) => hash.startsWith(prefix));
}

/**
 * The delegations that lead to a path, in the order in which they are signed, up to the first that is terminating.
 * @param {Record<string, Json>} signed of a targets role
 * @param {string} path
 * @returns {{ matching: Delegation[], terminating: boolean }}
 */
export function delegationsTo(signed, path) {
  const delegations = member(signed, 'delegations') ?? {};
  const { keys } = delegations;
  /** @type {Delegation[]} */
  const matching = [];
  for (const delegated of member(delegations, 'roles') ?? []) {
    if (!leadsTo(delegated, path)) continue;
    matching.push({ name: delegated.name, keys, signers: delegated });
    if (delegated.terminating) return { matching, terminating: true };
  }
  return { matching, terminating: false };
}
