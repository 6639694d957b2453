/**
 * When a request can be sent (spec 6.8). Times are seconds; randomness is given, from 0 up to but without 1.
 */

/**
 * @typedef {{
 *   begun: number | null, completed: number | null, interval: number, failures: number, waitUntil: number | null, retryUntil: number | null
 * }} Attempts
 *   the last attempt; the last completed check and the interval after it; failures in a row, and until when to wait; `Retry-After`.
 *   No time stands for none, because a clock can be before 1970
 */

const MINUTES_15 = 900;
const HOUR = 3_600;
const HOURS_24 = 86_400;

/** @returns {Attempts} */
export const noAttempts = () => ({ begun: null, completed: null, interval: 0, failures: 0, waitUntil: null, retryUntil: null });

/** @param {any} value @returns {Attempts} */
export function decodeAttempts(value) {
  const { begun, completed, interval, failures, waitUntil, retryUntil } = value;
  for (const number of [begun ?? 0, completed ?? 0, interval, failures, waitUntil ?? 0, retryUntil ?? 0]) if (!Number.isFinite(number)) throw new TypeError('attempts');
  return { begun, completed, interval, failures, waitUntil, retryUntil };
}

/**
 * MOTD-NET-3: nothing before that, an explicit check included. A time beyond an hour is that of a clock which was wrong.
 * @param {Attempts} attempts
 * @param {number} time
 */
export const isHeldBack = (attempts, time) => liesAhead(attempts.retryUntil, time, HOUR);

/** Within the longest time that there is. @param {number | null} until @param {number} time @param {number} longest */
const liesAhead = (until, time, longest) => until !== null && time < until && until - time <= longest;

/**
 * MOTD-NET-4, MOTD-NET-5: whether a background check can start.
 * @param {Attempts} attempts
 * @param {number} time
 */
export function isDue(attempts, time) {
  if (isHeldBack(attempts, time) || liesAhead(attempts.waitUntil, time, HOURS_24)) return false;
  // A completed check in the future is ignored: its time would silence the repository until then.
  return attempts.completed === null || time < attempts.completed || time - attempts.completed >= attempts.interval;
}

/**
 * Before the first request: an attempt that never finishes counts as a failure, so it is written down as one.
 * @param {Attempts} attempts
 * @param {number} time
 * @param {number} interval in seconds, the longest wait
 * @param {() => number} random
 * @returns {Attempts}
 */
export function begin(attempts, time, interval, random) {
  const failures = attempts.failures + 1;
  const wait = Math.min(MINUTES_15 * 2 ** Math.min(failures - 1, 10), interval);
  return { ...attempts, begun: time, failures, waitUntil: time + Math.min(wait * (1 + random() / 4), interval) };
}

/**
 * A completed check ends the series of failures.
 * @param {Attempts} attempts
 * @param {number} time
 * @param {number} interval in seconds, before it is changed by up to a quarter
 * @param {() => number} random
 * @returns {Attempts}
 */
export const complete = (attempts, time, interval, random) => ({
  ...attempts,
  completed: time,
  interval: interval * (0.75 + random() / 2),
  failures: 0,
  waitUntil: null,
  retryUntil: null,
});

/**
 * MOTD-NET-3: both forms of RFC 9110, 10.2.3; a malformed one is ignored, and of a good one an hour counts.
 * @param {Attempts} attempts
 * @param {number} time
 * @param {string[]} headers
 * @returns {Attempts}
 */
export function holdBack(attempts, time, headers) {
  const kept = isHeldBack(attempts, time) ? [Number(attempts.retryUntil)] : [];
  const until = [...kept, ...headers.flatMap((header) => retryTime(header, time))];
  return { ...attempts, retryUntil: until.length === 0 ? null : Math.max(...until) };
}

/** @param {string} header @param {number} time @returns {number[]} one time or none */
function retryTime(header, time) {
  if (/^[0-9]+$/.test(header)) return [time + Math.min(Number(header), HOUR)];
  const isDate = /^[A-Z][a-z]+,? .*[0-9]{2}:[0-9]{2}:[0-9]{2}/.test(header);
  const date = isDate ? Date.parse(/GMT$/.test(header) ? header : `${header} GMT`) / 1000 : Number.NaN;
  return Number.isFinite(date) ? [Math.min(date, time + HOUR)] : [];
}
