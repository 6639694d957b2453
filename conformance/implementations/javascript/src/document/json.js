/**
 * What `JSON.parse` hides: invalid UTF-8, unpaired surrogates, duplicate names and depth (spec 2.2, 2.3, 2.6).
 *
 * Nothing here recurses: 65,536 bytes can open 65,536 containers, and a role of 5 MB many more.
 */

/** @typedef {any} Json a value that JSON can write */

/** @typedef {{ unpaired: boolean, depth: number, duplicate: boolean, badName: boolean }} Structure */

// `ignoreBOM` keeps a byte-order mark in the text, where it is no JSON white space and so is refused (MOTD-BYTES-3).
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const UNPAIRED_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/**
 * The text of well-formed UTF-8 (RFC 3629), else `null`.
 * @param {Uint8Array} bytes
 * @returns {string | null}
 */
export function decodeUtf8(bytes) {
  try {
    return DECODER.decode(bytes);
  } catch {
    return null;
  }
}

/**
 * The value of one JSON text of RFC 8259, else `undefined` (which no JSON text is).
 * ECMA-262 fixes the grammar of `JSON.parse` to that of RFC 8259; unpaired surrogates are found by `scanText`.
 * @param {string} text
 * @returns {Json | undefined}
 */
export function parseText(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {string} string */
export const hasUnpairedSurrogate = (string) => UNPAIRED_SURROGATE.test(string);

/**
 * MOTD-BYTES-6: a name is at least one character, all of them U+0020 to U+007E.
 * @param {string} name
 */
export const isPlainName = (name) => /^[\x20-\x7e]+$/.test(name);

/**
 * Looks at a text that `parseText` accepts, token by token, so that a member which a later one of the same name
 * hides is seen as well.
 * @param {string} text
 * @returns {Structure}
 */
export function scanText(text) {
  /** @type {Structure} */
  const found = { unpaired: false, depth: 0, duplicate: false, badName: false };
  /** @type {(Set<string> | null)[]} the names of each open object; `null` for an array */
  const open = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : null);
      found.depth = Math.max(found.depth, open.length);
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === '"') {
      const start = at;
      for (at += 1; text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1;
      // MOTD-BYTES-5: names are compared after their escapes are decoded.
      const string = /** @type {string} */ (JSON.parse(text.slice(start, at + 1)));
      if (hasUnpairedSurrogate(string)) found.unpaired = true;
      const names = open.at(-1);
      if (names && isFollowedByColon(text, at + 1)) {
        if (names.has(string)) found.duplicate = true;
        names.add(string);
        if (!isPlainName(string)) found.badName = true;
      }
    }
  }
  return found;
}

/** @param {string} text @param {number} from */
function isFollowedByColon(text, from) {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\n' || text[at] === '\r') at += 1;
  return text[at] === ':';
}

/**
 * Depth and names of a value that somebody else parsed: the custom carrier (spec 2.6).
 * @param {Json} value
 * @returns {{ depth: number, badName: boolean }}
 */
export function scanValue(value) {
  const found = { depth: 0, badName: false };
  /** @type {{ value: Json, depth: number }[]} */
  const work = [{ value, depth: 1 }];
  for (let item = work.pop(); item !== undefined; item = work.pop()) {
    if (typeof item.value !== 'object' || item.value === null) continue;
    found.depth = Math.max(found.depth, item.depth);
    const inner = item.depth + 1;
    if (!Array.isArray(item.value) && !Object.keys(item.value).every(isPlainName)) found.badName = true;
    for (const child of Object.values(item.value)) work.push({ value: child, depth: inner });
  }
  return found;
}

/**
 * @param {Json} value
 * @returns {value is Record<string, Json>}
 */
export function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A member of its own, never one that every object inherits: a document can have a member `constructor`.
 * @param {Record<string, Json>} object
 * @param {string} name
 * @returns {Json | undefined} `undefined` when absent; `null` is a value (MOTD-FWD-6)
 */
export function member(object, name) {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
