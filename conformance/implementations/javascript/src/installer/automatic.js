/**
 * The automatic run beside a command: started in the background, collected when the command is over, written to
 * standard error (spec 6.2 steps 12 to 17, 6.10, 6.11). It throws nothing and delays nothing.
 */
import { CI_VARIABLES } from '../generated/registries.js';
import { parseInstant } from '../document/grammar.js';
import { isAmbiguousWide, isUtf8, languagesOf } from '../display/language.js';
import { present } from '../display/present.js';
import { evaluate } from './check.js';
import { remember } from './displays.js';

/** @typedef {import('./check.js').Source & { state: string | null }} AutomaticSource each source has a folder of its own */
/** @typedef {{ isTTY?: boolean, columns?: number | null, write: (text: string) => unknown, once?: Function }} Terminal `process.stderr`, say */
/**
 * @typedef {Omit<import('./check.js').CheckOptions, 'state' | 'mode' | 'asked'> & {
 *   stderr: Terminal, words: string, quiet?: boolean, critical_lines?: boolean, plain?: boolean
 * }} AutomaticOptions
 *   `words`: the installer's own fixed words on how to read what is left out; `quiet`: a quiet or machine-readable
 *   mode; `critical_lines`: one ASCII line for each critical notice where nothing else is shown
 */

/** @typedef {{ source: AutomaticSource, answer: import('./check.js').Answer }} Found */

/** What ends a line, and modes that the command's output left switched on (MOTD-SHOW-11). @param {string | undefined} term */
const freshLine = (term) => (['', 'dumb', undefined].includes(term) ? '\r\n' : '\x1b\\\x1b%G\x1b[0m\x0f\x1b(B\x1b]8;;\x1b\\\x1b[?69l\r\n\x1b[J\x1b[999M');

/** Whether a CI variable is set. @param {Readonly<Record<string, string | undefined>>} environment */
export const isCi = (environment) => [...CI_VARIABLES].some((name) => !['', '0', 'false', undefined].includes(environment[name]));

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
  const ci = isCi(environment);
  const silent = stderr.isTTY !== true || ci || options.quiet === true;
  const lines = options.critical_lines === true || environment['MOTD'] === 'critical';
  // MOTD-OFF-1; and where nothing could be shown, nothing is asked for.
  if (environment['MOTD'] === 'off' || (silent && !lines)) return { collect: async () => [] };

  // MOTD-FAIL-1: a pipe that breaks says so later, by an event that would end the process if nobody listened.
  stderr.once?.('error', () => {});
  const abort = new AbortController();
  const languages = options.languages ?? languagesOf(environment);
  const running = sources.map((source) =>
    evaluate(source, { ...options, state: source.state, mode: 'automatic', languages, signal: abort.signal }).catch(() => null),
  );
  return {
    collect: async (usedNetwork) => {
      // MOTD-FAIL-4: a check that is not done by then is ended, and counts as unavailable, `timeout`.
      await waitAtMost(usedNetwork ? WAIT_MS : 0, Promise.all(running));
      abort.abort();
      const answers = await Promise.all(running);
      const found = sources.flatMap((source, at) => (answers[at] ? [{ source, answer: /** @type {import('./check.js').Answer} */ (answers[at]) }] : []));
      return display(found, { ...options, languages, silent });
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

/**
 * Steps 16 and 17 over all sources. The answers learn what the display left out, and why.
 * @param {Found[]} found
 * @param {AutomaticOptions & { languages: readonly string[], silent: boolean }} options
 * @returns {import('./check.js').Answer[]}
 */
function display(found, { environment = {}, stderr, words, plain = false, languages, silent }) {
  const presented = present(
    found.map(({ source, answer }) => ({ source: source.name, notices: answer.notices })),
    { form: silent ? (stderr.isTTY === true ? 'title' : 'ascii') : plain && !isCi(environment) ? 'plain' : 'terminal', columns: stderr.columns ?? null, ambiguousWide: isAmbiguousWide(languages), utf8: isUtf8(environment), words },
  );
  try {
    // MOTD-SHOW-7: this is the only place that writes, and it has no other stream.
    if (presented.lines.length > 0) stderr.write(`${stderr.isTTY !== true ? '' : freshLine(environment['TERM'])}${presented.lines.join('\n')}\n`);
    // The lines of MOTD-SHOW-9 do not count as seen.
    if (!silent) found.forEach(({ source, answer }, at) => remember(source.state, presented.shown[at] ?? [], Number(parseInstant(answer.reference_time)), false));
  } catch {
    // MOTD-FAIL-1: a broken pipe or an odd encoding is no failure of the command.
  }
  return found.map(({ answer }, at) => ({ ...answer, notices: presented.selections[at]?.notices ?? [] }));
}
