/** From a line to an answer: which operations there are, and what becomes of what they throw. */
import { readFileSync } from 'node:fs';
import { decodeUtf8, isObject, member, parseText } from '../document/json.js';
import { CallerError } from '../errors.js';
import { accepted, failed, rejected, unsupported } from './answers.js';
import { parse, render, select } from './documents.js';
import * as requests from './requests.js';
import { acknowledge, check } from './runs.js';
import { Garbled } from './shapes.js';

/** @typedef {import('./answers.js').Answer} Answer */
/** @typedef {import('../document/json.js').Json} Json */

const PROTOCOL = 1;
const ID_LIMIT = 64;
/** Of an answer to a line that bears no id of its own. */
const NO_ID = 'unknown';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** @param {import('./shapes.js').Read<typeof requests.hello>} request @returns {Answer} */
function hello({ protocol }) {
  if (protocol !== PROTOCOL) return unsupported('only version 1 of the protocol');
  return accepted({ name: 'tuf-motd-javascript', version, language: 'JavaScript', roles: ['document', 'installer'], features: [] });
}

/**
 * @template T
 * @param {import('./shapes.js').Reader<T>} reader
 * @param {(request: T) => Answer | Promise<Answer>} answer
 * @returns {(value: Json) => Promise<Answer>}
 */
const operation = (reader, answer) => async (value) => answer(reader(value, 'the request'));

/** @type {ReadonlyMap<string, (value: Json) => Promise<Answer>>} */
const OPERATIONS = new Map([
  ['hello', operation(requests.hello, hello)],
  ['parse', operation(requests.parse, parse)],
  ['select', operation(requests.select, select)],
  ['render', operation(requests.render, render)],
  ['check', operation(requests.check, check)],
  ['acknowledge', operation(requests.acknowledge, acknowledge)],
]);

/**
 * One answer to one line, whatever the line is. It never rejects.
 * @param {Uint8Array} line without its line feed
 * @returns {Promise<Answer & { id: string }>}
 */
export async function answerTo(line) {
  const text = decodeUtf8(line);
  const request = text === null ? undefined : parseText(text);
  const id = isObject(request) ? member(request, 'id') : undefined;
  if (!isObject(request) || typeof id !== 'string' || id.length === 0 || [...id].length > ID_LIMIT) {
    return { id: NO_ID, ...failed('the line is no request') };
  }
  try {
    return { id, ...(await perform(request)) };
  } catch (error) {
    return { id, ...outcomeOf(error) };
  }
}

/** @param {Record<string, Json>} request @returns {Promise<Answer>} */
async function perform(request) {
  const name = member(request, 'operation');
  if (typeof name !== 'string') throw new Garbled('operation does not have its form');
  const found = OPERATIONS.get(name);
  return found === undefined ? unsupported('this implementation does not have the operation') : found(request);
}

/** @param {unknown} error @returns {Answer} */
function outcomeOf(error) {
  if (error instanceof Garbled) return failed(error.message);
  // What cannot be configured at all is refused; every other end of a run is an answer.
  if (error instanceof CallerError) return rejected('configuration', 'source');
  console.error(error);
  return failed('the implementation failed');
}
