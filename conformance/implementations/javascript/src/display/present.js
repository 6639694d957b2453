/**
 * Steps 16 and 17 of the run, without a terminal: from what is due in all sources to lines, and to the reasons of what
 * the display leaves out (spec 6.10). Writes nothing itself.
 */
import { render, renderAsciiLine, renderLeft } from './render.js';
import { limit } from './select.js';

/** @typedef {import('./select.js').Selected} Selected */
/** @typedef {import('./select.js').SourceSelection} SourceSelection */
/**
 * @typedef {{
 *   form: 'terminal' | 'plain' | 'ascii', columns?: number | null, ambiguousWide?: boolean, utf8?: boolean, words?: string, listed?: boolean
 * }} PresentOptions
 *   `ascii`: the lines of MOTD-SHOW-9; `words`: the installer's own on how to read what is left out;
 *   `listed`: the list that the user asked for, which leaves nothing out
 */
/** @typedef {{ lines: string[], selections: SourceSelection[], shown: Selected[][] }} Presented `shown` by source, as `selections` */

/** The installer's own fixed words after `N more: `. */
const WORDS = 'ask for the list to read them';

/**
 * @param {SourceSelection[]} selections
 * @param {PresentOptions} options
 * @returns {Presented}
 */
export function present(selections, options) {
  const limited = limit(selections, options.listed ?? false);
  /** @type {Map<Selected, string>} what the display itself leaves out, and why */
  const withheld = new Map();
  const written = limited.shown.flatMap(({ source, notice }) => {
    const lines = linesOf(notice, source, options);
    if (typeof lines !== 'string') return [{ source, notice, lines }];
    withheld.set(notice, lines);
    return [];
  });
  // MOTD-SHOW-5. Without a terminal there is nothing but the lines of MOTD-SHOW-9.
  const last = limited.left === 0 || options.form === 'ascii' ? undefined : written.at(-1);
  const more = last === undefined ? [] : renderLeft(limited.left, options.words ?? WORDS, frameOf(last.source, options));
  const shown = new Set(written.map(({ notice }) => notice));
  return {
    lines: [...written.flatMap(({ lines }) => lines), ...more],
    selections: limited.selections.map(({ source, notices }) => ({
      source,
      notices: notices.map((notice) => (withheld.has(notice) ? { ...notice, decision: 'skip', reason: String(withheld.get(notice)) } : notice)),
    })),
    shown: limited.selections.map(({ notices }) => notices.filter((notice) => shown.has(notice))),
  };
}

/**
 * @param {Selected} notice
 * @param {string} source
 * @param {PresentOptions} options
 * @returns {string[] | 'no-terminal' | 'too-narrow'}
 */
function linesOf({ text }, source, options) {
  // MOTD-SHOW-9: without a terminal there is one line for each critical notice, and nothing for the others.
  if (options.form === 'ascii') return text?.severity === 'critical' ? [renderAsciiLine(text, source)] : 'no-terminal';
  return (text === null ? null : render(text, frameOf(source, options))) ?? 'too-narrow';
}

/** @param {string} source @param {PresentOptions} options */
const frameOf = (source, { form, columns = null, ambiguousWide = true, utf8 = false }) => ({ source, columns, ambiguousWide, utf8, plain: form === 'plain' });
