/**
 * A check of one source: the gate (spec 6.3), and what it lets through (spec 6.12). The clock is given.
 */
import { isRepository, formatTime } from '../document/grammar.js';
import { requireSourceName } from '../display/render.js';
import { emptySeen } from '../display/seen.js';
import { limit, select } from '../display/select.js';
import { languagesOf } from '../display/language.js';
import { CallerError, MotdError, NetworkError, RepositoryError } from '../errors.js';
import { chainFolder, rootFile } from './chains.js';
import { noFloors, raiseRoot } from './floors.js';
import { firstRoot, nextRoot } from './metadata.js';
import { decodeFloors, decodeRoot, decodeSeen, decodeSet, encodeRoot, encodeSet } from './records.js';
import { begin, complete, decodeAttempts, holdBack, isDue, isHeldBack, noAttempts } from './schedule.js';
import { StateFolder } from './state.js';
import { Transport } from './transport.js';
import { fromTimestamp, refresh } from './workflow.js';

/** @typedef {import('./workflow.js').FileSet} FileSet */
/** @typedef {import('../document/judge.js').Judgement} Judgement */
/** @typedef {import('../display/select.js').Selected} Selected */
/**
 * @typedef {{
 *   name: string, repository: string, root: Uint8Array, metadata_url: string, targets_url?: string, allow_http?: boolean, kind?: 'sidecar' | 'in-band'
 * }} Source
 */
/**
 * @typedef {{
 *   now: () => number, state?: string | null, mode?: 'explicit' | 'automatic', offline?: boolean, asked?: boolean,
 *   environment?: Readonly<Record<string, string | undefined>>, languages?: readonly string[],
 *   machine?: import('../document/audience.js').Machine, user_agent?: string, deadline_ms?: number,
 *   interval?: number, random?: () => number, signal?: AbortSignal
 * }} CheckOptions
 *   `now` gives seconds and is asked once; `state` is a folder, without it the run is stateless;
 *   `user_agent` is `<installer>/<version>`
 */
/** @typedef {{ stage: string, code: string, until?: string }} Failure */
/**
 * @typedef {{
 *   state: 'fresh' | 'cached' | 'none', failure: Failure | null, notices: Selected[],
 *   requests: number, round_trips: number, bytes: number, last_success: string | null, warnings: string[],
 *   reference_time: string | null, exit_status: 0 | 3 | 4 | 5
 * }} Answer
 *   the object of section 6.12, with the reference time and the exit status beside it
 */

const DEADLINE_MS = 10_000;
const INTERVAL = 6 * 3600;
/** @type {FileSet} */
const NO_FILES = Object.freeze({ timestamp: null, snapshot: null, roles: [], target: null });
/** The fixed line of section 6.13. */
export const OFF = 'the notices are switched off';

/**
 * The object of section 6.12, under the limit of one run (MOTD-SHOW-5). Writes nothing, and records no display.
 * @param {Source} source
 * @param {CheckOptions} options
 * @returns {Promise<Answer>}
 */
export async function check(source, options) {
  const answer = await evaluate(source, options);
  const [limited] = limit([{ source: source.name, notices: answer.notices }], options.asked).selections;
  return { ...answer, notices: limited?.notices ?? [] };
}

/**
 * The same before step 16: what is due in one source, however many others there are.
 * @param {Source} source
 * @param {CheckOptions} options
 * @returns {Promise<Answer>}
 */
export async function evaluate(source, options) {
  const { environment = {}, mode = 'explicit' } = options;
  requireSource(source);
  // MOTD-OFF-1: no request, no file.
  if (environment['MOTD'] === 'off') return { ...nothing(), warnings: [OFF] };
  // MOTD-GATE-1
  const time = Math.floor(options.now());
  const opened = options.state ? StateFolder.open(options.state) : { folder: null, warning: null };
  const transport = new Transport({
    userAgent: `${options.user_agent ?? 'tuf-motd-js/1.0.0'} tuf-motd/1.0`,
    deadlineMs: options.deadline_ms ?? DEADLINE_MS,
    ...(options.signal ? { signal: options.signal } : {}),
  });
  try {
    return await run({ source, options, mode, time, folder: opened.folder, warning: opened.warning, transport });
  } finally {
    transport.close();
    opened.folder?.close();
  }
}

/**
 * @typedef {{
 *   source: Source, options: CheckOptions, mode: 'explicit' | 'automatic', time: number,
 *   folder: StateFolder | null, warning: string | null, transport: Transport
 * }} Run
 */

/** @param {Run} current @returns {Promise<Answer>} */
async function run(current) {
  const { source, options, mode, time, transport } = current;
  const configured = configuredRoot(source);
  const store = current.folder && chainFolder(current.folder, configured, time);
  const keep = keeper(store, configured);
  let isKept = store?.locked ?? false;
  const seen = current.folder?.read('seen', decodeSeen) ?? emptySeen();
  let attempts = store?.read('attempts', decodeAttempts) ?? noAttempts();
  const completeSet = store?.read('set', decodeSet) ?? null;
  const staged = store?.read('staged', decodeSet) ?? null;
  const trusted = {
    ...trustedRoot(configured, store),
    stored: [staged, completeSet].flatMap((set) => (set === null ? [] : [set])),
  };

  /** @type {{ judgement: Judgement | null, state: 'fresh' } | null} */
  let fresh = null;
  /** @type {MotdError | null} */
  let error = null;
  /** @type {string | undefined} */
  let until;
  if (isHeldBack(attempts, time)) {
    // MOTD-NET-3: an explicit check says so; an automatic one has nothing due.
    if (mode === 'explicit') error = new NetworkError('status', 'root');
    until = formatTime(Math.ceil(Number(attempts.retryUntil)));
  } else if (options.offline !== true && (mode === 'explicit' || (isKept && isDue(attempts, time)))) {
    const random = options.random ?? Math.random;
    // MOTD-NET-4: written down before the first request. An automatic check that cannot be recorded is not sent.
    attempts = begin(attempts, time, intervalOf(options), random);
    isKept = store?.write('attempts', attempts) ?? false;
    if (mode === 'explicit' || isKept) {
      try {
        const { judgement, set } = await refresh(sessionOf(current, store, keep, trusted));
        // MOTD-STATE-1: in one step, and only a complete one.
        if (keep('set', encodeSet(set))) store?.write('staged', encodeSet(NO_FILES));
        attempts = complete(attempts, time, intervalOf(options), random);
        fresh = { judgement, state: 'fresh' };
      } catch (thrown) {
        error = asFailure(thrown);
        attempts = holdBack(attempts, time, transport.retryAfter);
      }
      store?.write('attempts', attempts);
    }
  }

  // MOTD-GATE-2 to MOTD-GATE-5, MOTD-GATE-16
  // MOTD-STATE-4: a display beside a command that cannot be recorded would come back with every command.
  const isSilent = error instanceof RepositoryError || (mode === 'automatic' && !isKept);
  const believed = fresh ?? (isSilent ? null : await cached(current, trusted.root, completeSet));
  const state = believed?.state ?? 'none';
  const judgement = believed?.judgement ?? null;
  const selection =
    judgement === null
      ? { notices: [], seen }
      : select(judgement, { time, machine: options.machine ?? {}, languages: options.languages ?? languagesOf(options.environment ?? {}), seen, asked: options.asked ?? false });
  // MOTD-REP-6: a corrected time is stored so.
  if (judgement !== null) current.folder?.write('seen', selection.seen);
  return {
    state,
    failure: failureOf(error, until, state, judgement),
    notices: selection.notices,
    requests: transport.requests,
    round_trips: transport.roundTrips,
    bytes: transport.bytes,
    last_success: attempts.completed === null ? null : formatTime(Math.min(attempts.completed, time)),
    warnings: [current.warning, ...(store?.warnings ?? [])].filter((warning) => warning !== null),
    reference_time: formatTime(time),
    exit_status: exitStatus(error, state, judgement),
  };
}

/**
 * Steps 2 and 3: the newest stored root to which a chain leads from the configured one, and the floors.
 * @param {import('./metadata.js').Role} configured
 * @param {StateFolder | null} store
 */
function trustedRoot(configured, store) {
  let root = configured;
  // A chain leads from the configured root; what is missing, corrupt or not signed by it ends the chain.
  for (let next = nextStored(store, root); next !== null; next = nextStored(store, root)) root = next;
  const floors = store?.read('floors', decodeFloors) ?? noFloors();
  return { root, floors: raiseRoot(floors, root) };
}

/** @param {Source} source @returns {import('./metadata.js').Role} */
function configuredRoot(source) {
  try {
    return firstRoot(source.root);
  } catch {
    throw new CallerError('trusted-root');
  }
}

/** @typedef {(name: string, value: unknown) => boolean} Keep */

/**
 * Writes what has a bound in section 6.5: roots before the configured one go first, then staged files, then nothing more is kept.
 * @param {StateFolder | null} store @param {import('./metadata.js').Role} configured @returns {Keep}
 */
const keeper = (store, configured) => (name, value) => {
  if (store === null) return false;
  const write = () => store.write(name, value, { bounded: true });
  if (write()) return true;
  store.discard((other) => other.startsWith(rootFile('')) && Number(other.slice(rootFile('').length)) < configured.version);
  if (write()) return true;
  store.write('staged', encodeSet(NO_FILES));
  return name !== 'staged' && write();
};

/** @param {StateFolder | null} store @param {import('./metadata.js').Role} root */
function nextStored(store, root) {
  const bytes = store?.read(rootFile(root.version + 1), decodeRoot) ?? null;
  try {
    return bytes === null ? null : nextRoot(root, bytes);
  } catch {
    return null;
  }
}

/**
 * @param {Run} current
 * @param {StateFolder | null} store
 * @param {Keep} keep
 * @param {import('./workflow.js').Session['trusted']} trusted
 * @returns {import('./workflow.js').Session}
 */
function sessionOf({ source, time, transport }, store, keep, trusted) {
  let beside = store?.read('staged', decodeSet) ?? NO_FILES;
  const targets = source.targets_url ?? new URL('../targets/', source.metadata_url).href;
  return {
    time,
    repository: source.repository,
    kind: source.kind ?? 'sidecar',
    trusted,
    requireTime: (stage) => transport.requireTime(stage),
    get: (folder, name, size, stage) => transport.get((folder === 'metadata' ? source.metadata_url : targets) + name, size, stage),
    keep: {
      // Written before the floors (MOTD-FLOOR-2).
      root: (role) => void keep(rootFile(role.version), encodeRoot(role.bytes)),
      floors: (floors) => void store?.write('floors', floors, { durable: true }),
      // What an earlier run verified stays until it is replaced: a slow link gets there over several runs (MOTD-STATE-1).
      staged: (set) => {
        const renewed = new Set(set.roles.map(([name]) => name));
        beside = {
          timestamp: set.timestamp ?? beside.timestamp,
          snapshot: set.snapshot ?? beside.snapshot,
          roles: [...set.roles, ...beside.roles.filter(([name]) => !renewed.has(name))],
          target: set.target ?? beside.target,
        };
        keep('staged', encodeSet(beside));
      },
    },
  };
}

/**
 * MOTD-GATE-4: the complete set, verified again by the same steps, with nothing to ask.
 * @param {Run} current
 * @param {import('./metadata.js').Role} root
 * @param {FileSet | null} set
 * @returns {Promise<{ judgement: Judgement | null, state: 'cached' } | null>}
 */
async function cached({ source, time, options }, root, set) {
  const ends = performance.now() + (options.deadline_ms ?? DEADLINE_MS) / 4;
  if (set === null || set.timestamp === null) return null;
  const { timestamp } = set;
  const ignore = () => {};
  try {
    const { judgement } = await fromTimestamp({
      time,
      repository: source.repository,
      trusted: { root, floors: noFloors(), stored: [set] },
      requireTime: (stage) => {
        if (performance.now() >= ends) throw new NetworkError('timeout', stage);
      },
      get: async (folder, name, size, stage) => {
        if (folder === 'metadata' && name === 'timestamp.json') return { status: 200, bytes: timestamp };
        throw new NetworkError('connect', stage);
      },
      keep: { root: ignore, floors: ignore, staged: ignore },
    });
    return { judgement, state: 'cached' };
  } catch (error) {
    asFailure(error);
    return null;
  }
}

/** MOTD-NET-5: 6 hours, or what is set from 1 to 24 hours. @param {CheckOptions} options */
const intervalOf = ({ interval = INTERVAL }) => Math.min(Math.max(interval, 3600), 24 * 3600);

/** What is no failure of this library's own is a fault in it, and is not hidden. @param {unknown} error @returns {MotdError} */
function asFailure(error) {
  if (error instanceof MotdError && !(error instanceof CallerError)) return error;
  throw error;
}

/** @param {MotdError | null} error @param {string | undefined} until @param {string} state @param {Judgement | null} judgement @returns {Failure | null} */
function failureOf(error, until, state, judgement) {
  if (error !== null) return { stage: String(error.stage), code: error.code, ...(until === undefined ? {} : { until }) };
  if (judgement !== null && judgement.code !== null) return { stage: 'document', code: judgement.code };
  return null;
}

/** MOTD-CHECK-1. @param {MotdError | null} error @param {string} state @param {Judgement | null} judgement @returns {0 | 3 | 4 | 5} */
function exitStatus(error, state, judgement) {
  if (error instanceof RepositoryError) return 3;
  if (state === 'none') return 4;
  return state === 'fresh' && judgement?.verdict === 'refused' ? 5 : 0;
}

/** @returns {Answer} */
const nothing = () => ({ state: 'none', failure: null, notices: [], requests: 0, round_trips: 0, bytes: 0, last_success: null, warnings: [], reference_time: null, exit_status: 0 });

/** Whether a source can be used at all, before anything is done with it. It throws a `CallerError`. @param {Source} source */
export function requireConfigured(source) {
  requireSource(source);
  configuredRoot(source);
}

/** MOTD-BOOT-1, MOTD-SHOW-8: a source comes from the caller's configuration, and has its form. @param {Source} source */
function requireSource({ name, repository, metadata_url, targets_url, allow_http = false }) {
  requireSourceName(name);
  if (!isRepository(repository)) throw new CallerError('repository');
  for (const url of [metadata_url, ...(targets_url === undefined ? [] : [targets_url])]) {
    const parsed = URL.canParse(url) ? new URL(url) : null;
    const scheme = parsed?.protocol === 'https:' || (allow_http && parsed?.protocol === 'http:');
    if (parsed === null || !scheme || !url.endsWith('/') || parsed.search !== '' || parsed.hash !== '') throw new CallerError('url');
  }
}
