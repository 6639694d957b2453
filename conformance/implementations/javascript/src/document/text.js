/**
 * Plain text by Tables 1 and 2, never by the runtime's Unicode (spec 3.1, 3.2, MOTD-TEXT-7).
 */
import { ambiguous, marks, permitted, wide } from '../generated/tables.js';
import { isObject, member } from './json.js';

/** @typedef {{ title: string, body: string[] }} Text */

// General category Zs in Unicode 14.0, as section 3.1 lists it.
const SPACE = /[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/;

const TITLE_LIMIT = 120;
const PARAGRAPH_LIMIT = 1000;
const PARAGRAPHS_LIMIT = 8;
const MARKS_LIMIT = 4;

/**
 * Whether a flat list of sorted inclusive ranges holds a code point.
 * @param {readonly number[]} ranges
 * @param {number} point
 */
function holds(ranges, point) {
  let low = 0;
  let high = ranges.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (point < Number(ranges[middle * 2])) high = middle - 1;
    else if (point > Number(ranges[middle * 2 + 1])) low = middle + 1;
    else return true;
  }
  return false;
}

/** @param {string} string @returns {number[]} */
export const codePoints = (string) => Array.from(string, (character) => Number(character.codePointAt(0)));

/** @param {number | undefined} point */
export const isMark = (point) => point !== undefined && holds(marks, point);

/** @param {number} point */
const isVisible = (point) => !SPACE.test(String.fromCodePoint(point)) && !isMark(point);

/**
 * Columns of a code point (spec 3.2): as many as the widest terminal gives it.
 * @param {number} point
 * @param {boolean} ambiguousWide whether the user's terminal may draw ambiguous code points in two columns
 */
export const columnsOf = (point, ambiguousWide) => (holds(wide, point) || (ambiguousWide && holds(ambiguous, point)) ? 2 : 1);

/**
 * @param {unknown} string
 * @param {number} limit in code points
 * @param {'title-malformed' | 'paragraph-malformed'} malformed
 * @returns {string | null} a reason code
 */
function stringFault(string, limit, malformed) {
  // MOTD-TEXT-2, MOTD-TEXT-3: type, emptiness, length.
  if (typeof string !== 'string') return malformed;
  const points = codePoints(string);
  if (points.length > limit || !points.some(isVisible)) return malformed;
  // MOTD-TEXT-1
  if (!points.every((point) => holds(permitted, point))) return 'text-code-point';
  // MOTD-TEXT-5: none at the start, where it would combine with the frame; at most four in a row.
  if (isMark(points[0])) return 'text-marks';
  let row = 0;
  for (const point of points) {
    row = isMark(point) ? row + 1 : 0;
    if (row > MARKS_LIMIT) return 'text-marks';
  }
  // MOTD-TEXT-11: CI systems obey what begins so in a log.
  if (string.includes('##')) return 'text-command';
  return null;
}

/**
 * The first fault of a text entry, in the order of section 2.6 ("A language"), the tag apart.
 * @param {import('./json.js').Json} entry
 * @returns {string | null} a reason code
 */
export function textFault(entry) {
  // Section 2.4: an entry that is no object has no title.
  if (!isObject(entry)) return 'title-malformed';
  const title = stringFault(member(entry, 'title'), TITLE_LIMIT, 'title-malformed');
  if (title !== null) return title;
  const body = member(entry, 'body');
  // MOTD-TEXT-4
  if (!Array.isArray(body) || body.length > PARAGRAPHS_LIMIT) return 'body-malformed';
  for (const paragraph of body) {
    const fault = stringFault(paragraph, PARAGRAPH_LIMIT, 'paragraph-malformed');
    if (fault !== null) return fault;
  }
  return null;
}
