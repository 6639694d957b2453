/** The forms of the requests of the plug-in protocol, version 1, for the operations that this implementation has. */
import { boolean, bytes, folder, integer, listOf, mapOf, nullable, object, oneOf, optional, string, time } from './shapes.js';

/** @typedef {import('./shapes.js').Read<typeof machine>} MachineRequest */
/** @typedef {import('./shapes.js').Read<typeof source>} SourceRequest */
/** @typedef {import('./shapes.js').Read<typeof parse>} ParseRequest */
/** @typedef {import('./shapes.js').Read<typeof select>} SelectRequest */
/** @typedef {import('./shapes.js').Read<typeof render>} RenderRequest */
/** @typedef {import('./shapes.js').Read<typeof check>} CheckRequest */
/** @typedef {import('./shapes.js').Read<typeof acknowledge>} AcknowledgeRequest */

/** Members of every request. */
const envelope = { id: string, operation: string };

const machine = object({
  components: mapOf(listOf(string)),
  os: nullable(string),
  arch: nullable(string),
  command: nullable(string),
  languages: nullable(listOf(string)),
  environment: mapOf(string),
  rollout_secret: nullable(string),
});

const source = object({ name: string, repository: string, root: bytes, metadata_url: string, targets_url: string, kind: optional(oneOf('sidecar', 'in-band')) });

export const hello = object({ ...envelope, protocol: integer(1), specification: string });

/** Exactly one of `target` and `entry` is there; the operation sees to it. */
export const parse = object({ ...envelope, repository: string, target: optional(bytes), entry: optional(string) });

export const select = object({ ...envelope, repository: string, document: bytes, now: time, machine });

export const render = object({
  ...envelope,
  sources: listOf(object({ name: string, repository: string, document: bytes })),
  now: time,
  machine,
  form: oneOf('terminal', 'plain', 'ascii'),
  columns: nullable(integer(0)),
});

export const check = object({
  ...envelope,
  source,
  state: nullable(folder),
  now: time,
  kind: oneOf('explicit', 'automatic', 'list'),
  machine,
  output: object({ form: oneOf('terminal', 'pipe', 'json'), columns: nullable(integer(0)), plain: boolean, quiet: boolean }),
  installer: object({ name: string, version: string }),
  deadline_milliseconds: integer(1),
  offline: boolean,
  interval_seconds: integer(3600, 86_400),
  command: nullable(object({ milliseconds: integer(0), used_network: boolean, stdout: string, exit_status: integer(0, 255) })),
});

export const acknowledge = object({ ...envelope, source, state: folder, now: time, ids: listOf(string) });
