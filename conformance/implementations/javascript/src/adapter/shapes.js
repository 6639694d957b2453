/**
 * Readers of requests: each takes a value out of JSON and gives what the adapter works with, or throws. An object has
 * the members that are listed and no others, so that a misspelled one is never taken for an absent one.
 */
import { parseInstant } from '../document/grammar.js';
import { isObject, member } from '../document/json.js';

/** @typedef {import('../document/json.js').Json} Json */
/** @template T @typedef {(value: Json, place: string) => T} Reader */
/** @template {Reader<any>} R @typedef {ReturnType<R>} Read */

/** A request that does not have its form. The message names a place by the protocol's own words. */
export class Garbled extends Error {}

/** @param {unknown} condition @param {string} place @returns {asserts condition} */
function demand(condition, place) {
  if (!condition) throw new Garbled(`${place} does not have its form`);
}

/** @type {Reader<string>} */
export const string = (value, place) => {
  demand(typeof value === 'string', place);
  return value;
};

/** @type {Reader<boolean>} */
export const boolean = (value, place) => {
  demand(typeof value === 'boolean', place);
  return value;
};

/** @param {number} least @param {number} [most] @returns {Reader<number>} */
export const integer =
  (least, most = Number.MAX_SAFE_INTEGER) =>
  (value, place) => {
    demand(Number.isSafeInteger(value) && value >= least && value <= most, place);
    return value;
  };

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** @type {Reader<Uint8Array>} Plain bytes: a `Buffer` would be one as well. */
export const bytes = (value, place) => {
  demand(typeof value === 'string' && BASE64.test(value), place);
  return new Uint8Array(Buffer.from(value, 'base64'));
};

/** @type {Reader<number>} seconds since 1970, also before it */
export const time = (value, place) => {
  const seconds = parseInstant(value);
  demand(seconds !== null, place);
  return seconds;
};

/** @type {Reader<string>} */
export const folder = (value, place) => {
  demand(typeof value === 'string' && value.startsWith('/') && !value.includes('\0'), place);
  return value;
};

/** @template {string} T @param {...T} words @returns {Reader<T>} */
export const oneOf =
  (...words) =>
  (value, place) => {
    const found = words.find((word) => word === value);
    demand(found !== undefined, place);
    return found;
  };

/** @template T @param {Reader<T>} reader @returns {Reader<T | null>} */
export const nullable = (reader) => (value, place) => (value === null ? null : reader(value, place));

/** An absent member. @template T @param {Reader<T>} reader @returns {Reader<T | undefined>} */
export const optional = (reader) => (value, place) => (value === undefined ? undefined : reader(value, place));

/** @template T @param {Reader<T>} reader @returns {Reader<T[]>} */
export const listOf = (reader) => (value, place) => {
  demand(Array.isArray(value), place);
  return value.map((/** @type {Json} */ item) => reader(item, place));
};

/** Pairs, because a name can be `__proto__`. @template T @param {Reader<T>} reader @returns {Reader<[string, T][]>} */
export const mapOf = (reader) => (value, place) => {
  demand(isObject(value), place);
  return Object.entries(value).map(([name, item]) => /** @type {[string, T]} */ ([name, reader(item, place)]));
};

/**
 * @template {Record<string, Reader<any>>} M
 * @param {M} members
 * @returns {Reader<{ [K in keyof M]: Read<M[K]> }>}
 */
export const object = (members) => (value, place) => {
  demand(isObject(value) && Object.keys(value).every((name) => Object.hasOwn(members, name)), place);
  const read = Object.entries(members).map(([name, reader]) => [name, reader(member(value, name), `${place}.${name}`)]);
  return /** @type {any} */ (Object.fromEntries(read));
};
