/**
 * The form of metadata, as TUF's section 4 has it: what `malformed` says of a file (spec 6.4). Members that TUF does not
 * define are nobody's business here, and each list is looked at once, because nothing of it is signed yet.
 */
import { parseTime } from '../document/grammar.js';
import { isObject, member } from '../document/json.js';

/** @typedef {import('../document/json.js').Json} Json */
/** @typedef {'root' | 'timestamp' | 'snapshot' | 'targets'} Kind */
/** @typedef {(value: Json) => boolean} Form */

const TOP_LEVEL = Object.freeze(['root', 'timestamp', 'snapshot', 'targets']);
const DEPTH = 64;

const SURROGATES = /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F])|[^])/g;

/**
 * Whether all parsers of JSON read a text alike (spec 6.4): depth, numbers, surrogates. Nothing here recurses.
 * @param {string} text
 * @returns {boolean}
 */
export function isMetadataText(text) {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      for (at += 1; at < text.length && text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1;
    } else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > DEPTH) return false;
    } else if (character === '}' || character === ']') {
      depth -= 1;
    } else if (character === '-' || (character !== undefined && character >= '0' && character <= '9')) {
      const start = at;
      while (/[-+.0-9eE]/.test(text[at + 1] ?? '')) at += 1;
      const number = text.slice(start, at + 1);
      if (!/^-?[0-9]{1,16}$/.test(number) || number === '-0' || !Number.isSafeInteger(Number(number))) return false;
    }
  }
  for (const [, lone] of text.matchAll(SURROGATES)) if (lone !== undefined) return false;
  return true;
}

/** @type {Form} */
const isString = (value) => typeof value === 'string';
/** @type {Form} */
const isPositive = (value) => Number.isSafeInteger(value) && value >= 1;
/** @type {Form} */
const isLength = (value) => Number.isSafeInteger(value) && value >= 0;
/** @param {Form} form @returns {Form} */
const listOf = (form) => (value) => Array.isArray(value) && value.every(form);
/** @param {Form} form @returns {Form} */
const mapOf = (form) => (value) => isObject(value) && Object.values(value).every(form);
/** @param {Form} form @returns {Form} an absent member */
const optional = (form) => (value) => value === undefined || form(value);
/** @param {Record<string, Form>} members @returns {Form} */
const objectWith = (members) => (value) => isObject(value) && Object.entries(members).every(([name, form]) => form(member(value, name)));

/** The public portion is looked at when a signature is verified: there can be keys of which nobody here knows. */
const isKey = objectWith({ keytype: isString, scheme: isString, keyval: isObject });

// A threshold of 0 would be a role that anybody signs.
const signers = { keyids: listOf(isString), threshold: isPositive };

const isHashes = mapOf(isString);
const isListed = objectWith({ version: isPositive, length: optional(isLength), hashes: optional(isHashes) });
const isTarget = objectWith({ length: isLength, hashes: isHashes });

const hasDelegatedForm = objectWith({
  name: isString,
  ...signers,
  terminating: (value) => typeof value === 'boolean',
  paths: optional(listOf(isString)),
  path_hash_prefixes: optional(listOf(isString)),
});

/** One of both lists of paths, and not the other. @type {Form} */
const isDelegated = (value) => hasDelegatedForm(value) && Object.hasOwn(value, 'paths') !== Object.hasOwn(value, 'path_hash_prefixes');

/** One name twice, or a top-level one or none, would make two roles out of one version in the snapshot. @type {Form} */
const isDelegatedList = (value) => {
  if (!listOf(isDelegated)(value)) return false;
  const names = value.map((/** @type {any} */ role) => role.name);
  return new Set(['', ...TOP_LEVEL, ...names]).size === 1 + TOP_LEVEL.length + names.length;
};

const isDelegations = objectWith({ keys: mapOf(isKey), roles: optional(isDelegatedList) });

const isTopLevelRole = objectWith(signers);

/** @type {Readonly<Record<Kind, Form>>} */
const SIGNED = Object.freeze({
  root: objectWith({
    keys: mapOf(isKey),
    roles: objectWith(Object.fromEntries(TOP_LEVEL.map((name) => [name, isTopLevelRole]))),
    // Optional, for metadata that is older than consistent snapshots.
    consistent_snapshot: optional((value) => typeof value === 'boolean'),
  }),
  timestamp: objectWith({ meta: objectWith({ 'snapshot.json': isListed }) }),
  snapshot: objectWith({ meta: mapOf(isListed) }),
  targets: objectWith({ targets: mapOf(isTarget), delegations: optional(isDelegations) }),
});

const hasCommonForm = objectWith({ version: isPositive, expires: (value) => parseTime(value) !== null });

/** @param {Json} signed @param {Kind} kind */
export const hasForm = (signed, kind) => hasCommonForm(signed) && SIGNED[kind](signed);

const hasSignaturesForm = listOf(objectWith({ keyid: isString, sig: isString }));

/** A key id stands once in `signatures`: TUF does not allow more (section 4.2). @type {Form} */
export const isSignatures = (value) => hasSignaturesForm(value) && new Set(value.map((/** @type {any} */ one) => one.keyid)).size === value.length;

// Section 6.5.
const LIMITS = Object.freeze({ signatures: 128, keyIds: 64, keys: 4_096, roles: 20_000, texts: 100_000 });

/**
 * MOTD-GATE-17: no more than can be verified in a moment, of a role that has its form.
 * @param {Record<string, any>} signed
 * @param {Json[]} signatures
 * @param {Kind} kind
 * @returns {boolean}
 */
export function isWithinLimits(signed, signatures, kind) {
  if (signatures.length > LIMITS.signatures) return false;
  const delegations = kind === 'targets' ? (member(signed, 'delegations') ?? {}) : {};
  /** @type {any[]} */
  const delegated = member(delegations, 'roles') ?? [];
  const roles = kind === 'root' ? TOP_LEVEL.map((name) => signed['roles'][name]) : delegated;
  const keys = (kind === 'root' ? signed : delegations)['keys'] ?? {};
  const texts = delegated.reduce((sum, { keyids, paths = [], path_hash_prefixes: prefixes = [] }) => sum + keyids.length + paths.length + prefixes.length, 0);
  return (
    Object.keys(keys).length <= LIMITS.keys &&
    roles.length <= LIMITS.roles &&
    roles.every(({ keyids }) => keyids.length <= LIMITS.keyIds) &&
    texts <= LIMITS.texts
  );
}
