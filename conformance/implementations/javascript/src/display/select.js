/**
 * Which notices a person sees in this run, and why: time, audience, language, repeating, limit
 * (spec 3.3, 4.1, 3.4, 6.9, 6.10; steps 14 to 16 of the run).
 */
import { audienceMatches } from '../document/audience.js';
import { parseTime } from '../document/grammar.js';
import { lookup } from './language.js';
import { canBeCleared, emptySeen, entryOf, isBudgetUsed, recordApplied, seenAt } from './seen.js';

/** @typedef {import('../document/notice.js').Notice} Notice */
/** @typedef {import('./seen.js').Seen} Seen */
/**
 * @typedef {{
 *   time: number, machine?: import('../document/audience.js').Machine, languages?: readonly string[],
 *   seen?: Seen, asked?: boolean
 * }} Context
 *   `time` is the reference time in seconds; `asked` the list of all that applies, when the user asks for it
 */
/** @typedef {{ severity: string, language: string, title: string, body: string[], links: { rel: string, url: string }[] }} ShownText */
/**
 * @typedef {{
 *   id: string | null, revision: number | null, decision: 'show' | 'skip', reason: string, code: string | null,
 *   begins: string | null, ends: string | null, resolves: readonly string[], text: ShownText | null
 * }} Selected
 */

/** Seconds until a notice is due again (MOTD-REP-1); `info` never is. */
const REPEATS_AFTER = new Map([
  ['warning', 604_800],
  ['critical', 86_400],
]);

const SEVERITY_ORDER = ['critical', 'warning', 'info'];

/** @param {Notice} notice */
const isAllClear = (notice) => notice.resolves.length > 0;

/** Section 6.9: an all-clear is `info`, whatever else it says (MOTD-REP-7). @param {Notice} notice */
export const effectiveSeverity = (notice) => (isAllClear(notice) ? 'info' : notice.severity);

/**
 * The verdict on every notice of a document, each without regard to the others but for several all-clears for one id.
 * @param {import('../document/judge.js').Judgement} judgement
 * @param {Context} context
 * @returns {{ notices: Selected[], seen: Seen }} `seen` is the state as it counts now, to be stored
 */
export function select(judgement, context) {
  const { time, machine = {}, languages = [], asked = false } = context;
  const accepted = judgement.notices.flatMap(({ notice }) => (notice === null ? [] : [notice]));
  const seen = seenAt(context.seen ?? emptySeen(), time, accepted);
  const notices = judgement.notices.map(({ id, code, notice }) => {
    if (notice === null) return skipped(id, null, 'refused', code, null);
    const reason = reasonNotToApply(notice, time, machine);
    if (reason !== null) return skipped(id, notice.revision, reason, null, notice);
    const language = lookup(languages, Object.keys(notice.text), String(judgement.default_language));
    const entry = /** @type {import('../document/text.js').Text} */ (notice.text[language]);
    const verdict = repeatVerdict(notice, seen, time, asked);
    return {
      id,
      revision: notice.revision,
      ...verdict,
      code: null,
      begins: notice.begins,
      ends: notice.ends,
      resolves: notice.resolves,
      text: { severity: effectiveSeverity(notice), language, title: entry.title, body: entry.body, links: notice.links },
    };
  });
  const repeated = repeatedAllClears(notices, seen);
  return {
    notices: notices.map((one) => (repeated.has(one) ? { ...one, decision: 'skip', reason: 'resolved' } : one)),
    seen: recordApplied(seen, notices),
  };
}

/**
 * MOTD-REP-7: all-clears for ids that had theirs, in an earlier run or by one that the display of this run shows first.
 * @param {Selected[]} notices
 * @param {Seen} seen
 */
function repeatedAllClears(notices, seen) {
  const said = new Set();
  const due = notices.filter(({ reason }) => reason === 'all-clear').map((notice) => ({ source: '', notice })).sort(compareDue);
  return new Set(due.map(({ notice }) => notice).filter(({ resolves }) => {
    const open = resolves.filter((id) => canBeCleared(seen, id) && !said.has(id));
    open.forEach((id) => said.add(id));
    return open.length === 0;
  }));
}

/**
 * @param {string | null} id
 * @param {number | null} revision
 * @param {string} reason
 * @param {string | null} code
 * @param {Notice | null} notice
 * @returns {Selected}
 */
const skipped = (id, revision, reason, code, notice) => ({
  id,
  revision,
  decision: 'skip',
  reason,
  code,
  begins: notice?.begins ?? null,
  ends: notice?.ends ?? null,
  resolves: notice?.resolves ?? [],
  text: null,
});

/**
 * @param {Notice} notice
 * @param {number} time
 * @param {import('../document/audience.js').Machine} machine
 * @returns {string | null}
 */
function reasonNotToApply(notice, time, machine) {
  // MOTD-TIME-4: at `begins` it is shown, at `ends` it is not.
  if (time < Number(parseTime(notice.begins))) return 'not-begun';
  if (time >= Number(parseTime(notice.ends))) return 'ended';
  // MOTD-AUD-4
  return audienceMatches(notice.audience, machine) ? null : 'audience';
}

/**
 * The table of section 6.9 from `resolves` on; the first line that applies gives the verdict.
 * @param {Notice} notice
 * @param {Seen} seen
 * @param {number} time
 * @param {boolean} asked
 * @returns {{ decision: 'show' | 'skip', reason: string }}
 */
function repeatVerdict(notice, seen, time, asked) {
  const entry = entryOf(seen, notice.id);
  const displayedRevision = entry?.revision ?? 0;
  const severity = effectiveSeverity(notice);
  const resolves = isAllClear(notice);
  const skip = (/** @type {string} */ reason) => ({ decision: /** @type {const} */ ('skip'), reason });
  const show = (/** @type {string} */ reason) => ({ decision: /** @type {const} */ ('show'), reason });

  // MOTD-REP-7: only for those who saw what it ends.
  if (resolves && !notice.resolves.some((id) => (entryOf(seen, id)?.revision ?? 0) > 0)) return skip('resolves-unseen');
  if (asked) return show('asked');
  if ((entry?.acknowledged ?? 0) >= notice.revision) return skip('acknowledged');
  if (displayedRevision >= notice.revision) {
    const after = REPEATS_AFTER.get(severity);
    // MOTD-REP-1, MOTD-REP-2
    if (after === undefined || notice.repeat === 'once' || resolves) return skip('seen');
    if (time - Number(entry?.displayed ?? 0) < after) return skip('not-yet-due');
  }
  if (!resolves && isBudgetUsed(seen, severity, time)) return skip('budget'); // MOTD-REP-4, MOTD-REP-5
  if (resolves) return show('all-clear');
  if (displayedRevision === 0) return show('new');
  return show(displayedRevision < notice.revision ? 'new-revision' : 'due-again'); // MOTD-REP-3
}

/** MOTD-SHOW-5 */
const RUN_LIMIT = 3;

/** @typedef {{ source: string, notices: Selected[] }} SourceSelection */

/**
 * Orders what is due over all sources and keeps the first three (step 16). The others become `run-limit`.
 * @param {SourceSelection[]} selections
 * @param {boolean} [listed] the list that the user asked for, which has no limit
 * @returns {{ selections: SourceSelection[], shown: { source: string, notice: Selected }[], left: { source: string, notice: Selected }[] }}
 */
export function limit(selections, listed = false) {
  const due = inTurns(selections.flatMap(({ source, notices }) => notices.filter(({ decision }) => decision === 'show').map((notice) => ({ source, notice }))));
  const kept = listed ? due.length : RUN_LIMIT;
  const shown = due.slice(0, kept);
  const left = new Set(due.slice(kept).map(({ notice }) => notice));
  return {
    selections: selections.map(({ source, notices }) => ({
      source,
      notices: notices.map((notice) => (left.has(notice) ? { ...notice, decision: 'skip', reason: 'run-limit' } : notice)),
    })),
    shown,
    left: due.slice(kept),
  };
}

/**
 * Section 6.10 "Order": the sources take turns within a severity.
 * @param {{ source: string, notice: Selected }[]} due
 */
function inTurns(due) {
  /** @type {Map<string, number>} */
  const before = new Map();
  const turns = [...due].sort(compareDue).map((item) => {
    const key = `${item.notice.text?.severity} ${item.source}`;
    const turn = before.get(key) ?? 0;
    before.set(key, turn + 1);
    return { item, turn };
  });
  // The sort is stable.
  return turns.sort((one, other) => rank(one.item.notice) - rank(other.item.notice) || one.turn - other.turn).map(({ item }) => item);
}

/** @param {Selected} notice */
const rank = (notice) => SEVERITY_ORDER.indexOf(String(notice.text?.severity));

/**
 * The same without turns. Times of one form, source names and ids are ASCII, so `<` compares bytes.
 * @param {{ source: string, notice: Selected }} one
 * @param {{ source: string, notice: Selected }} other
 */
function compareDue(one, other) {
  const compare = (/** @type {unknown} */ first, /** @type {unknown} */ second) => (String(first) < String(second) ? -1 : String(first) > String(second) ? 1 : 0);
  return (
    rank(one.notice) - rank(other.notice) ||
    compare(other.notice.begins, one.notice.begins) ||
    compare(one.source, other.source) ||
    compare(one.notice.id, other.notice.id)
  );
}
