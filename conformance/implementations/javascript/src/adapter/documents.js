/** `parse`, `select` and `render`: documents, without a network. */
import { isObject, member, parseText } from '../document/json.js';
import { judge } from '../document/judge.js';
import { isAmbiguousWide, isUtf8, languagesOf } from '../display/language.js';
import { present } from '../display/present.js';
import { requireSourceName } from '../display/render.js';
import { effectiveSeverity, select as decide } from '../display/select.js';
import { decisionOf } from '../installer/explicit.js';
import { accepted, rejected } from './answers.js';
import { Garbled } from './shapes.js';

/** @typedef {import('./answers.js').Answer} Answer */
/** @typedef {import('../document/judge.js').Judgement} Judgement */
/** @typedef {import('../document/notice.js').JudgedNotice} JudgedNotice */
/** @typedef {import('./requests.js').MachineRequest} MachineRequest */

/** @param {import('./requests.js').ParseRequest} request @returns {Answer} */
export function parse({ repository, target, entry }) {
  if ((target === undefined) === (entry === undefined)) throw new Garbled('one of target and entry is there');
  const judgement = target === undefined ? judgeEntry(String(entry), repository) : judge(target, repository);
  return judgement.code === null ? accepted({ notices: judgement.notices.map(judged) }) : refusal(judgement);
}

/**
 * The custom carrier, as a TUF library holds it: a value out of JSON that somebody else parsed.
 * @param {string} text @param {string} repository
 */
function judgeEntry(text, repository) {
  const entry = parseText(text);
  const custom = isObject(entry) ? member(entry, 'custom') : undefined;
  if (!isObject(custom) || !Object.hasOwn(custom, 'motd')) throw new Garbled('entry has no custom.motd');
  return judge(custom['motd'], repository, { entry });
}

/** @param {Judgement} judgement of a document that was refused */
const refusal = ({ stage, code }) => rejected(String(stage), String(code));

/** @param {JudgedNotice} notice */
function judged({ id, code, languages, notice }) {
  const refused = languages.filter((language) => language.verdict === 'refused');
  return {
    id,
    code,
    refused_languages: Object.fromEntries(refused.map((language) => [language.tag, language.code])),
    notice: notice === null ? null : understood(notice),
  };
}

/** @param {import('../document/notice.js').Notice} notice */
function understood(notice) {
  const { revision, topic, begins, ends, repeat, resolves, text, links } = notice;
  return { revision, severity: effectiveSeverity(notice), topic, begins, ends, repeat, resolves, text, links };
}

/** What a machine knows, as the library asks for it. @param {MachineRequest} machine */
export function surroundings({ components, os, arch, command, languages, environment: pairs }) {
  const environment = Object.fromEntries(pairs);
  return {
    machine: { os, arch, command, components: components.map(([purl, versions]) => ({ purl, versions })) },
    environment,
    languages: languages ?? languagesOf(environment),
  };
}

/** @param {import('./requests.js').SelectRequest} request @returns {Answer} */
export function select({ repository, document, now, machine }) {
  const judgement = judge(document, repository);
  if (judgement.code !== null) return refusal(judgement);
  const { notices } = decide(judgement, { time: now, ...surroundings(machine), asked: true });
  return accepted({ notices: notices.map(decisionOf) });
}

/** @param {import('./requests.js').RenderRequest} request @returns {Answer} */
export function render({ sources, now, machine, form, columns }) {
  if (sources.length === 0) throw new Garbled('sources does not have its form');
  sources.forEach(({ name }) => requireSourceName(name)); // MOTD-SHOW-8
  const judgements = sources.map(({ repository, document }) => judge(document, repository));
  const refused = judgements.find(({ code }) => code !== null);
  if (refused !== undefined) return refusal(refused);
  const around = surroundings(machine);
  const selections = sources.map(({ name }, at) => ({ source: name, notices: decide(/** @type {Judgement} */ (judgements[at]), { time: now, ...around }).notices }));
  const presented = present(selections, { form, columns, ambiguousWide: isAmbiguousWide(around.languages), utf8: isUtf8(around.environment) });
  return accepted({ lines: presented.lines, notices: presented.selections.map(({ notices }) => notices.map(decisionOf)) });
}
