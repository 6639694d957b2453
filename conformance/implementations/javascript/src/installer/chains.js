/**
 * One folder for each chain of roots that a configured root began (MOTD-STATE-8): nothing of it counts in a run of another.
 */
import { parseMetadata, valueOfRoot } from './metadata.js';
import { decodeFloors, decodeRoot } from './records.js';
import { decodeAttempts } from './schedule.js';

/** @typedef {import('./metadata.js').Role} Role */
/** @typedef {import('./state.js').StateFolder} StateFolder */

/** Section 6.5. */
const CHAINS_LIMIT = 4;

/** A number in the name of a file is nobody's choice of words (MOTD-STATE-5). @param {number | ''} version */
export const rootFile = (version) => `root.${version}`;

/**
 * The folder of the chain that a run belongs to.
 * @param {StateFolder} folder of the source
 * @param {Role} configured
 * @param {number} time
 * @returns {StateFolder}
 */
export function chainFolder(folder, configured, time) {
  const begun = valueOfRoot(configured);
  const names = folder.chains();
  if (names.includes(begun)) return folder.within(begun);
  const chains = names
    .map((name) => ({ name, chain: folder.within(name) }))
    .map((one) => ({ ...one, last: lastAttempt(one.chain, time) }))
    .sort((one, other) => other.last - one.last);
  const known = chains.find(({ chain }) => contains(chain, configured.version, begun));
  if (known !== undefined) return known.chain;
  for (const { name } of chains.slice(CHAINS_LIMIT - 1)) folder.removeChain(name);
  return folder.within(begun);
}

/** A time in the future is that of a clock which was wrong. @param {StateFolder} chain @param {number} time */
function lastAttempt(chain, time) {
  const begun = chain.read('attempts', decodeAttempts)?.begun ?? null;
  return begun === null || begun > time ? Number.MIN_SAFE_INTEGER : begun;
}

/** MOTD-FLOOR-3: whichever of the two files is there. @param {StateFolder} chain @param {number} version @param {string} value */
function contains(chain, version, value) {
  if (chain.read('floors', decodeFloors)?.chain.includes(value)) return true;
  const stored = chain.read(rootFile(version), decodeRoot);
  try {
    return stored !== null && valueOfRoot(parseMetadata(stored, 'root', 'root')) === value;
  } catch {
    return false;
  }
}
