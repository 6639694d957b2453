/**
 * Audiences: their form (MOTD-AUD-1 to 3), and whether one matches a machine (MOTD-AUD-4 to 8). Spec 4.1 to 4.3.
 */
import { ARCHITECTURES, COMMANDS, OPERATING_SYSTEMS } from '../generated/registries.js';
import { contains, parseRange } from '../versions/range.js';
import { isId } from './grammar.js';
import { isObject, member } from './json.js';
import { normalisePurl, parsePurl, samePurl, schemesOf } from './purl.js';

/** @typedef {import('./json.js').Json} Json */
/**
 * @typedef {{ purl: string, versions: (string | null)[] }} Component
 *   one installed component; `null` is a version that cannot be read
 */
/** @typedef {{ os?: string | null, arch?: string | null, command?: string | null, components?: Component[] }} Machine */

const CLAUSES_LIMIT = 16;
const TOKENS_LIMIT = 16;
const COMPONENTS_LIMIT = 32;

/** The members of a clause that hold tokens, in the order of section 2.6. */
const TOKENS = Object.freeze([
  { name: 'os', of: 'os', registered: OPERATING_SYSTEMS },
  { name: 'arch', of: 'arch', registered: ARCHITECTURES },
  { name: 'commands', of: 'command', registered: COMMANDS },
]);

// `rollout` is of a feature that this processor does not have: an undefined member, and so a false clause.
const CLAUSE_MEMBERS = new Set(['components', 'os', 'arch', 'commands']);
const COMPONENT_MEMBERS = new Set(['purl', 'versions']);

/** @param {Json} value @param {number} limit @returns {value is Record<string, Json>[]} */
const isListOfMembers = (value, limit) =>
  Array.isArray(value) &&
  value.length >= 1 &&
  value.length <= limit &&
  value.every((item) => isObject(item) && Object.keys(item).length > 0);

/**
 * The first fault of an audience that is present, in the order of section 2.6.
 * @param {Json} audience
 * @returns {string | null} a reason code
 */
export function audienceFault(audience) {
  // MOTD-AUD-1: the array and every clause's type before anything inside a clause.
  if (!isListOfMembers(audience, CLAUSES_LIMIT)) return 'audience-malformed';
  for (const clause of audience) {
    const components = member(clause, 'components');
    if (components !== undefined) {
      const fault = componentsFault(components);
      if (fault !== null) return fault;
    }
    for (const { name } of TOKENS) {
      const tokens = member(clause, name);
      // MOTD-AUD-2
      if (tokens !== undefined && !(Array.isArray(tokens) && tokens.length >= 1 && tokens.length <= TOKENS_LIMIT && tokens.every(isId))) {
        return 'clause-malformed';
      }
    }
  }
  return null;
}

/** @param {Json} components @returns {string | null} */
function componentsFault(components) {
  // MOTD-AUD-3
  if (!isListOfMembers(components, COMPONENTS_LIMIT)) return 'components-malformed';
  for (const component of components) {
    // MOTD-PURL-1, MOTD-PURL-2
    const purl = parsePurl(member(component, 'purl'));
    if (purl === null) return 'purl-malformed';
    const versions = member(component, 'versions');
    if (versions === undefined) continue;
    // MOTD-VERS-1 to 5
    const { fault } = parseRange(versions, schemesOf(purl.type));
    if (fault !== null) return fault;
  }
  return null;
}

/**
 * MOTD-AUD-4: an absent audience is everyone; otherwise one clause has to match.
 * @param {Record<string, Json>[] | null} audience one that `audienceFault` passed
 * @param {Machine} machine
 */
export const audienceMatches = (audience, machine) => audience === null || audience.some((clause) => clauseMatches(clause, machine));

/** @param {Record<string, Json>} clause @param {Machine} machine */
function clauseMatches(clause, machine) {
  // MOTD-AUD-6: a member that is not defined here makes its clause false.
  if (!Object.keys(clause).every((name) => CLAUSE_MEMBERS.has(name))) return false;
  // MOTD-AUD-5: every member that is present has to match.
  for (const { name, of, registered } of TOKENS) {
    const tokens = member(clause, name);
    // MOTD-AUD-7: a machine without a token, or with an unregistered one, has none that equals.
    const own = /** @type {Record<string, unknown>} */ (machine)[of];
    if (tokens !== undefined && !(typeof own === 'string' && registered.has(own) && tokens.includes(own))) return false;
  }
  const components = member(clause, 'components') ?? [];
  return components.every((/** @type {Record<string, Json>} */ component) => componentMatches(component, machine));
}

/** @param {Record<string, Json>} component @param {Machine} machine */
function componentMatches(component, machine) {
  if (!Object.keys(component).every((name) => COMPONENT_MEMBERS.has(name))) return false;
  const wanted = parsePurl(member(component, 'purl'));
  if (wanted === null) return false;
  const installed = (machine.components ?? []).filter((item) => {
    // MOTD-PURL-3
    const own = normalisePurl(item.purl);
    return own !== null && samePurl(wanted, own);
  });
  const versions = installed.flatMap((item) => item.versions);
  const written = member(component, 'versions');
  // MOTD-VERS-10: without a range it is enough to be installed, in whatever version, readable or not.
  if (written === undefined) return versions.length > 0;
  const result = parseRange(written, schemesOf(wanted.type));
  // MOTD-AUD-8: any one of the installed versions.
  return result.fault === null && versions.some((version) => contains(result.range, version));
}
