/**
 * The scheme `intdot`: numbers with dots, of any size (spec 4.6, MOTD-VERS-9).
 */
import { sign } from './semantic.js';

const VERSION = /^[0-9]+(?:\.[0-9]+)*$/;

/**
 * @param {string} text
 * @returns {bigint[] | null}
 */
const parse = (text) => (VERSION.test(text) ? text.split('.').map(BigInt) : null);

/**
 * The shorter list is padded with 0.
 * @param {bigint[]} first
 * @param {bigint[]} second
 */
function compare(first, second) {
  for (let at = 0; at < Math.max(first.length, second.length); at += 1) {
    const order = sign(first[at] ?? 0n, second[at] ?? 0n);
    if (order !== 0) return order;
  }
  return 0;
}

export const intdot = Object.freeze({ parse, compare });
