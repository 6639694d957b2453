/**
 * Rendering: frame, hard wrap, plain mode and the one-line ASCII form (spec 6.10). Writes nothing itself.
 */
import { CallerError } from '../errors.js';
import { codePoints, columnsOf, isMark } from '../document/text.js';

/** @typedef {import('./select.js').ShownText} ShownText */
/**
 * @typedef {{ source: string, columns?: number | null, plain?: boolean, ambiguousWide?: boolean, utf8?: boolean }} RenderOptions
 *   `columns` of the terminal, `null` when unknown; `ambiguousWide`: ambiguous code points take two columns;
 *   `utf8`: the terminal is known to be in UTF-8, so that not all has to be ASCII
 */

const SPACE = 0x20;
const COLUMNS_LIMIT = 100;
const UNKNOWN_COLUMNS = 80;
const SPARE_COLUMNS = 2;
const TEXT_WIDTH_MINIMUM = 20;
const INDENTATION = '  ';
const SOURCES_NAMED = 3;
/** Lines of paragraphs, and lines of links, of one notice in an automatic display: MOTD-SHOW-13. */
const LINES = 5;
const SOURCE_NAME = /^[A-Za-z0-9._-]{1,32}$/;

/** MOTD-SHOW-8. @param {unknown} name @returns {string} */
export function requireSourceName(name) {
  if (typeof name !== 'string' || !SOURCE_NAME.test(name)) throw new CallerError('source-name');
  return name;
}

/**
 * The lines of one notice, without line feeds; `null` when too few columns are left (`too-narrow`).
 * @param {ShownText} text
 * @param {RenderOptions} options
 * @param {string} [words] for an automatic display, which is cut (MOTD-SHOW-13): the installer's own on how to read the rest
 * @returns {string[] | null}
 */
export function render(text, options, words) {
  const frame = frameOf(options);
  if (frame === null) return null;
  // MOTD-SHOW-3
  const head = framed(frame, `${text.severity.toUpperCase()}: ${text.title}`, '');
  const body = text.body.flatMap((paragraph, at) => [...(at === 0 ? [] : [frame.prefix.trimEnd()]), ...framed(frame, paragraph, INDENTATION)]);
  // MOTD-SHOW-4
  const links = text.links.map(({ rel, url }) => framed(frame, `${rel}: ${url}`, ''));
  const rest = words === undefined ? [...body, ...links.flat()] : cut(frame, body, links, words);
  return [...(options.plain ? framed(frame, `notice from ${options.source}`, '') : []), ...head, ...rest];
}

/**
 * MOTD-SHOW-13: the first lines of the paragraphs, the links that fit as a whole, and how many lines are left out.
 * @param {Frame} frame
 * @param {string[]} body
 * @param {string[][]} links
 * @param {string} words
 */
function cut(frame, body, links, words) {
  const lines = body.slice(0, LINES);
  let left = body.length - lines.length;
  let room = LINES;
  for (const link of links) {
    if (link.length <= room) {
      room -= link.length;
      lines.push(...link);
    } else left += link.length;
  }
  if (left > 0) lines.push(...framed(frame, `${left} more ${left === 1 ? 'line' : 'lines'}: ${words}`, ''));
  return lines;
}

/**
 * MOTD-SHOW-5: the line that says how many are left out, in the frame of the last notice shown.
 * @param {{ source: string, notice: { text: ShownText | null } }[]} left
 * @param {string} words the installer's own fixed words on how to read them
 * @param {RenderOptions} options
 * @returns {string[]}
 */
export function renderLeft(left, words, options) {
  const frame = frameOf(options);
  if (frame === null) return [];
  const critical = left.filter(({ notice }) => notice.text?.severity === 'critical');
  const sources = [...new Set(critical.map(({ source }) => source))].sort();
  const named = sources.length <= SOURCES_NAMED ? ` (${sources.join(', ')})` : '';
  return framed(frame, `${left.length} more${critical.length === 0 ? '' : `, ${critical.length} critical${named}`}: ${words}`, '');
}

/**
 * MOTD-SHOW-9: the one ASCII line of a `critical` notice. It is not wrapped.
 * @param {ShownText} text
 * @param {string} source
 */
export function renderAsciiLine(text, source) {
  return `notice[${requireSourceName(source)}] CRITICAL: ${escaped(text.title)}`;
}

/**
 * MOTD-SHOW-9: the same on a terminal, where it is wrapped; `null` when too few columns are left.
 * @param {ShownText} text
 * @param {RenderOptions} options
 */
export function renderTitle(text, options) {
  const frame = frameOf(options);
  return frame === null ? null : framed(frame, `CRITICAL: ${text.title}`, '');
}

/** In printable ASCII. @param {string} text */
const escaped = (text) =>
  codePoints(text)
    .map((point) => (point < 0x20 || point > 0x7e || point === 0x5c ? `\\u{${point.toString(16)}}` : String.fromCodePoint(point)))
    .join('');

/** @typedef {{ prefix: string, width: number, ambiguousWide: boolean, utf8: boolean }} Frame */

/**
 * MOTD-SHOW-10: the lines of an item; all but a first one are indented.
 * @param {Frame} frame
 * @param {string} item
 * @param {string} indentation of the first line
 */
function framed({ prefix, width, ambiguousWide, utf8 }, item, indentation) {
  // MOTD-SHOW-12
  const lines = wrap(utf8 ? item : escaped(item), width - indentation.length, width - INDENTATION.length, ambiguousWide);
  return lines.map((line, at) => prefix + (at === 0 ? indentation : INDENTATION) + line);
}

/** @param {RenderOptions} options @returns {Frame | null} */
function frameOf({ source, columns = null, plain = false, ambiguousWide = true, utf8 = false }) {
  // MOTD-SHOW-1: the prefix is ASCII, so its length is its width.
  const prefix = plain ? '' : `notice[${requireSourceName(source)}] `;
  if (plain) requireSourceName(source);
  // Some terminals go on to the next line after the last column, and some draw a code point wider.
  const lineWidth = Math.min(columns ?? UNKNOWN_COLUMNS, COLUMNS_LIMIT) - SPARE_COLUMNS;
  const width = lineWidth - prefix.length;
  return width < TEXT_WIDTH_MINIMUM ? null : { prefix, width, ambiguousWide, utf8 };
}

/**
 * The five steps of "Wrapping" (MOTD-SHOW-2), on code points.
 * @param {string} item
 * @param {number} firstWidth the width L of the first line
 * @param {number} otherWidth that of the others
 * @param {boolean} ambiguousWide
 * @returns {string[]}
 */
export function wrap(item, firstWidth, otherWidth, ambiguousWide) {
  const points = codePoints(item);
  const columns = points.map((point) => columnsOf(point, ambiguousWide));
  /** @type {string[]} */
  const lines = [];
  const write = (/** @type {number} */ from, /** @type {number} */ to) => lines.push(points.slice(from, to).map((point) => String.fromCodePoint(point)).join(''));
  let start = 0;
  while (start < points.length) {
    // 2. The longest beginning that is not wider than L.
    const width = start === 0 ? firstWidth : otherWidth;
    let end = start;
    for (let used = 0; end < points.length && used + Number(columns[end]) <= width; end += 1) used += Number(columns[end]);
    // 1.
    if (end === points.length) {
      write(start, end);
      break;
    }
    // 3.
    const breakAt = lastBreak(points, start, end);
    if (breakAt !== null) {
      let lineEnd = breakAt;
      while (points[lineEnd - 1] === SPACE) lineEnd -= 1;
      write(start, lineEnd);
      start = breakAt + 1;
      while (points[start] === SPACE && !isMark(points[start + 1])) start += 1;
      continue;
    }
    // 4. A mark stays with its base. At most four marks stand in a row and L is at least 18, so something is left.
    let cut = end;
    while (cut > start + 1 && isMark(points[cut])) cut -= 1;
    write(start, cut);
    start = cut;
  }
  return lines;
}

/**
 * The break directly after the beginning, else the last one inside it. A break is a space that has something other
 * than a space before it in the rest, and no mark after it.
 * @param {number[]} points
 * @param {number} start
 * @param {number} end
 * @returns {number | null}
 */
function lastBreak(points, start, end) {
  let first = start;
  while (points[first] === SPACE) first += 1;
  for (let at = end; at > first; at -= 1) {
    if (points[at] === SPACE && !isMark(points[at + 1])) return at;
  }
  return null;
}
