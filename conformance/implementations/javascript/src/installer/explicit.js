/**
 * The explicit check and the list: one source, asked by a person or a monitor, written at once (spec 6.12, 6.13).
 */
import { parseInstant } from '../document/grammar.js';
import { isAmbiguousWide, isUtf8, languagesOf } from '../display/language.js';
import { present } from '../display/present.js';
import { limit } from '../display/select.js';
import { isCi } from './automatic.js';
import { evaluate, OFF } from './check.js';
import { remember } from './displays.js';

/** @typedef {import('./check.js').Answer} Answer */
/** @typedef {import('../display/select.js').Selected} Selected */
/** @typedef {{ write: (text: string) => unknown }} Writer */
/**
 * @typedef {{
 *   form: 'terminal' | 'pipe' | 'json', columns?: number | null, plain?: boolean, words?: string, stdout: Writer, stderr: Writer
 * }} Output
 *   `form`: what standard error is; with `json` the object of section 6.12 goes to standard output
 */
/** @typedef {Pick<Selected, 'id' | 'revision' | 'decision' | 'reason' | 'code' | 'text'>} Decision */
/**
 * @typedef {Pick<Answer, 'state' | 'failure' | 'requests' | 'round_trips' | 'bytes' | 'last_success' | 'warnings'> & { notices: Decision[] }} Report
 *   the object of section 6.12, with its members and no others
 */

/**
 * @param {import('./check.js').Source} source
 * @param {Omit<import('./check.js').CheckOptions, 'mode' | 'asked'>} options
 * @param {Output} output
 * @param {'explicit' | 'list'} [kind]
 * @returns {Promise<{ exit_status: number, report: Report | null }>} no report: the notices are switched off
 */
export async function checkAndShow(source, options, output, kind = 'explicit') {
  const listed = kind === 'list';
  const environment = options.environment ?? {};
  const languages = options.languages ?? languagesOf(environment);
  const answer = await evaluate(source, { ...options, languages, mode: 'explicit', asked: listed });
  if (answer.reference_time === null) {
    writeLines(output.stderr, [OFF]);
    return { exit_status: answer.exit_status, report: null };
  }
  const selections = [{ source: source.name, notices: answer.notices }];
  if (output.form === 'json') {
    const report = reportOf(answer, limit(selections, listed).selections[0]?.notices ?? []);
    output.stdout.write(`${JSON.stringify(report)}\n`);
    return { exit_status: answer.exit_status, report };
  }
  const { columns = null, plain = false } = output;
  const words = output.words === undefined ? {} : { words: output.words };
  const presented = present(selections, { form: plain && !isCi(environment) ? 'plain' : 'terminal', columns, ambiguousWide: isAmbiguousWide(languages), utf8: isUtf8(environment), listed, ...words });
  const report = reportOf(answer, presented.selections[0]?.notices ?? []);
  const written = writeLines(output.stderr, [...presented.lines, ...stateLines(report)]);
  // MOTD-REP-8: what went elsewhere than to a terminal was not displayed, and is charged nothing.
  if (written && output.form === 'terminal') remember(options.state ?? null, presented.shown[0] ?? [], Number(parseInstant(answer.reference_time)), listed);
  return { exit_status: answer.exit_status, report };
}

/** @param {Writer} stderr @param {string[]} lines @returns {boolean} whether they were written */
function writeLines(stderr, lines) {
  try {
    if (lines.length > 0) stderr.write(`${lines.join('\n')}\n`);
    return true;
  } catch {
    // MOTD-FAIL-1: a broken pipe changes no exit status. What was not written was not displayed either.
    return false;
  }
}

/** Why the state is not Fresh, or the document refused: codes and fixed strings (MOTD-FAIL-2). @param {Report} report */
const stateLines = ({ state, failure, warnings }) => [
  ...(failure === null ? [] : [`the state is ${state}: ${failure.stage}, ${failure.code}`]),
  ...warnings,
];

/** @param {Answer} answer @param {Selected[]} notices after the limit and the display @returns {Report} */
export const reportOf = ({ state, failure, requests, round_trips, bytes, last_success, warnings }, notices) => ({
  state,
  failure,
  notices: notices.map(decisionOf),
  requests,
  round_trips,
  bytes,
  last_success,
  warnings,
});

/** @param {Selected} notice @returns {Decision} */
export const decisionOf = ({ id, revision, decision, reason, code, text }) => ({ id, revision, decision, reason, code, text });
