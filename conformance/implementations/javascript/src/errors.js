/**
 * One error class for each of those who must act, each with a stable code. A document, notice or language that is
 * refused, and a notice that is skipped, are values and no errors.
 */

/** Whatever this library throws. The message is the code: nothing that was not verified stands in it (MOTD-FAIL-2). */
export class MotdError extends Error {
  /**
   * @param {string} code of the registry of reason codes, or one of this library for callers and state
   * @param {string | null} [stage]
   */
  constructor(code, stage = null) {
    super(stage === null ? code : `${stage}: ${code}`);
    this.name = new.target.name;
    this.code = code;
    this.stage = stage;
  }
}

/** A verification failure: the repository's operators must act (spec 6.4, second table). */
export class RepositoryError extends MotdError {}

/** Unavailability: the network, or whoever runs it, must act (spec 6.4, first table). */
export class NetworkError extends MotdError {}

/** A mirror lags behind (MOTD-GATE-9). */
export class MirrorError extends MotdError {}

/** The state folder: the owner of the machine must act. */
export class StateError extends MotdError {}

/** The program that calls this library must act. */
export class CallerError extends MotdError {}
