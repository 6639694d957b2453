/**
 * The adapter of the plug-in protocol (conformance/PROTOCOL.md): requests on standard input, a line each, and an answer
 * on standard output before the next request is looked at. Run it as `node src/adapter/main.js`.
 */
import { answerTo } from './operations.js';

const LINE_FEED = 0x0a;
/** No request of the protocol comes near. What is longer is answered, and not kept. */
const LINE_LIMIT = 16 * 1024 * 1024;

/**
 * Lines as bytes: a line feed ends one, and nothing else does (U+2028 stands inside of strings).
 * @param {AsyncIterable<Uint8Array>} input
 * @returns {AsyncGenerator<Uint8Array>} an empty line for one that is too long
 */
async function* linesOf(input) {
  /** @type {Uint8Array[]} */
  let parts = [];
  let length = 0;
  for await (const chunk of input) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      length += end - from;
      yield length > LINE_LIMIT ? new Uint8Array() : Buffer.concat([...parts, chunk.subarray(from, end)]);
      parts = [];
      length = 0;
      from = end + 1;
    }
    length += chunk.length - from;
    if (length > LINE_LIMIT) parts = [];
    else parts.push(chunk.subarray(from));
  }
  // A request that its line feed did not end is none; the answer to it says so.
  if (length > 0) yield new Uint8Array();
}

/** Waits until the bytes have gone. @param {string} text @returns {Promise<void>} */
const write = (text) => new Promise((resolve, reject) => process.stdout.write(text, (error) => (error ? reject(error) : resolve())));

for await (const line of linesOf(process.stdin)) await write(`${JSON.stringify(await answerTo(line))}\n`);
// A connection that a server holds open would keep the process.
process.exit(0);
