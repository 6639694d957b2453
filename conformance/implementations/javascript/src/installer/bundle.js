/**
 * The bundle of a sidecar (spec 5.8): the one file from which everything below root is taken. It is trusted with nothing.
 */
import { decodeUtf8, isObject, parseText, scanText } from '../document/json.js';
import { NetworkError } from '../errors.js';

export const BUNDLE = 'motd-bundle.json';
export const BUNDLE_LIMIT = 1_048_576;

/** @typedef {import('./transport.js').Answer} Answer */

/**
 * Answers what a session requests (MOTD-BUNDLE-4): a file that the bundle lacks is a 404.
 * @param {Uint8Array} bytes
 * @returns {(folder: string, name: string, limit: number, stage: string) => Promise<Answer>}
 */
export function answersOf(bytes) {
  const files = filesOf(bytes);
  return async (_, name, limit, stage) => {
    const text = files.get(name);
    if (text === undefined) return { status: 404, bytes: Buffer.alloc(0) };
    const file = Buffer.from(text);
    // MOTD-BUNDLE-3
    if (file.length > limit) throw new NetworkError('too-long', stage);
    return { status: 200, bytes: file };
  };
}

/** MOTD-BUNDLE-5. @param {Uint8Array} bytes @returns {Map<string, string>} */
function filesOf(bytes) {
  const text = decodeUtf8(bytes);
  const value = text === null ? undefined : parseText(text);
  const files = isObject(value) ? Object.entries(value) : null;
  if (text === null || files === null || files.some(([, file]) => typeof file !== 'string')) throw new NetworkError('not-metadata', 'timestamp');
  const { duplicate, unpaired } = scanText(text);
  if (duplicate || unpaired) throw new NetworkError('not-metadata', 'timestamp');
  return new Map(files);
}
