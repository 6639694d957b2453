/**
 * The seen-state of one source: what was displayed, acknowledged and charged (spec 6.9). Plain values; no clock, no disk.
 */
import { parseTime } from '../document/grammar.js';

/**
 * @typedef {{ revision: number, displayed: number | null, acknowledged: number, applied: number, ends: number, cleared: boolean }} SeenEntry
 *   the highest revision displayed (0: none), seconds of its last display, the highest revision acknowledged, the
 *   highest one that applied here, displayed or not, `ends`, and whether the id has had its all-clear or was one
 */
/**
 * @typedef {{ notices: Record<string, SeenEntry>, charged: { critical: number[], other: number[] } }} Seen
 *   `charged`: the times of charged runs, for each of the two classes
 */
/** @typedef {{ id: string, revision: number, reason: string, severity: string, ends: string, resolves?: readonly string[] }} Displayed */

/** MOTD-REP-9 */
const ENTRIES_LIMIT = 256;

/** Runs and seconds: MOTD-REP-4 and MOTD-REP-5. */
export const BUDGETS = Object.freeze({
  critical: Object.freeze({ runs: 3, seconds: 86_400 }),
  other: Object.freeze({ runs: 2, seconds: 604_800 }),
});

/** @returns {Seen} */
export const emptySeen = () => ({ notices: {}, charged: { critical: [], other: [] } });

/** @param {string} severity the effective one @returns {'critical' | 'other'} */
export const classOf = (severity) => (severity === 'critical' ? 'critical' : 'other');

/** Ids are names of members: `constructor` is one. @param {Seen} seen @param {string} id */
export const entryOf = (seen, id) => (Object.hasOwn(seen.notices, id) ? seen.notices[id] : undefined);

/**
 * The state as it counts at the reference time. Entries learn the `ends` that the document has now, so that a notice
 * whose end was put off does not go early, and times in the future become now. What has ended stays: a clock that is ahead
 * once would forget it (MOTD-REP-9).
 * @param {Seen} seen
 * @param {number} time the reference time, in seconds
 * @param {{ id: string, ends: string }[]} notices the accepted notices of the document
 * @returns {Seen}
 */
export function seenAt(seen, time, notices) {
  const ends = new Map(notices.map((notice) => [notice.id, Number(parseTime(notice.ends))]));
  // MOTD-REP-6: dropped, such a time would show a notice twice; kept, silence it for years.
  const correct = (/** @type {number} */ stored) => Math.min(stored, time);
  const entries = Object.entries(seen.notices)
    .map(([id, entry]) => /** @type {[string, SeenEntry]} */ ([
      id,
      { ...entry, displayed: entry.displayed === null ? null : correct(entry.displayed), ends: ends.get(id) ?? entry.ends },
    ]));
  const within = (/** @type {'critical' | 'other'} */ name) => seen.charged[name].map(correct);
  return { notices: Object.fromEntries(entries), charged: { critical: within('critical'), other: within('other') } };
}

/** MOTD-REP-7: it was displayed, and has had no all-clear. @param {Seen} seen @param {string} id */
export const canBeCleared = (seen, id) => (entryOf(seen, id)?.revision ?? 0) > 0 && entryOf(seen, id)?.cleared !== true;

/** MOTD-REP-4, MOTD-REP-5. @param {Seen} seen as `seenAt` gives it @param {string} severity @param {number} time */
export const isBudgetUsed = (seen, severity, time) => {
  const { runs, seconds } = BUDGETS[classOf(severity)];
  return seen.charged[classOf(severity)].filter((charged) => time - charged < seconds).length >= runs;
};

/**
 * MOTD-REP-8: what was written to a terminal, once for each run of one source.
 * @param {Seen} seen
 * @param {Displayed[]} displayed
 * @param {number} time
 * @param {boolean} [listed] the list that the user asked for: seen, and not charged
 * @returns {Seen}
 */
export function recordDisplayed(seen, displayed, time, listed = false) {
  const notices = { ...seen.notices };
  const charged = { critical: [...seen.charged.critical], other: [...seen.charged.other] };
  for (const { id, revision, ends, resolves = [] } of displayed) {
    const before = entryOf(seen, id);
    notices[id] = {
      revision: Math.max(revision, before?.revision ?? 0),
      displayed: time,
      acknowledged: before?.acknowledged ?? 0,
      applied: Math.max(revision, before?.applied ?? 0),
      ends: Number(parseTime(ends)),
      // MOTD-REP-7: an all-clear has none of its own.
      cleared: notices[id]?.cleared === true || resolves.length > 0,
    };
  }
  for (const id of displayed.flatMap(({ resolves = [] }) => resolves)) {
    if (Object.hasOwn(notices, id)) notices[id] = { .../** @type {SeenEntry} */ (notices[id]), cleared: true };
  }
  for (const name of /** @type {const} */ (['critical', 'other'])) {
    // A run is charged once for a class, however many notices it displays; all-clears stand outside (MOTD-REP-7).
    const charges = displayed.some((notice) => notice.reason !== 'all-clear' && classOf(notice.severity) === name);
    if (charges && !listed) charged[name] = [...charged[name], time].sort((one, other) => one - other).slice(-BUDGETS[name].runs);
  }
  return { notices: keepLatest(notices), charged };
}

/**
 * What applies here, so that the user can acknowledge it, displayed or not (spec 6.9).
 * @param {Seen} seen
 * @param {{ id: string | null, revision: number | null, text: object | null, ends: string | null }[]} decided `text` is there for each that applies
 * @returns {Seen}
 */
export function recordApplied(seen, decided) {
  const notices = { ...seen.notices };
  for (const { id, revision, text, ends } of decided) {
    if (id === null || text === null) continue;
    const before = entryOf(seen, id);
    notices[id] = {
      revision: before?.revision ?? 0,
      displayed: before?.displayed ?? null,
      acknowledged: before?.acknowledged ?? 0,
      applied: Math.max(Number(revision), before?.applied ?? 0),
      ends: Number(parseTime(ends)),
      cleared: before?.cleared ?? false,
    };
  }
  return { ...seen, notices: keepLatest(notices) };
}

/**
 * A user's statement that notices were read, at the highest revision that applied here. Ids that never applied say nothing.
 * @param {Seen} seen
 * @param {readonly string[]} ids
 * @returns {Seen}
 */
export function acknowledge(seen, ids) {
  const notices = { ...seen.notices };
  for (const id of ids) {
    const entry = entryOf(seen, id);
    if (entry !== undefined) notices[id] = { ...entry, acknowledged: Math.max(entry.acknowledged, entry.applied, entry.revision) };
  }
  return { ...seen, notices };
}

/** MOTD-REP-9: those with the earliest `ends` go first. @param {Record<string, SeenEntry>} notices */
function keepLatest(notices) {
  const entries = Object.entries(notices).sort(([, one], [, other]) => other.ends - one.ends);
  return Object.fromEntries(entries.slice(0, ENTRIES_LIMIT));
}
