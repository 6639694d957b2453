//! The registry of reason codes: what was found, how far it reaches, and the requirement that says so.
//!
//! One table makes the enum and every match over it, so that a code without one of its properties does not compile.

/// How far a fault reaches, or who has to act on it. Chapter 2, "Levels".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Level {
    /// The whole document is refused.
    Document,
    /// One notice is refused, the others stay.
    Notice,
    /// One language of a notice is dropped; of the default language, the notice.
    Language,
    /// A publisher does not publish.
    Publisher,
    /// A TUF check failed: nothing is shown in this run.
    Verification,
    /// The repository could not be had: stored state may be shown.
    Unavailable,
    /// A mirror is behind: stored state may be shown.
    Mirror,
}

impl Level {
    /// The level's name in the registry.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Notice => "notice",
            Self::Language => "language",
            Self::Publisher => "publisher",
            Self::Verification => "verification",
            Self::Unavailable => "unavailable",
            Self::Mirror => "mirror",
        }
    }
}

/// Where on the way from the network to the reader a fault is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Stage {
    /// Root metadata.
    Root,
    /// Timestamp metadata.
    Timestamp,
    /// Snapshot metadata.
    Snapshot,
    /// Top-level targets metadata.
    Targets,
    /// A delegated role.
    Delegation,
    /// The target file at the reserved path.
    Target,
    /// The notice document.
    Document,
    /// One notice of it.
    Notice,
    /// One language of a notice.
    Language,
    /// A publisher's work before or while it publishes.
    Publication,
}

impl Stage {
    /// The stage's name in the registry.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Timestamp => "timestamp",
            Self::Snapshot => "snapshot",
            Self::Targets => "targets",
            Self::Delegation => "delegation",
            Self::Target => "target",
            Self::Document => "document",
            Self::Notice => "notice",
            Self::Language => "language",
            Self::Publication => "publication",
        }
    }
}

const DOCUMENT: &[Stage] = &[Stage::Document];
const NOTICE: &[Stage] = &[Stage::Notice];
const LANGUAGE: &[Stage] = &[Stage::Language, Stage::Notice];
const TAG: &[Stage] = &[Stage::Language];
const PUBLICATION: &[Stage] = &[Stage::Publication];
const ROLES: &[Stage] = &[
    Stage::Root,
    Stage::Timestamp,
    Stage::Snapshot,
    Stage::Targets,
    Stage::Delegation,
];
const NAMED: &[Stage] = &[
    Stage::Snapshot,
    Stage::Targets,
    Stage::Delegation,
    Stage::Target,
];
const FETCHED: &[Stage] = &[
    Stage::Root,
    Stage::Timestamp,
    Stage::Snapshot,
    Stage::Targets,
    Stage::Delegation,
    Stage::Target,
];

macro_rules! codes {
    ($( $variant:ident $name:literal $level:ident $stages:expr, $requirement:literal $fact:literal $hint:expr; )*) => {
        /// A reason code: stable, from a closed registry. Chapter 2, "Reason codes", and `spec/registries/`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $(
                #[doc = concat!("`", $name, "` (", $requirement, "): ", $fact, ".")]
                $variant,
            )*
        }

        impl Code {
            /// Every code, in the order of the registry.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )* ];

            /// The code's stable name, in kebab-case.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $name, )* }
            }

            /// How far the fault reaches.
            #[must_use]
            pub const fn level(self) -> Level {
                match self { $( Self::$variant => Level::$level, )* }
            }

            /// The stages at which the fault can be found, at least one.
            #[must_use]
            pub const fn stages(self) -> &'static [Stage] {
                match self { $( Self::$variant => $stages, )* }
            }

            /// The identifier of the requirement that the fault breaks.
            #[must_use]
            pub const fn requirement(self) -> &'static str {
                match self { $( Self::$variant => $requirement, )* }
            }

            /// What was found: one lower-case fact, a fixed string.
            #[must_use]
            pub const fn fact(self) -> &'static str {
                match self { $( Self::$variant => $fact, )* }
            }

            /// What to do about it, where there is more to say than the fact.
            #[must_use]
            pub const fn hint(self) -> Option<&'static str> {
                match self { $( Self::$variant => $hint, )* }
            }
        }
    };
}

codes! {
    // The document's bytes.
    DocumentTooLarge "document-too-large" Document DOCUMENT, "MOTD-BYTES-1" "the document is longer than its carrier allows"
        Some("remove ended notices or shorten texts; 16384 bytes inline, 65536 bytes as a target file");
    NotUtf8 "not-utf-8" Document DOCUMENT, "MOTD-BYTES-2" "the bytes are not well-formed UTF-8" None;
    NotJson "not-json" Document DOCUMENT, "MOTD-BYTES-3" "the bytes are not exactly one JSON text"
        Some("look for a byte-order mark, a lone surrogate escape, or bytes before or after the text");
    TooDeep "too-deep" Document DOCUMENT, "MOTD-BYTES-4" "containers nest deeper than eight levels" None;
    DuplicateName "duplicate-name" Document DOCUMENT, "MOTD-BYTES-5" "an object has two members of the same name" None;
    NameNotAscii "name-not-ascii" Document DOCUMENT, "MOTD-BYTES-6" "a member name is empty or not printable ASCII" None;
    NotDocumentBytes "not-document-bytes" Document DOCUMENT, "MOTD-BYTES-7" "the bytes are not the RFC 8785 form of the value they hold"
        Some("write the file with the publishing tool; a final newline, white space, unsorted names, or a number with a fraction of zero, an exponent or a minus zero is enough");
    CarrierLength "carrier-length" Document DOCUMENT, "MOTD-CARRY-3" "the inline document has another length than its target entry" None;
    CarrierHash "carrier-hash" Document DOCUMENT, "MOTD-CARRY-3" "the inline document has another hash than its target entry" None;
    CarrierNoHash "carrier-no-hash" Document DOCUMENT, "MOTD-CARRY-3" "the target entry has no SHA-256 or SHA-512 hash" None;

    // The document.
    NotAnObject "not-an-object" Document DOCUMENT, "MOTD-DOC-1" "the document is not an object" None;
    SchemaVersion "schema-version" Document DOCUMENT, "MOTD-DOC-2" "schema_version is missing, malformed or of another major version"
        Some("write \"schema_version\": \"1.0\"");
    RepositoryMalformed "repository-malformed" Document DOCUMENT, "MOTD-DOC-3" "repository is missing or malformed"
        Some("1 to 253 bytes of a-z 0-9 . _ - /, beginning and ending with a letter or digit");
    RepositoryMismatch "repository-mismatch" Document DOCUMENT, "MOTD-DOC-4" "repository names another repository than the configured one"
        Some("compare it with the identifier configured beside the trusted root");
    DefaultLanguageMalformed "default-language-malformed" Document DOCUMENT, "MOTD-DOC-5" "default_language is not a language tag in canonical case"
        Some("for example en, pt-BR or zh-Hant");
    NoticesMalformed "notices-malformed" Document DOCUMENT, "MOTD-DOC-6" "notices is not an array" None;
    NoticesTooMany "notices-too-many" Document DOCUMENT, "MOTD-DOC-7" "there are more than 32 notices" None;

    // A notice.
    IdDuplicate "id-duplicate" Notice NOTICE, "MOTD-DOC-9" "another notice has the same id" None;
    NoticeNotAnObject "notice-not-an-object" Notice NOTICE, "MOTD-DOC-10" "the notice is not an object" None;
    IdMalformed "id-malformed" Notice NOTICE, "MOTD-DOC-11" "id is missing or malformed"
        Some("1 to 64 bytes of a-z 0-9 . _ -, beginning and ending with a letter or digit");
    RevisionMalformed "revision-malformed" Notice NOTICE, "MOTD-DOC-12" "revision is missing or not an integer from 1 to 2^53 - 1" None;
    SeverityMalformed "severity-malformed" Notice NOTICE, "MOTD-DOC-13" "severity is missing or malformed"
        Some("info, warning or critical");
    TopicMalformed "topic-malformed" Notice NOTICE, "MOTD-DOC-14" "topic is malformed" None;
    RequiresMalformed "requires-malformed" Notice NOTICE, "MOTD-DOC-15" "requires is not an array of at most 32 different words" None;
    ResolvesMalformed "resolves-malformed" Notice NOTICE, "MOTD-DOC-16" "resolves is not an array of at most 32 different ids of other notices" None;
    RepeatMalformed "repeat-malformed" Notice NOTICE, "MOTD-DOC-17" "repeat is malformed" Some("\"once\", or leave it out");
    RequiresUnknown "requires-unknown" Notice NOTICE, "MOTD-FWD-4" "requires names a feature that version 1.0 does not have" None;
    TimeMalformed "time-malformed" Notice NOTICE, "MOTD-TIME-1" "begins or ends is missing or malformed"
        Some("write UTC and whole seconds, for example 2018-04-12T00:00:00Z");
    TimeOrder "time-order" Notice NOTICE, "MOTD-TIME-2" "begins is not before ends" None;
    TimeSpan "time-span" Notice NOTICE, "MOTD-TIME-3" "begins and ends are more than 366 days apart" None;
    TextMalformed "text-malformed" Notice NOTICE, "MOTD-TEXT-9" "text is missing or not an object" None;
    LanguagesTooMany "languages-too-many" Notice NOTICE, "MOTD-TEXT-10" "text has more than 64 languages" None;
    DefaultLanguageMissing "default-language-missing" Notice NOTICE, "MOTD-LANG-3" "text has no entry for the default language" None;
    LinksMalformed "links-malformed" Notice NOTICE, "MOTD-LINK-1" "links is not an array of at most four objects" None;
    LinkRelMalformed "link-rel-malformed" Notice NOTICE, "MOTD-LINK-2" "rel is missing or malformed" None;
    LinkUrlMalformed "link-url-malformed" Notice NOTICE, "MOTD-LINK-3" "url is missing or not a plain https URL"
        Some("https, a lower-case host name with a dot, no user, no IP address, at most 2048 bytes");
    AudienceMalformed "audience-malformed" Notice NOTICE, "MOTD-AUD-1" "audience is not an array of 1 to 16 non-empty objects"
        Some("leave audience out to reach everyone");
    ClauseMalformed "clause-malformed" Notice NOTICE, "MOTD-AUD-2" "os, arch or commands is not an array of 1 to 16 words" None;
    ComponentsMalformed "components-malformed" Notice NOTICE, "MOTD-AUD-3" "components is not an array of 1 to 32 non-empty objects" None;
    PurlMalformed "purl-malformed" Notice NOTICE, "MOTD-PURL-1" "purl is missing or not a package URL in its one strict spelling"
        Some("pkg:type/name without version, qualifiers or subpath, normalised as the type asks");
    VersionsMalformed "versions-malformed" Notice NOTICE, "MOTD-VERS-1" "versions is not a version range"
        Some("for example vers:pypi/<9.0.3 or vers:semver/>=1.0.0|<2.0.0");
    VersionsScheme "versions-scheme" Notice NOTICE, "MOTD-VERS-2" "the version scheme is not one that the component's type allows" None;
    VersionsUnparsable "versions-unparsable" Notice NOTICE, "MOTD-VERS-3" "the version scheme cannot read a version" None;
    VersionsOrder "versions-order" Notice NOTICE, "MOTD-VERS-4" "versions do not strictly ascend" None;
    VersionsRedundant "versions-redundant" Notice NOTICE, "MOTD-VERS-5" "a version constraint adds nothing" None;
    RolloutMalformed "rollout-malformed" Notice NOTICE, "MOTD-ROLL-1" "rollout is malformed"
        Some("{\"percent\": 0 to 100, \"salt\": 1 to 64 bytes}");
    RolloutCritical "rollout-critical" Notice NOTICE, "MOTD-ROLL-2" "a critical notice has a rollout" None;

    // A language.
    LanguageTagMalformed "language-tag-malformed" Language TAG, "MOTD-LANG-1" "the language tag is not well-formed or not in canonical case"
        Some("for example en, pt-BR or zh-Hant");
    TitleMalformed "title-malformed" Language LANGUAGE, "MOTD-TEXT-2" "the title is missing, empty, only spaces or longer than 120 code points" None;
    BodyMalformed "body-malformed" Language LANGUAGE, "MOTD-TEXT-4" "the body is missing, not an array or has more than eight paragraphs" None;
    ParagraphMalformed "paragraph-malformed" Language LANGUAGE, "MOTD-TEXT-3" "the paragraph is not a string, empty, only spaces or longer than 1000 code points" None;
    TextCodePoint "text-code-point" Language LANGUAGE, "MOTD-TEXT-1" "a code point is not permitted"
        Some("no control characters, invisible characters or private use; paragraphs are items of body");
    TextMarks "text-marks" Language LANGUAGE, "MOTD-TEXT-5" "a combining mark stands first or is one of more than four in a row" None;
    TextCommand "text-command" Language LANGUAGE, "MOTD-TEXT-11" "two # stand in a row, with which commands to CI systems begin" None;

    // A publisher.
    PublisherLimits "publisher-limits" Publisher PUBLICATION, "MOTD-BYTES-9" "a value inside `signed` is one that TUF libraries do not agree on"
        Some("integers within 2^53 - 1, strings in NFC without control characters, ASCII names; foreign members included");
    TextNotNfc "text-not-nfc" Publisher PUBLICATION, "MOTD-TEXT-6" "the text is not in Unicode normalisation form C" None;
    PublisherShadowed "publisher-shadowed" Publisher PUBLICATION, "MOTD-DEL-2" "another role or entry is found before the notice role" None;
    PublisherExpiry "publisher-expiry" Publisher PUBLICATION, "MOTD-DEL-3" "the notice role would expire more than 93 days from now" None;
    PublisherDuplicateKey "publisher-duplicate-key" Publisher PUBLICATION, "MOTD-DEL-4" "one public key stands under two key ids" None;
    PublisherVersion "publisher-version" Publisher PUBLICATION, "MOTD-DEL-6" "the notice role's version is not the published one plus one" None;
    PublisherThreshold "publisher-threshold" Publisher PUBLICATION, "MOTD-PUB-3" "fewer people have signed than the threshold asks" None;
    PublisherBurned "publisher-burned" Publisher PUBLICATION, "MOTD-PUB-5" "a file of that version exists with other bytes" None;
    PublisherRevision "publisher-revision" Publisher PUBLICATION, "MOTD-PUB-8" "the text of a published notice changed and its revision did not rise"
        Some("readers who saw the old text see the new one only under a higher revision");
    PublisherConflict "publisher-conflict" Publisher PUBLICATION, "MOTD-PUB-11" "another publication came first" Some("start again from what is published now");
    PublisherRoot "publisher-root" Publisher PUBLICATION, "MOTD-PUB-12" "the repository does not continue the trusted root that is held"
        Some("somebody else wrote into the store: put the genuine files back");
    PublisherUnreadable "publisher-unreadable" Publisher PUBLICATION, "MOTD-PUB-13" "clients refuse the role, whoever has signed it" None;
    PublisherClock "publisher-clock" Publisher PUBLICATION, "MOTD-PUB-14" "this machine's clock is far from what was published"
        Some("set the clock; where it is right, say the time with --now");
    PublisherOutlives "publisher-outlives" Publisher PUBLICATION, "MOTD-PUB-10" "the notice ends after its role's signature expires" None;
    NotToml "not-toml" Publisher PUBLICATION, "MOTD-PUB-1" "the file is not a TOML notice" None;
    UnknownMember "unknown-member" Publisher PUBLICATION, "MOTD-FWD-1" "version 1.0 does not define this member" Some("readers ignore it; look for a typing mistake");
    SeverityUnknown "severity-unknown" Publisher PUBLICATION, "MOTD-FWD-2" "the severity is not registered and counts as info" Some("info, warning or critical");
    TopicUnknown "topic-unknown" Publisher PUBLICATION, "MOTD-FWD-3" "the topic is not registered" None;
    RepeatUnknown "repeat-unknown" Publisher PUBLICATION, "MOTD-FWD-5" "the repeat is not registered and has no effect" Some("\"once\", or leave it out");
    RelUnknown "rel-unknown" Publisher PUBLICATION, "MOTD-FWD-7" "the link relation is not registered" None;
    TextAddress "text-address" Publisher PUBLICATION, "MOTD-LINK-3" "a title or paragraph has an address"
        Some("put it into links, where it is checked and shown on a line of its own");
    TextCut "text-cut" Publisher PUBLICATION, "MOTD-SHOW-13" "a terminal of 80 columns shows a part of this"
        Some("say the most important first, and the rest behind a link");
    AudienceUnknown "audience-unknown" Publisher PUBLICATION, "MOTD-AUD-6" "the clause has something unregistered and matches nobody" None;

    // The gate: verification failures.
    SignatureThreshold "signature-threshold" Verification ROLES, "MOTD-DEL-5" "too few distinct keys have signed" None;
    Rollback "rollback" Verification ROLES, "MOTD-FLOOR-1" "a role is older than one that was verified before" None;
    VersionMismatch "version-mismatch" Verification &[Stage::Root, Stage::Snapshot, Stage::Targets, Stage::Delegation], "MOTD-GATE-7" "a role has another version than the one asked for" None;
    Expired "expired" Verification ROLES, "MOTD-GATE-7" "a role has expired" None;
    HashMismatch "hash-mismatch" Verification NAMED, "MOTD-GATE-7" "a file has another hash than the metadata says" None;
    LengthMismatch "length-mismatch" Verification NAMED, "MOTD-GATE-7" "a file has another length than the metadata says" None;
    Malformed "malformed" Verification ROLES, "MOTD-GATE-7" "a role is not well-formed metadata" None;
    WrongType "wrong-type" Verification ROLES, "MOTD-GATE-7" "a role has another type than its place asks for" None;
    SpecVersion "spec-version" Verification ROLES, "MOTD-GATE-7" "a role follows another major version of TUF" None;
    SnapshotRemoved "snapshot-removed" Verification &[Stage::Snapshot], "MOTD-GATE-7" "a role that was listed is no longer in the snapshot" None;
    TooManyRoots "too-many-roots" Verification &[Stage::Root], "MOTD-GATE-13" "there are more new roots than one run follows" None;
    TooManyEntries "too-many-entries" Verification ROLES, "MOTD-GATE-17" "a role has more keys, signatures or delegations than the limits allow" None;
    TooManyDelegations "too-many-delegations" Verification &[Stage::Delegation], "MOTD-GATE-15" "there are more delegations than one run follows" None;

    // The gate: a mirror that is behind, and what cannot be had.
    StaleMirror "stale-mirror" Mirror &[Stage::Timestamp], "MOTD-GATE-9" "the mirror is older than what was verified before" None;
    Connect "connect" Unavailable FETCHED, "MOTD-GATE-6" "no connection could be made" None;
    Timeout "timeout" Unavailable FETCHED, "MOTD-GATE-6" "the time was up" None;
    Status "status" Unavailable FETCHED, "MOTD-GATE-6" "the server answered with another status than 200" None;
    Truncated "truncated" Unavailable FETCHED, "MOTD-GATE-6" "the answer was cut short" None;
    TooLong "too-long" Unavailable FETCHED, "MOTD-GATE-6" "the answer was longer than allowed" None;
    Encoding "encoding" Unavailable FETCHED, "MOTD-GATE-6" "the answer was wrongly encoded" None;
    Redirect "redirect" Unavailable FETCHED, "MOTD-GATE-6" "the answer led out of the configured origin" None;
    NotMetadata "not-metadata" Unavailable FETCHED, "MOTD-GATE-6" "the answer was not TUF metadata" Some("a captive portal answers like that");
}

impl core::fmt::Display for Code {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str(self.as_str())
    }
}
