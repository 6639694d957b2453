/**
 * Steps 16 and 17 of the run, without a terminal: from what is due in all sources to lines, and to the reasons of what
 * the display leaves out (spec 6.10). Writes nothing itself.
 */
import { render, renderAsciiLine, renderLeft, renderTitle } from './render.js';
import { limit } from './select.js';

/** @typedef {import('./select.js').Selected} Selected */
/** @typedef {import('./select.js').SourceSelection} SourceSelection */
/**
 * @typedef {{
 *   form: 'terminal' | 'plain' | 'ascii' | 'title', columns?: number | null, ambiguousWide?: boolean, utf8?: boolean, words?: string, listed?: boolean
 * }} PresentOptions
 *   `ascii`: the lines of MOTD-SHOW-9, `title`: the same on a terminal; `words`: the installer's own on how to read what is left out;
 *   `listed`: the list that the user asked for, which leaves nothing out
 */
/** @typedef {{ lines: string[], selections: SourceSelection[], shown: Selected[][] }} Presented `shown` by source, as `selections` */

/** The installer's own fixed words after `N more: ` and `N more lines: `. */
const WORDS = 'ask for the list to read them';

/**
 * @param {SourceSelection[]} selections
 * @param {PresentOptions} options
 * @returns {Presented}
 */
export function present(selections, options) {
  /** @type {Map<Selected, string[]>} */
  const linesOfAll = new Map();
  // What cannot be written takes no place of the limit.
  const writable = selections.map(({ source, notices }) => ({
    source,
    notices: notices.map((notice) => {
      if (notice.decision !== 'show') return notice;
      const lines = linesOf(notice, source, options);
      if (typeof lines === 'string') return { ...notice, decision: /** @type {const} */ ('skip'), reason: lines };
      linesOfAll.set(notice, lines);
      return notice;
    }),
  }));
  const limited = limit(writable, options.listed ?? false);
  const written = limited.shown.map((item) => ({ ...item, lines: linesOfAll.get(item.notice) ?? [] }));
  // MOTD-SHOW-5. Without a terminal there is nothing but the lines of MOTD-SHOW-9.
  const last = limited.left.length === 0 || isTitleAlone(options) ? undefined : written.at(-1);
  const more = last === undefined ? [] : renderLeft(limited.left, options.words ?? WORDS, frameOf(last.source, options));
  const shown = new Set(written.map(({ notice }) => notice));
  return {
    lines: [...written.flatMap(({ lines }) => lines), ...more],
    selections: limited.selections,
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
  if (isTitleAlone(options)) {
    if (text?.severity !== 'critical') return 'no-terminal';
    return (options.form === 'ascii' ? [renderAsciiLine(text, source)] : renderTitle(text, { ...frameOf(source, options), utf8: false })) ?? 'too-narrow';
  }
  const words = options.listed ? undefined : (options.words ?? WORDS);
  return (text === null ? null : render(text, frameOf(source, options), words)) ?? 'too-narrow';
}

/** @param {PresentOptions} options */
const isTitleAlone = ({ form }) => form === 'ascii' || form === 'title';

/** @param {string} source @param {PresentOptions} options */
const frameOf = (source, { form, columns = null, ambiguousWide = true, utf8 = false }) => ({ source, columns, ambiguousWide, utf8, plain: form === 'plain' });
