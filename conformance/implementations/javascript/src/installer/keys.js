/**
 * Public keys by value, and signatures by them (TUF 4.2, MOTD-DEL-5). A key has one value and can have many texts.
 */
import { constants, createPublicKey, verify } from 'node:crypto';
import { isObject, member } from '../document/json.js';

/** @typedef {import('../document/json.js').Json} Json */
/** @typedef {import('node:crypto').KeyObject} KeyObject */
/** @typedef {{ digest: string | null, suits: (key: KeyObject) => boolean }} Scheme */

const RSA_BITS_LEAST = 2048;

/** @param {string} digest @returns {Scheme} */
const rsa = (digest) => ({ digest, suits: (key) => key.asymmetricKeyType === 'rsa' && Number(key.asymmetricKeyDetails?.modulusLength) >= RSA_BITS_LEAST });
/** @param {string} digest @param {string} curve @returns {Scheme} */
const ecdsa = (digest, curve) => ({ digest, suits: (key) => key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === curve });

/** @type {ReadonlyMap<unknown, Scheme>} */
const SCHEMES = new Map([
  ['ed25519', { digest: null, suits: (key) => key.asymmetricKeyType === 'ed25519' }],
  ['rsassa-pss-sha256', rsa('sha256')],
  ['rsassa-pss-sha384', rsa('sha384')],
  ['rsassa-pss-sha512', rsa('sha512')],
  ['ecdsa-sha2-nistp256', ecdsa('sha256', 'prime256v1')],
  ['ecdsa-sha2-nistp384', ecdsa('sha384', 'secp384r1')],
]);

const ED25519_HEX = /^[0-9a-fA-F]{64}$/;
const SIGNATURE_HEX = /^(?:[0-9a-fA-F]{2})+$/;

/**
 * The value of a key of which a signature by this metadata key would count, else `null`.
 * @param {Json} written as metadata has it
 * @returns {{ scheme: Scheme, key: KeyObject } | null}
 */
function readKey(written) {
  const scheme = SCHEMES.get(member(written, 'scheme'));
  const values = member(written, 'keyval');
  const text = isObject(values) ? member(values, 'public') : undefined;
  if (scheme === undefined || typeof text !== 'string') return null;
  try {
    const key = ED25519_HEX.test(text)
      ? createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(text, 'hex').toString('base64url') } })
      : createPublicKey(requirePem(text));
    return scheme.suits(key) ? { scheme, key } : null;
  } catch {
    return null;
  }
}

/** @param {string} text */
function requirePem(text) {
  if (!text.startsWith('-----BEGIN PUBLIC KEY-----')) throw new TypeError('no PEM');
  return text;
}

/** As a JSON Web Key there is one text for each value, whatever the lines of PEM or the form of a point. @param {KeyObject} key */
const valueOf = (key) => {
  const { kty, crv, n, e, x, y } = key.export({ format: 'jwk' });
  return JSON.stringify([kty, crv, n, e, x, y]);
};

/** The value of a key, or `null` where there is none that could sign. @param {Json | undefined} written */
export const valueOfKey = (written) => {
  const read = written === undefined ? null : readKey(written);
  return read === null ? null : valueOf(read.key);
};

/**
 * The value of the key that made a signature; `null` when it did not, or is of a kind that is not known here.
 * @param {Json} written
 * @param {Uint8Array} bytes what is signed
 * @param {string} signature in hexadecimal
 * @returns {string | null}
 */
export function signerOf(written, bytes, signature) {
  const read = SIGNATURE_HEX.test(signature) ? readKey(written) : null;
  if (read === null) return null;
  const { scheme, key } = read;
  const padding = key.asymmetricKeyType === 'rsa' ? { padding: constants.RSA_PKCS1_PSS_PADDING } : {};
  try {
    return verify(scheme.digest, bytes, { key, ...padding }, Buffer.from(signature, 'hex')) ? valueOf(key) : null;
  } catch {
    return null;
  }
}
