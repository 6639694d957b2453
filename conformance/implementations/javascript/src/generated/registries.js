// Written by scripts/generate.js from spec/; do not edit.

/** @type {ReadonlySet<string>} */
export const SEVERITIES = new Set(["info","warning","critical"]);

/** @type {ReadonlySet<string>} */
export const REPEATS = new Set(["once"]);

/** @type {ReadonlySet<string>} */
export const FEATURES = new Set([]);

/** @type {ReadonlySet<string>} */
export const OPERATING_SYSTEMS = new Set(["linux","macos","windows","freebsd","openbsd","netbsd","dragonfly","solaris","illumos","aix","android","ios"]);

/** @type {ReadonlySet<string>} */
export const ARCHITECTURES = new Set(["x86_64","x86","aarch64","arm","riscv64","powerpc64","powerpc64le","s390x","loongarch64","mips64","wasm32"]);

/** @type {ReadonlySet<string>} */
export const COMMANDS = new Set(["install","update","remove","download","resolve","build","search","audit","upload","account"]);

/** @type {ReadonlySet<string>} */
export const CI_VARIABLES = new Set(["CI","CONTINUOUS_INTEGRATION","BUILD_ID","BUILD_NUMBER","APPVEYOR","BITBUCKET_BUILD_NUMBER","BUILDKITE","CIRCLECI","CIRRUS_CI","CODEBUILD_BUILD_ID","DRONE","GITEA_ACTIONS","GITHUB_ACTIONS","GITLAB_CI","JENKINS_URL","NETLIFY","TEAMCITY_VERSION","TF_BUILD","TRAVIS","WOODPECKER_CI"]);

/** @type {ReadonlySet<string>} */
export const REASONS = new Set(["new","new-revision","due-again","all-clear","asked","refused","not-begun","ended","audience","resolves-unseen","resolved","acknowledged","seen","not-yet-due","budget","run-limit","too-narrow","no-terminal"]);

/** @type {Readonly<Record<string, string>>} The level of each reason code. */
export const LEVELS = Object.freeze({
  "document-too-large": "document",
  "not-utf-8": "document",
  "not-json": "document",
  "too-deep": "document",
  "duplicate-name": "document",
  "name-not-ascii": "document",
  "not-document-bytes": "document",
  "carrier-length": "document",
  "carrier-hash": "document",
  "carrier-no-hash": "document",
  "not-an-object": "document",
  "schema-version": "document",
  "repository-malformed": "document",
  "repository-mismatch": "document",
  "default-language-malformed": "document",
  "notices-malformed": "document",
  "notices-too-many": "document",
  "id-duplicate": "notice",
  "notice-not-an-object": "notice",
  "id-malformed": "notice",
  "revision-malformed": "notice",
  "severity-malformed": "notice",
  "topic-malformed": "notice",
  "requires-malformed": "notice",
  "resolves-malformed": "notice",
  "repeat-malformed": "notice",
  "requires-unknown": "notice",
  "time-malformed": "notice",
  "time-order": "notice",
  "time-span": "notice",
  "text-malformed": "notice",
  "languages-too-many": "notice",
  "default-language-missing": "notice",
  "links-malformed": "notice",
  "link-rel-malformed": "notice",
  "link-url-malformed": "notice",
  "audience-malformed": "notice",
  "clause-malformed": "notice",
  "components-malformed": "notice",
  "purl-malformed": "notice",
  "versions-malformed": "notice",
  "versions-scheme": "notice",
  "versions-unparsable": "notice",
  "versions-order": "notice",
  "versions-redundant": "notice",
  "rollout-malformed": "notice",
  "rollout-critical": "notice",
  "language-tag-malformed": "language",
  "title-malformed": "language",
  "body-malformed": "language",
  "paragraph-malformed": "language",
  "text-code-point": "language",
  "text-marks": "language",
  "text-command": "language",
  "publisher-limits": "publisher",
  "text-not-nfc": "publisher",
  "publisher-shadowed": "publisher",
  "publisher-expiry": "publisher",
  "publisher-duplicate-key": "publisher",
  "publisher-version": "publisher",
  "publisher-threshold": "publisher",
  "publisher-burned": "publisher",
  "publisher-revision": "publisher",
  "publisher-conflict": "publisher",
  "publisher-root": "publisher",
  "publisher-unreadable": "publisher",
  "publisher-clock": "publisher",
  "publisher-outlives": "publisher",
  "not-toml": "publisher",
  "unknown-member": "publisher",
  "severity-unknown": "publisher",
  "topic-unknown": "publisher",
  "repeat-unknown": "publisher",
  "rel-unknown": "publisher",
  "text-address": "publisher",
  "text-cut": "publisher",
  "audience-unknown": "publisher",
  "signature-threshold": "verification",
  "rollback": "verification",
  "version-mismatch": "verification",
  "expired": "verification",
  "hash-mismatch": "verification",
  "length-mismatch": "verification",
  "malformed": "verification",
  "wrong-type": "verification",
  "spec-version": "verification",
  "snapshot-removed": "verification",
  "too-many-roots": "verification",
  "too-many-entries": "verification",
  "too-many-delegations": "verification",
  "stale-mirror": "mirror",
  "connect": "unavailable",
  "timeout": "unavailable",
  "status": "unavailable",
  "truncated": "unavailable",
  "too-long": "unavailable",
  "encoding": "unavailable",
  "redirect": "unavailable",
  "not-metadata": "unavailable"
});
