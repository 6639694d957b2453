/**
 * The automatic run beside a command: started in the background, collected when the command is over, written to
 * standard error (spec 6.2 steps 12 to 17, 6.10, 6.11). It throws nothing and delays nothing.
 */
import { CI_VARIABLES } from '../generated/registries.js';
import { parseTime } from '../document/grammar.js';
import { isEastAsian, languagesOf } from '../display/language.js';
import { render, renderAsciiLine, renderLeft } from '../display/render.js';
import { emptySeen, recordDisplayed } from '../display/seen.js';
import { limit } from '../display/select.js';
import { check } from './check.js';
import { decodeSeen } from './records.js';
import { StateFolder } from './state.js';

/** @typedef {import('./check.js').Source & { state: string | null }} AutomaticSource each source has a folder of its own */
/** @typedef {{ isTTY?: boolean, columns?: number, write: (text: string) => unknown, once?: Function }} Terminal `process.stderr`, say */
/**
 * @typedef {Omit<import('./check.js').CheckOptions, 'state' | 'mode' | 'asked'> & {
 *   stderr: Terminal, words: string, quiet?: boolean, critical_lines?: boolean, plain?: boolean
 * }} AutomaticOptions
 *   `words`: the installer's own fixed words on how to read what is left out; `quiet`: a quiet or machine-readable
 *   mode; `critical_lines`: one ASCII line for each critical notice where nothing else is shown
 */

/** Of the 200 ms of MOTD-FAIL-4, what is left for verifying the store and writing. */
const WAIT_MS = 120;

/**
 * @param {AutomaticSource[]} sources
 * @param {AutomaticOptions} options
 * @returns {{ collect: (usedNetwork: boolean) => Promise<import('./check.js').Answer[]> }}
 */
export function startAutomatic(sources, options) {
  const { environment = {}, stderr } = options;
  // MOTD-SHOW-9
  const ci = [...CI_VARIABLES].some((name) => !['', '0', 'false', undefined].includes(environment[name]));
  const silent = stderr.isTTY !== true || ci || options.quiet === true;
  const lines = options.critical_lines === true || environment['MOTD'] === 'critical';
  // MOTD-OFF-1; and where nothing could be shown, nothing is asked for.
  if (environment['MOTD'] === 'off' || (silent && !lines)) return { collect: async () => [] };

  // MOTD-FAIL-1: a pipe that breaks says so later, by an event that would end the process if nobody listened.
  stderr.once?.('error', () => {});
  const abort = new AbortController();
  const languages = options.languages ?? languagesOf(environment);
  const running = sources.map((source) =>
    check(source, { ...options, state: source.state, mode: 'automatic', languages, signal: abort.signal }).catch(() => null),
  );
  return {
    collect: async (usedNetwork) => {
      // MOTD-FAIL-4: a check that is not done by then is ended, and counts as unavailable, `timeout`.
      await waitAtMost(usedNetwork ? WAIT_MS : 0, Promise.all(running));
      abort.abort();
      const answers = await Promise.all(running);
      const found = sources.flatMap((source, at) => (answers[at] ? [{ source, answer: /** @type {import('./check.js').Answer} */ (answers[at]) }] : []));
      try {
        if (silent) writeCriticalLines(found, stderr);
        else display(found, { ...options, languages });
      } catch {
        // MOTD-FAIL-1: a broken pipe or an odd encoding is no failure of the command.
      }
      return found.map(({ answer }) => answer);
    },
  };
}

/** @param {number} milliseconds @param {Promise<unknown>} done */
async function waitAtMost(milliseconds, done) {
  if (milliseconds === 0) return;
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  await Promise.race([done, new Promise((resolve) => (timer = setTimeout(resolve, milliseconds)))]);
  clearTimeout(timer);
}

/** @typedef {{ source: AutomaticSource, answer: import('./check.js').Answer }} Found */

/** It does not count as seen. @param {Found[]} found @param {Terminal} stderr */
function writeCriticalLines(found, stderr) {
  const lines = found.flatMap(({ source, answer }) =>
    answer.notices.flatMap(({ decision, text }) => (decision === 'show' && text?.severity === 'critical' ? [renderAsciiLine(text, source.name)] : [])),
  );
  if (lines.length > 0) stderr.write(`${lines.join('\n')}\n`);
}

/** @param {Found[]} found @param {AutomaticOptions & { languages: readonly string[] }} options */
function display(found, { stderr, words, plain = false, languages }) {
  const limited = limit(found.map(({ source, answer }) => ({ source: source.name, notices: answer.notices })));
  // Each check has left out what is beyond the third of its own source already.
  const left = limited.left + found.reduce((sum, { answer }) => sum + answer.notices.filter(({ reason }) => reason === 'run-limit').length, 0);
  const frame = (/** @type {string} */ source) => ({ source, columns: stderr.columns ?? null, plain, eastAsian: isEastAsian(languages) });
  const written = limited.shown.flatMap(({ source, notice }) => {
    const lines = notice.text === null ? null : render(notice.text, frame(source));
    return lines === null ? [] : [{ source, notice, lines }];
  });
  const last = written.at(-1);
  if (last === undefined) return;
  const lines = written.flatMap((one) => one.lines);
  if (left > 0) lines.push(...renderLeft(left, words, frame(last.source)));
  // MOTD-SHOW-7: this is the only place that writes, and it has no other stream.
  stderr.write(`${lines.join('\n')}\n`);
  for (const { source, answer } of found) {
    const shown = written.filter((one) => one.source === source.name).map(({ notice }) => notice);
    if (shown.length > 0 && source.state !== null) remember(source.state, shown, Number(parseTime(answer.reference_time)));
  }
}

/** MOTD-REP-8: after it was written. @param {string} path @param {import('../display/select.js').Selected[]} shown @param {number} time */
function remember(path, shown, time) {
  const { folder } = StateFolder.open(path);
  if (folder === null) return;
  try {
    const displayed = shown.map(({ id, revision, reason, text, ends }) => ({ id: String(id), revision: Number(revision), reason, severity: String(text?.severity), ends: String(ends) }));
    folder.write('seen', recordDisplayed(folder.read('seen', decodeSeen) ?? emptySeen(), displayed, time), { durable: true });
  } finally {
    folder.close();
  }
}
