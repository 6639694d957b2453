/**
 * The state folder of one source (spec 6.7), and in it one for each chain of roots. One JSON file for each matter; no name in
 * it comes from a document or from metadata (MOTD-STATE-5), because roles stand inside the files.
 */
import { closeSync, constants, fstatSync, fsyncSync, lstatSync, mkdirSync, openSync, readFileSync, readdirSync, realpathSync, renameSync, rmSync, statSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StateError } from '../errors.js';

/** The installer's own fixed sentences (MOTD-FAIL-2). */
export const WARNINGS = Object.freeze({
  unusable: 'the state folder cannot be used; this run is stateless',
  locked: 'another process holds the state folder; this run is stateless',
  corrupt: 'a corrupt state file was set aside',
});

const BYTES_LIMIT = 48_000_000;
const CHAIN_NAME = /^[0-9a-f]{64}$/;

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;

export class StateFolder {
  /** @type {Set<string>} */
  warnings = new Set();

  /** @param {string} path @param {boolean} locked whether this process holds the lock and can write */
  constructor(path, locked) {
    this.path = path;
    this.locked = locked;
  }

  /**
   * Opens the folder and tries its lock, without waiting. A stateless run reads what nobody else could write
   * (MOTD-STATE-4, MOTD-STATE-7).
   * @param {string} path
   * @returns {{ folder: StateFolder | null, warning: string | null }} no folder: it counts as empty
   */
  static open(path) {
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      // MOTD-STATE-7: files of root in the folder of a user would break that user's next run.
      const { mode } = statSync(path);
      // An administrator can write everywhere, and a folder that is read-only is meant so all the same.
      if (!isOursAlone(path)) return { folder: null, warning: WARNINGS.unusable };
      if ((mode & 0o200) === 0) return { folder: new StateFolder(path, false), warning: WARNINGS.unusable };
    } catch {
      return { folder: null, warning: WARNINGS.unusable };
    }
    try {
      if (acquire(join(path, 'lock'))) return { folder: new StateFolder(path, true), warning: null };
      return { folder: new StateFolder(path, false), warning: WARNINGS.locked };
    } catch {
      // Such as a disk that became read-only.
      return { folder: new StateFolder(path, false), warning: WARNINGS.unusable };
    }
  }

  /** The names of the folders of chains in it. */
  chains() {
    try {
      return readdirSync(this.path).filter((name) => CHAIN_NAME.test(name) && isOwnFolder(join(this.path, name)));
    } catch {
      return [];
    }
  }

  /** The folder of a chain, under the same lock; it is made when it is missing. @param {string} name @returns {StateFolder} */
  within(name) {
    const path = join(this.path, name);
    let locked = this.locked;
    try {
      if (locked) mkdirSync(path, { recursive: true, mode: 0o700 });
      // MOTD-STATE-3, MOTD-STATE-7
      locked = locked && isOwnFolder(path) && (lstatSync(path).mode & 0o200) !== 0;
    } catch {
      locked = false;
    }
    if (this.locked && !locked) this.warnings.add(WARNINGS.unusable);
    const folder = new StateFolder(path, locked);
    folder.warnings = this.warnings;
    return folder;
  }

  /** @param {string} name */
  removeChain(name) {
    if (this.locked) rmSync(join(this.path, name), { recursive: true, force: true });
  }

  /** Removes files that can be spared. @param {(name: string) => boolean} isSpare */
  discard(isSpare) {
    if (!this.locked) return;
    for (const name of readdirSync(this.path).filter(isSpare)) remove(join(this.path, name));
  }

  /**
   * @template T
   * @param {string} name
   * @param {(value: any) => T} decode throws on what it does not understand
   * @returns {T | null} `null` when absent or corrupt
   */
  read(name, decode) {
    const file = join(this.path, name);
    try {
      // MOTD-STATE-3
      const opened = openSync(file, O_RDONLY | O_NOFOLLOW);
      try {
        if (!fstatSync(opened).isFile()) throw new StateError('corrupt');
        return decode(JSON.parse(readFileSync(opened, 'utf8')));
      } finally {
        closeSync(opened);
      }
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return null;
      this.#setAside(file);
      return null;
    }
  }

  /** MOTD-STATE-6. Renaming a link moves the link and not what it names. @param {string} file */
  #setAside(file) {
    this.warnings.add(WARNINGS.corrupt);
    if (!this.locked) return;
    try {
      renameSync(file, `${file}.corrupt`);
    } catch {
      // It stays where it is, and is not believed there either.
    }
  }

  /**
   * MOTD-STATE-2: written beside, then renamed, so that the file holds its old bytes or its new ones.
   * @param {string} name
   * @param {unknown} value
   * @param {{ durable?: boolean, bounded?: boolean }} [options] `durable`: wait for the disk, for what has to outlive a loss
   *   of power; `bounded`: only while the folder stays within its bound
   * @returns {boolean} whether it is stored
   */
  write(name, value, { durable = false, bounded = false } = {}) {
    if (!this.locked) return false;
    const text = JSON.stringify(value);
    if (bounded && !this.#hasRoom(name, text.length)) return false;
    const file = join(this.path, name);
    const beside = `${file}.new`;
    try {
      remove(beside);
      const opened = openSync(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
      try {
        // All of it, or an error: one write can end early on a full disk.
        writeFileSync(opened, text);
        if (durable) fsyncSync(opened);
      } finally {
        closeSync(opened);
      }
      renameSync(beside, file);
      return true;
    } catch {
      // MOTD-FAIL-1: a full disk is no failure of an install.
      this.warnings.add(WARNINGS.unusable);
      return false;
    }
  }

  /** Section 6.5. @param {string} name @param {number} length */
  #hasRoom(name, length) {
    try {
      const others = readdirSync(this.path).filter((other) => other !== name);
      const sizes = others.map((other) => lstatSync(join(this.path, other)).size);
      return sizes.reduce((sum, size) => sum + size, length) <= BYTES_LIMIT;
    } catch {
      return false;
    }
  }

  close() {
    if (this.locked) remove(join(this.path, 'lock'));
    this.locked = false;
  }
}

/** @param {string} file */
function remove(file) {
  try {
    unlinkSync(file);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
  }
}

/**
 * Node has no advisory locks, so the lock is a file with the number of the process that made it. One that is left by
 * a process which is no more is taken over; the README names the limits of this.
 * @param {string} lock
 * @returns {boolean}
 */
function acquire(lock) {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      const opened = openSync(lock, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
      writeSync(opened, String(process.pid));
      closeSync(opened);
      return true;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
      if (isHeld(lock)) return false;
      remove(lock);
    }
  }
  return false;
}

/** @param {string} lock */
function isHeld(lock) {
  try {
    if (!lstatSync(lock).isFile()) return true;
    const owner = Number(readFileSync(lock, 'utf8'));
    if (!Number.isSafeInteger(owner) || owner <= 0) return true;
    process.kill(owner, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and belongs to somebody else.
    return !['ESRCH', 'ENOENT'].includes(String(/** @type {NodeJS.ErrnoException} */ (error).code));
  }
}

/**
 * MOTD-STATE-7: the folder is this user's, and nobody else can write to it or replace it. Links on the way are resolved first.
 * @param {string} path
 */
function isOursAlone(path) {
  if (process.geteuid === undefined || process.getegid === undefined) return true;
  const [user, group] = [process.geteuid(), process.getegid()];
  const folder = realpathSync(path);
  for (let at = folder; ; at = dirname(at)) {
    const { uid, gid, mode } = statSync(at);
    const others = (mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && gid !== group);
    const sticky = at !== folder && (mode & 0o1000) !== 0;
    const trusted = uid === user || (at !== folder && (uid === 0 || uid === UNMAPPED));
    if (!trusted || (others && !sticky)) return false;
    if (at === dirname(at)) return true;
  }
}

/** @param {string} path */
const isOwnFolder = (path) => lstatSync(path).isDirectory() && isOursAlone(path);

/** What Linux shows for an owner of another user namespace. */
const UNMAPPED = 65_534;
