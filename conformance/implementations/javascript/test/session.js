/**
 * An adapter in a process of its own, spoken to as the judge does. Every request and every answer is validated against
 * the schema of the messages.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { NOW } from './simulator.js';
import { REPOSITORY, bytesOf, document } from './support.js';

const SCHEMA = new URL('../../../protocol/messages.schema.json', import.meta.url);
const ADAPTER = fileURLToPath(new URL('../src/adapter/main.js', import.meta.url));

const ajv = new Ajv2020({ strict: true, allErrors: true, strictRequired: false });
ajv.addSchema(JSON.parse(readFileSync(SCHEMA, 'utf8')));

/** @param {string} definition @param {any} message */
export function requireValid(definition, message) {
  const validate = ajv.getSchema(`urn:tuf-motd:conformance:protocol:1#/$defs/${definition}`);
  assert.ok(validate, definition);
  assert.ok(validate(message), `${definition}: ${ajv.errorsText(validate.errors)}`);
}

/** Line feeds end lines; `readline` would also end them at U+2028. @param {import('node:stream').Readable} output @returns {AsyncGenerator<string>} */
async function* linesOf(output) {
  let rest = '';
  for await (const chunk of output.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = String(lines.pop());
    yield* lines;
  }
  assert.equal(rest, '', 'the last answer is ended by a line feed');
}

export class Session {
  #process = spawn(process.execPath, [ADAPTER], { stdio: ['pipe', 'pipe', 'ignore'] });
  // What nobody reads when a process ends, Node throws away.
  #lines = linesOf(this.#process.stdout.pipe(new PassThrough()));
  #ended = once(this.#process, 'exit');
  #count = 0;

  /** @param {import('node:test').TestContext} context */
  constructor(context) {
    context.after(() => this.#process.kill());
  }

  /** @param {string | Uint8Array} line anything at all, with its line feed if it has one */
  send(line) {
    this.#process.stdin.write(line);
  }

  /** The next line of standard output, `undefined` at its end. @returns {Promise<any>} */
  async next() {
    const { value, done } = await this.#lines.next();
    return done ? undefined : JSON.parse(value);
  }

  /** @param {string} operation @param {Record<string, any>} members @returns {Promise<any>} a valid answer to a valid request */
  async ask(operation, members) {
    const request = { id: `request-${(this.#count += 1)}`, operation, ...members };
    requireValid(`${operation}.request`, request);
    this.send(`${JSON.stringify(request)}\n`);
    const answer = await this.next();
    requireValid(`${operation}.answer`, answer);
    assert.equal(answer.id, request.id);
    return answer;
  }

  /** @param {string} operation @param {Record<string, any>} members @returns {Promise<any>} the result of an accepted one */
  async accepted(operation, members) {
    const answer = await this.ask(operation, members);
    assert.equal(answer.status, 'accepted', JSON.stringify(answer));
    return answer.result;
  }

  /** Ends standard input. @returns {Promise<number | null>} the status with which the process ends */
  async end() {
    this.#process.stdin.end();
    const [status] = await this.#ended;
    return status;
  }
}

/** @param {Uint8Array} bytes */
export const base64 = (bytes) => Buffer.from(bytes).toString('base64');

/** @param {any[]} notices @param {Record<string, any>} [changes] the bytes of the target carrier */
export const documentOf = (notices, changes = {}) => base64(bytesOf(document({ notices, ...changes })));

/** @param {number} seconds */
export const timeOf = (seconds) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

export const MACHINE = Object.freeze({ components: {}, os: null, arch: null, command: null, languages: null, environment: {}, rollout_secret: null });

/** @param {import('./simulator.js').Simulator} simulator @param {Record<string, any>} [changes] */
export const sourceOf = (simulator, changes = {}) => ({
  name: 'pypi',
  repository: REPOSITORY,
  root: base64(/** @type {Buffer} */ (simulator.roots[0])),
  metadata_url: `${simulator.base}/metadata/`,
  targets_url: `${simulator.base}/targets/`,
  ...changes,
});

/** @param {import('./simulator.js').Simulator} simulator @param {Record<string, any>} [changes] `output` and `machine` are changed member by member */
export const checkOf = (simulator, { output = {}, machine = {}, ...changes } = {}) => ({
  source: sourceOf(simulator),
  state: null,
  now: timeOf(NOW),
  kind: 'explicit',
  machine: { ...MACHINE, ...machine },
  output: { form: 'terminal', columns: 80, plain: false, quiet: false, ...output },
  installer: { name: 'judge', version: '1' },
  deadline_milliseconds: 5000,
  offline: false,
  interval_seconds: 21_600,
  command: null,
  ...changes,
});
