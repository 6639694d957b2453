/**
 * HTTP as the specification wants it: no cookie, no validator, no query, redirects within the origin, a limit on
 * every body, one deadline (spec 6.4, 6.5, 6.8). It keeps count of what it sent and received.
 */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { NetworkError } from '../errors.js';

/** @typedef {{ status: number, bytes: Buffer }} Answer the bytes of a 200, else none */

const REDIRECTS_LIMIT = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export class Transport {
  requests = 0;
  bytes = 0;
  /** The `Retry-After` headers of the answers that were not 200, unread. @type {string[]} */
  retryAfter = [];
  /** @type {AbortController} */
  #abort = new AbortController();
  /** @type {NodeJS.Timeout | null} */
  #timer = null;
  /** @type {number | null} */
  #ends = null;

  /**
   * @param {{ userAgent: string, deadlineMs: number, signal?: AbortSignal }} options
   */
  constructor(options) {
    this.options = options;
    options.signal?.addEventListener('abort', () => this.#abort.abort(), { once: true });
    if (options.signal?.aborted) this.#abort.abort();
  }

  /** Every request waits for the answer to the one before. */
  get roundTrips() {
    return this.requests;
  }

  /**
   * @param {string} url
   * @param {number} limit in bytes
   * @param {string} stage
   * @returns {Promise<Answer>}
   */
  async get(url, limit, stage) {
    // MOTD-NET-2: the time runs from the first request on.
    this.#timer ??= setTimeout(() => this.#abort.abort(), this.options.deadlineMs);
    this.#ends ??= performance.now() + this.options.deadlineMs;
    const origin = new URL(url).origin;
    let target = new URL(url);
    for (let redirects = 0; ; redirects += 1) {
      const { status, bytes, location } = await this.#once(target, limit, stage);
      if (!REDIRECTS.has(status) || location === undefined) return { status, bytes };
      const next = URL.canParse(location, target.href) ? new URL(location, target) : null;
      if (next === null || redirects === REDIRECTS_LIMIT) throw new NetworkError('redirect', stage);
      next.hash = '';
      // MOTD-NET-1. A query or user information that a server chose would be sent back to it (MOTD-PRIV-1).
      if (next.origin !== origin || next.href.includes('?') || next.username !== '' || next.password !== '') throw new NetworkError('redirect', stage);
      target = next;
    }
  }

  /** MOTD-NET-2: no timer fires while signatures are verified. @param {string} stage */
  requireTime(stage) {
    if (this.#ends !== null && performance.now() >= this.#ends) throw new NetworkError('timeout', stage);
  }

  /** Ends what is still open; no process, socket or timer stays behind. */
  close() {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#abort.abort();
  }

  /**
   * @param {URL} url
   * @param {number} limit
   * @param {string} stage
   * @returns {Promise<Answer & { location: string | undefined }>}
   */
  #once(url, limit, stage) {
    this.requests += 1;
    const { signal } = this.#abort;
    return new Promise((resolve, reject) => {
      // Only the first outcome counts. No message of a library or a server goes further (MOTD-GATE-12).
      const fail = (/** @type {string} */ code) => reject(new NetworkError(signal.aborted ? 'timeout' : code, stage));
      if (signal.aborted) return fail('timeout');
      const send = url.protocol === 'https:' ? requestHttps : requestHttp;
      const headers = { 'User-Agent': this.options.userAgent, 'Accept-Encoding': 'identity' }; // MOTD-PRIV-1
      let answered = false;
      const sent = send(url, { method: 'GET', headers, agent: false, signal }, (answer) => {
        answered = true;
        const status = Number(answer.statusCode);
        const { location } = answer.headers;
        if (status !== 200) {
          const after = answer.headers['retry-after'];
          if (after !== undefined) this.retryAfter.push(after);
          answer.destroy();
          return resolve({ status, bytes: Buffer.alloc(0), location });
        }
        const encoding = answer.headers['content-encoding'];
        if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
          fail('encoding');
          return answer.destroy();
        }
        /** @type {Buffer[]} */
        const chunks = [];
        let length = 0;
        answer.on('data', (/** @type {Buffer} */ chunk) => {
          chunks.push(chunk);
          length += chunk.length;
          this.bytes += chunk.length;
          // MOTD-GATE-14
          if (length > limit) {
            fail('too-long');
            answer.destroy();
          }
        });
        answer.on('error', () => fail('truncated'));
        answer.on('close', () => (answer.complete ? resolve({ status, bytes: Buffer.concat(chunks), location }) : fail('truncated')));
      });
      // A body whose chunks are no chunks is an error of the request as well.
      sent.on('error', () => fail(answered ? 'truncated' : 'connect'));
      sent.end();
    });
  }
}
