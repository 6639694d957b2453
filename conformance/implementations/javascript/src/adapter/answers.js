/** The four answers of the plug-in protocol, without the id. */

/** @typedef {{ status: 'accepted', result: object }} Accepted */
/** @typedef {{ status: 'rejected', stage: string, code: string }} Rejected */
/** @typedef {{ status: 'unsupported', reason: string }} Unsupported */
/** @typedef {{ status: 'error', message: string }} Failed */
/** @typedef {Accepted | Rejected | Unsupported | Failed} Answer */

/** @param {object} result @returns {Accepted} */
export const accepted = (result) => ({ status: 'accepted', result });

/** What was asked is refused. @param {string} stage @param {string} code @returns {Rejected} */
export const rejected = (stage, code) => ({ status: 'rejected', stage, code });

/** @param {string} reason @returns {Unsupported} */
export const unsupported = (reason) => ({ status: 'unsupported', reason });

/** The adapter failed; never a refusal. @param {string} message @returns {Failed} */
export const failed = (message) => ({ status: 'error', message });
