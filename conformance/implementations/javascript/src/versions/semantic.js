/**
 * The schemes `semver`, `cargo` and `npm`: Semantic Versioning 2.0.0, strictly (spec 4.6, MOTD-VERS-8).
 *
 * The package `semver` of npm is not used: it refuses numbers above 2^53 - 1 and versions of more than 256
 * characters, and reads `v1.2.3`; here numbers have any size and nothing stands in front.
 */

/** @typedef {{ core: bigint[], pre: (bigint | string)[] }} Semantic */

const NUMBER = '(?:0|[1-9][0-9]*)';
const PRE = `(?:${NUMBER}|[0-9A-Za-z-]*[A-Za-z-][0-9A-Za-z-]*)`;
const VERSION = new RegExp(
  `^(${NUMBER})\\.(${NUMBER})\\.(${NUMBER})(?:-(${PRE}(?:\\.${PRE})*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`,
);

/**
 * @param {string} text
 * @returns {Semantic | null}
 */
function parse(text) {
  const match = VERSION.exec(text);
  if (match === null) return null;
  const [, major, minor, patch, pre] = match;
  return {
    core: [major, minor, patch].map((number) => BigInt(String(number))),
    pre: pre === undefined ? [] : pre.split('.').map((part) => (/^[0-9]+$/.test(part) ? BigInt(part) : part)),
  };
}

/**
 * Build metadata is not even kept: it is ignored by the order, and nothing shows a version.
 * @param {Semantic} first
 * @param {Semantic} second
 */
function compare(first, second) {
  for (let at = 0; at < 3; at += 1) {
    const order = sign(/** @type {bigint} */ (first.core[at]), /** @type {bigint} */ (second.core[at]));
    if (order !== 0) return order;
  }
  if (first.pre.length === 0 || second.pre.length === 0) return sign(second.pre.length, first.pre.length);
  for (let at = 0; at < Math.min(first.pre.length, second.pre.length); at += 1) {
    const [one, other] = [/** @type {bigint | string} */ (first.pre[at]), /** @type {bigint | string} */ (second.pre[at])];
    // A number is before a word; identifiers are ASCII, so `<` on words compares bytes.
    const order = typeof one === typeof other ? sign(one, other) : typeof one === 'bigint' ? -1 : 1;
    if (order !== 0) return order;
  }
  return sign(first.pre.length, second.pre.length);
}

/**
 * -1, 0 or 1.
 * @param {bigint | string | number} first
 * @param {bigint | string | number} second
 */
export const sign = (first, second) => (first < second ? -1 : first > second ? 1 : 0);

export const semantic = Object.freeze({ parse, compare });
