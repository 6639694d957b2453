/**
 * TUF-MOTD 1.0 in JavaScript: authenticated notices of a package repository.
 *
 * # Architecture
 * - `document/` judges bytes or a value: `judge`.
 * - `versions/` reads and orders versions, and decides on ranges.
 * - `display/` decides what a person sees, and writes the lines: `select`, `present`.
 * - `installer/` gets a document that can be believed, without a library for TUF: `check`, `checkAndShow`, `startAutomatic`.
 * - `adapter/` connects all of it to the judge of the conformance tests.
 *
 * All results are plain values that JSON can write. The clock is an argument everywhere.
 */
export { documentBytes } from './document/canonical.js';
export { judge } from './document/judge.js';
export { normalisePurl, parsePurl } from './document/purl.js';
export { contains, parseRange } from './versions/range.js';
export { isUtf8, languagesOf, lookup } from './display/language.js';
export { effectiveSeverity, limit, select } from './display/select.js';
export { acknowledge, emptySeen, recordApplied, recordDisplayed } from './display/seen.js';
export { present } from './display/present.js';
export { render, renderAsciiLine, renderLeft } from './display/render.js';
export { CallerError, MirrorError, MotdError, NetworkError, RepositoryError, StateError } from './errors.js';
export { check } from './installer/check.js';
export { acknowledgeStored } from './installer/displays.js';
export { checkAndShow } from './installer/explicit.js';
export { startAutomatic } from './installer/automatic.js';
