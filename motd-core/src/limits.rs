//! Every bound of the notice document and of its display, in one place.
//!
//! The published text has the same numbers in one table (chapter 2, "Limits"); the JSON Schema takes them from here.

/// Longest document in the *custom* carrier, in bytes of its RFC 8785 form. Chapter 2, MOTD-BYTES-1.
pub const CUSTOM_DOCUMENT_BYTES: usize = 16_384;
/// Longest document in the *target* carrier, in bytes. Chapter 2, MOTD-BYTES-1.
pub const TARGET_DOCUMENT_BYTES: usize = 65_536;
/// Deepest nesting of containers; the document object is 1. Chapter 2, MOTD-BYTES-4.
pub const DEPTH: usize = 8;
/// The one major version of `schema_version` that this crate reads. Chapter 2, MOTD-DOC-2.
pub const SCHEMA_MAJOR: u64 = 1;
/// Longest `repository`, in bytes. Chapter 2, MOTD-DOC-3.
pub const REPOSITORY_BYTES: usize = 253;
/// Most entries of `notices`. Chapter 2, MOTD-DOC-7.
pub const NOTICES: usize = 32;
/// Longest word of the id grammar (ids, topics, severities, operating systems ...), in bytes. Chapter 2, MOTD-DOC-11.
pub const ID_BYTES: usize = 64;
/// Largest integer that every JSON parser agrees on, 2^53 - 1. Chapter 2, MOTD-DOC-12.
pub const INTEGER: u64 = 9_007_199_254_740_991;
/// Most entries of `requires`. Chapter 2, MOTD-DOC-15.
pub const REQUIRES: usize = 32;
/// Most entries of `resolves`. Chapter 2, MOTD-DOC-16.
pub const RESOLVES: usize = 32;

/// Longest title, in code points. Chapter 3, MOTD-TEXT-2.
pub const TITLE_CODE_POINTS: usize = 120;
/// Longest paragraph, in code points. Chapter 3, MOTD-TEXT-3.
pub const PARAGRAPH_CODE_POINTS: usize = 1_000;
/// Most paragraphs of a body. Chapter 3, MOTD-TEXT-4.
pub const PARAGRAPHS: usize = 8;
/// Most combining marks in a row. Chapter 3, MOTD-TEXT-5.
pub const MARKS_IN_A_ROW: usize = 4;
/// Most languages of one notice, bad ones counted. Chapter 3, MOTD-TEXT-10.
pub const LANGUAGES: usize = 64;
/// Longest time between `begins` and `ends`: 366 days, in seconds. Chapter 3, MOTD-TIME-3.
pub const SPAN_SECONDS: u64 = 31_622_400;
/// Most links of one notice. Chapter 3, MOTD-LINK-1.
pub const LINKS: usize = 4;
/// Longest URL of a link, in bytes. Chapter 3, MOTD-LINK-3.
pub const URL_BYTES: usize = 2_048;

/// Most clauses of an audience. Chapter 4, MOTD-AUD-1.
pub const CLAUSES: usize = 16;
/// Most entries of `os`, `arch` or `commands`. Chapter 4, MOTD-AUD-2.
pub const CLAUSE_WORDS: usize = 16;
/// Most components of one clause. Chapter 4, MOTD-AUD-3.
pub const COMPONENTS: usize = 32;
/// Longest package URL, in bytes as written. Chapter 4, MOTD-PURL-1.
pub const PURL_BYTES: usize = 512;
/// Most constraints of one version range. Chapter 4, MOTD-VERS-1.
pub const CONSTRAINTS: usize = 16;
/// Longest version, in bytes after percent-decoding. Chapter 4, MOTD-VERS-1.
pub const VERSION_BYTES: usize = 128;
/// Longest rollout salt, in bytes of UTF-8. Chapter 4, MOTD-ROLL-1.
pub const SALT_BYTES: usize = 64;
/// Length of the machine's rollout secret, in bytes. Chapter 4, MOTD-ROLL-3.
pub const ROLLOUT_SECRET_BYTES: usize = 32;

/// A `warning` is shown at most once in this many seconds (7 days) until acknowledged. Chapter 6, MOTD-REP-1.
pub const WARNING_SECONDS: u64 = 7 * 86_400;
/// A `critical` notice is shown at most once in this many seconds (24 hours) until acknowledged. Chapter 6, MOTD-REP-1.
pub const CRITICAL_SECONDS: u64 = 86_400;
/// Most displays below `critical` in [`BUDGET_SECONDS`], for each repository. Chapter 6, MOTD-REP-4.
pub const BUDGET_DISPLAYS: usize = 2;
/// The window of [`BUDGET_DISPLAYS`], in seconds (7 days). Chapter 6, MOTD-REP-4.
pub const BUDGET_SECONDS: u64 = 7 * 86_400;
/// Most displays of `critical` in [`CRITICAL_BUDGET_SECONDS`], for each repository. Chapter 6, MOTD-REP-5.
pub const CRITICAL_BUDGET_DISPLAYS: usize = 3;
/// The window of [`CRITICAL_BUDGET_DISPLAYS`], in seconds (24 hours). Chapter 6, MOTD-REP-5.
pub const CRITICAL_BUDGET_SECONDS: u64 = 86_400;
/// Most entries of one repository's seen-state. Chapter 6, MOTD-REP-9.
pub const SEEN_ENTRIES: usize = 256;

/// Widest terminal that lines are made for, in columns. Chapter 6, MOTD-SHOW-2.
pub const COLUMNS: u16 = 100;
/// Columns of a terminal whose width is unknown. Chapter 6, MOTD-SHOW-2.
pub const UNKNOWN_COLUMNS: u16 = 80;
/// Columns of a terminal that no line fills. Chapter 6, MOTD-SHOW-2.
pub const SPARE_COLUMNS: u16 = 2;
/// Fewest columns that must be left for text beside the prefix. Chapter 6, MOTD-SHOW-2.
pub const TEXT_COLUMNS: usize = 20;
/// Most notices shown in one run, over all sources. Chapter 6, MOTD-SHOW-5.
pub const NOTICES_A_RUN: usize = 3;
/// Most lines of paragraphs of one notice in an automatic display. Chapter 6, MOTD-SHOW-13.
pub const LINES_OF_TEXT: usize = 5;
/// Most lines of links of one notice in an automatic display. Chapter 6, MOTD-SHOW-13.
pub const LINES_OF_LINKS: usize = 5;
/// Most sources that the line about what is left out names. Chapter 6, MOTD-SHOW-5.
pub const SOURCES_NAMED: usize = 3;
/// Longest source name, in bytes. Chapter 6, MOTD-SHOW-8.
pub const SOURCE_BYTES: usize = 32;
