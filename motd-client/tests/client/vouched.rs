//! What an installer's own TUF client verified, handed over.

use motd_client::{
    GateState, Report, SeenStore, Source, Terminal, VouchedRole, decisions, write_to_terminal,
};
use motd_core::{Environment, Mode, SourceName, TargetEntry, Time};
use motd_server::publish::metadata::write::sha256;

use motd_simulator::repo::{document, document_bytes, notice};
use motd_simulator::{DAY, at, outcome, titles};

fn role() -> VouchedRole {
    VouchedRole::assert_tuf_verified("motd", 7, at(DAY), at(0)).unwrap()
}

/// Hands news over in one carrier, whose entry is about these bytes.
fn hand_over(custom: bool, entry_of: &[u8], hashes: &[(&str, &str)], repository: &str) -> Report {
    let news = document(&[notice("news", "News")]);
    let hashes: Vec<(String, String)> = hashes
        .iter()
        .map(|(algorithm, hash)| ((*algorithm).to_owned(), (*hash).to_owned()))
        .collect();
    let entry = TargetEntry {
        length: u64::try_from(entry_of.len()).unwrap(),
        hashes: &hashes,
    };
    let repository = repository.parse().unwrap();
    if custom {
        role().custom(&news, &entry, &repository)
    } else {
        role().target_file(&document_bytes(&news), &entry, &repository)
    }
}

#[test]
fn a_role_that_cannot_be_one_is_refused() {
    let failure = |name: &str, version, expires: Time, now: Time| {
        VouchedRole::assert_tuf_verified(name, version, expires, now)
            .err()
            .map(|failure| format!("{}:{}", failure.stage.as_str(), failure.code.as_str()))
    };
    for name in ["motd", "targets", "../motd", "Root"] {
        assert_eq!(failure(name, 1, at(1), at(0)), None, "{name}");
    }
    for name in ["root", "timestamp", "snapshot", ""] {
        let expected = "delegation:wrong-type";
        assert_eq!(failure(name, 1, at(1), at(0)).as_deref(), Some(expected));
    }
    let of = |name, version, expires| failure(name, version, at(expires), at(0));
    assert_eq!(of("motd", 0, 1).as_deref(), Some("delegation:malformed"));
    // It expires at that second, and not after it.
    assert_eq!(of("motd", 1, 0).as_deref(), Some("delegation:expired"));
    assert_eq!(of("targets", 1, -1).as_deref(), Some("targets:expired"));
}

#[test]
fn both_carriers_are_judged_as_if_they_were_fetched() {
    let bytes = document_bytes(&document(&[notice("news", "News")]));
    let other = document_bytes(&document(&[notice("news", "Nows")]));
    let (hash, other_hash) = (sha256(&bytes), sha256(&other));
    let right: &[_] = &[("sha256", hash.as_str()), ("blake2b-256", "00")];
    let wrong: &[_] = &[("sha256", other_hash.as_str())];
    let unknown: &[_] = &[("blake2b-256", "00")];
    for (custom, entry_of, hashes, repository, expected) in [
        (true, &bytes, right, "example.org", "fresh"),
        (false, &bytes, right, "example.org", "fresh"),
        (
            true,
            &other,
            wrong,
            "example.org",
            "fresh document:carrier-hash",
        ),
        (
            false,
            &other,
            wrong,
            "example.org",
            "none target:hash-mismatch",
        ),
        (
            false,
            &bytes[1..].to_vec(),
            right,
            "example.org",
            "none target:length-mismatch",
        ),
        (
            true,
            &bytes,
            unknown,
            "example.org",
            "fresh document:carrier-no-hash",
        ),
        (
            false,
            &bytes,
            unknown,
            "example.org",
            "fresh document:carrier-no-hash",
        ),
        (
            true,
            &bytes,
            right,
            "staging.example.org",
            "fresh document:repository-mismatch",
        ),
        (
            false,
            &bytes,
            right,
            "staging.example.org",
            "fresh document:repository-mismatch",
        ),
    ] {
        let report = hand_over(custom, entry_of, hashes, repository);
        assert_eq!(outcome(&report), expected, "{custom}");
        let shown: &[&str] = if expected == "fresh" { &["News"] } else { &[] };
        assert_eq!(titles(&report), shown, "{expected}");
        assert_eq!((report.requests, report.bytes), (0, 0));
    }
}

#[test]
fn nothing_to_say_and_what_a_store_says() {
    let report = role().nothing();
    assert_eq!(
        (outcome(&report).as_str(), report.exit_status()),
        ("fresh", 0)
    );
    assert_eq!(role().from_store().nothing().state, GateState::Cached);
}

#[test]
fn it_is_shown_and_remembered_as_any_other() {
    let bytes = document_bytes(&document(&[notice("news", "News")]));
    let report = hand_over(true, &bytes, &[("sha256", &sha256(&bytes))], "example.org");
    let state = tempfile::tempdir().unwrap();
    let store = SeenStore::open(state.path(), &"example.org".parse().unwrap()).unwrap();
    let show = |now: Time| {
        let (seen, _) = store.load().unwrap();
        let name: SourceName = "example".parse().unwrap();
        let sources = [Source {
            name: &name,
            document: report.document.as_ref().unwrap(),
            seen: &seen,
        }];
        let environment = Environment::new(now);
        let terminal = Terminal::new(&|| Some(80), false);
        let run = decisions(&sources, &environment, terminal, Mode::Automatic);
        let mut out = Vec::new();
        let written = write_to_terminal(&run, &environment, terminal, Some("motd list"), &mut out);
        let shown: Vec<_> = written.into_iter().map(|(_, shown)| shown).collect();
        store.record_shown(&shown, now).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(
        show(at(0)),
        "notice[example] WARNING: News\nnotice[example]   A paragraph.\n"
    );
    assert_eq!(show(at(60)), "");
}
