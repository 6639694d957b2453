/**
 * The small grammars that several chapters share: ids, repository identifiers, versions of the schema, times,
 * language tags and links. Each expression is the ABNF of the section that it names, written out.
 */

// Section 2.4. 1 to 64 bytes; ASCII, so code units are bytes.
const ID = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;

// Section 2.4. 1 to 253 bytes.
const REPOSITORY = /^[a-z0-9](?:[a-z0-9._/-]{0,251}[a-z0-9])?$/;

// Section 2.4, MOTD-DOC-2. The minor number has no upper bound, and is never made a number here.
const SCHEMA_VERSION = /^1\.(?:0|[1-9][0-9]*)$/;

// Section 3.4. The expression writes the canonical case out.
const LANGUAGE =
  /^(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?$/;

// Section 3.3.
const TIME = /^(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])Z$/;

// Section 3.5, without the rules on lengths, the port's value and the last label.
const PCHAR = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const LINK = new RegExp(
  `^https://((?:${LABEL}\\.)+(${LABEL}))(?::([1-9][0-9]{0,4}))?(?:/${PCHAR}*)*(?:\\?(?:${PCHAR}|[/?])*)?(?:#(?:${PCHAR}|[/?])*)?$`,
);

/** @param {unknown} value */
export const isId = (value) => typeof value === 'string' && ID.test(value);

/** @param {unknown} value */
export const isRepository = (value) => typeof value === 'string' && REPOSITORY.test(value);

/** @param {unknown} value */
export const isSchemaVersion = (value) => typeof value === 'string' && SCHEMA_VERSION.test(value);

/** @param {unknown} value */
export const isLanguageTag = (value) => typeof value === 'string' && LANGUAGE.test(value);

/**
 * Seconds since 1970-01-01T00:00:00Z of a time in the form of section 3.3, else `null`.
 * @param {unknown} value
 * @returns {number | null}
 */
export function parseTime(value) {
  const match = typeof value === 'string' ? TIME.exec(value) : null;
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number);
  const milliseconds = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  // `Date.UTC` carries 31 April over into May; the grammar wants a day that exists.
  return new Date(milliseconds).getUTCDate() === day ? milliseconds / 1000 : null;
}

/**
 * Seconds since 1970 of a time in that form in any year, as TUF has them, else `null`.
 * @param {unknown} value
 * @returns {number | null}
 */
export function parseInstant(value) {
  const milliseconds = typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) ? Date.parse(value) : Number.NaN;
  // `Date.parse` carries 30 February over into March.
  return Number.isFinite(milliseconds) && formatTime(milliseconds / 1000) === value ? milliseconds / 1000 : null;
}

/**
 * A time as section 3.3 writes it.
 * @param {number} seconds
 */
export const formatTime = (seconds) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

/**
 * MOTD-LINK-3: the grammar of section 3.5 and its limits.
 * @param {unknown} value
 */
export function isLink(value) {
  if (typeof value !== 'string' || value.length > 2048) return false;
  const match = LINK.exec(value);
  if (match === null) return false;
  const [, host = '', last = '', port] = match;
  if (host.length > 253) return false;
  // A last label of digits, or of hexadecimal as some readers take it, is an address and no name.
  if (/^[0-9]+$/.test(last) || last.startsWith('0x')) return false;
  return port === undefined || Number(port) <= 65535;
}
