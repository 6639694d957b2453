/** `check` and `acknowledge`: runs of one source. What an installer would write is collected and returned. */
import { requireConfigured } from '../installer/check.js';
import { startAutomatic } from '../installer/automatic.js';
import { acknowledgeStored } from '../installer/displays.js';
import { checkAndShow, reportOf } from '../installer/explicit.js';
import { accepted } from './answers.js';
import { surroundings } from './documents.js';
import { Garbled } from './shapes.js';

/** @typedef {import('./answers.js').Answer} Answer */
/** @typedef {import('./requests.js').CheckRequest} CheckRequest */

/** The installer's own fixed words after `N more: `. */
const WORDS = 'ask for the list to read them';

/** @param {import('./requests.js').SourceRequest} source the judge's web server speaks plain HTTP */
const configured = (source) => ({ ...source, kind: source.kind ?? 'in-band', allow_http: true });

/** A stream that keeps what is written. */
class Kept {
  text = '';

  /** @param {string} text */
  write(text) {
    this.text += text;
  }
}

/** @param {CheckRequest} request @returns {Promise<Answer>} */
export async function check(request) {
  const { source, now, kind, machine, installer, deadline_milliseconds, offline, interval_seconds } = request;
  requireConfigured(configured(source));
  const options = {
    ...surroundings(machine),
    now: () => now,
    user_agent: `${installer.name}/${installer.version}`,
    deadline_ms: deadline_milliseconds,
    interval: interval_seconds,
    offline,
  };
  return accepted(kind === 'automatic' ? await automatic(request, options) : await asked(request, options, kind));
}

/** @typedef {Omit<import('../installer/check.js').CheckOptions, 'state' | 'mode' | 'asked'>} Options */

/** @param {CheckRequest} request @param {Options} options @param {'explicit' | 'list'} kind */
async function asked({ source, state, output }, options, kind) {
  const { form, columns, plain } = output;
  const [stdout, stderr] = [new Kept(), new Kept()];
  const { exit_status, report } = await checkAndShow(configured(source), { ...options, state }, { form, columns, plain, words: WORDS, stdout, stderr }, kind);
  return { exit_status, stdout: stdout.text, stderr: stderr.text, report };
}

/** A run beside a command, whose work is to wait. @param {CheckRequest} request @param {Options} options */
async function automatic({ source, state, output, command }, options) {
  if (command === null) throw new Garbled('command is there in an automatic run');
  const kept = new Kept();
  const stderr = { isTTY: output.form === 'terminal', columns: output.columns, write: (/** @type {string} */ text) => kept.write(text) };
  const quiet = output.quiet || output.form === 'json';
  const running = startAutomatic([{ ...configured(source), state }], { ...options, stderr, words: WORDS, plain: output.plain, quiet });
  await new Promise((resolve) => setTimeout(resolve, command.milliseconds));
  const [answer] = await running.collect(command.used_network);
  const report = answer === undefined ? null : reportOf(answer, answer.notices);
  return { exit_status: command.exit_status, stdout: command.stdout, stderr: kept.text, report };
}

/** @param {import('./requests.js').AcknowledgeRequest} request @returns {Answer} */
export function acknowledge({ source, state, now, ids }) {
  requireConfigured(configured(source));
  acknowledgeStored(state, ids, now);
  return accepted({});
}
