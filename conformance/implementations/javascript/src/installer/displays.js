/**
 * What the seen-state of a folder learns after something was written, and when the user acknowledges it (spec 6.9).
 */
import { acknowledge, emptySeen, recordDisplayed, seenAt } from '../display/seen.js';
import { StateError } from '../errors.js';
import { decodeSeen } from './records.js';
import { StateFolder } from './state.js';

/** @typedef {import('../display/seen.js').Seen} Seen */

/**
 * MOTD-REP-8: after it was written to a terminal.
 * @param {string | null} state the folder; a stateless run remembers nothing
 * @param {import('../display/select.js').Selected[]} shown
 * @param {number} time
 * @param {boolean} listed in the list that the user asked for
 */
export function remember(state, shown, time, listed) {
  if (state === null || shown.length === 0) return;
  const displayed = shown.map(({ id, revision, reason, text, ends, resolves }) => ({ id: String(id), revision: Number(revision), reason, severity: String(text?.severity), ends: String(ends), resolves }));
  update(state, (seen) => recordDisplayed(seen, displayed, time, listed));
}

/**
 * The user acknowledges notices, at the highest revision that applied on this machine.
 * @param {string} state
 * @param {readonly string[]} ids
 * @param {number} time
 */
export function acknowledgeStored(state, ids, time) {
  if (!update(state, (seen) => acknowledge(seenAt(seen, time, []), ids))) throw new StateError('unusable');
}

/** @param {string} state @param {(seen: Seen) => Seen} change @returns {boolean} whether it is stored */
function update(state, change) {
  const { folder } = StateFolder.open(state);
  if (folder === null) return false;
  try {
    return folder.write('seen', change(folder.read('seen', decodeSeen) ?? emptySeen()), { durable: true });
  } finally {
    folder.close();
  }
}
