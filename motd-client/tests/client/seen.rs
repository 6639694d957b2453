//! Several writers of one seen-state: what one of them has recorded, no other one takes back.

use std::path::Path;
use std::thread;

use motd_client::{SeenStore, Source, Terminal, decisions};
use motd_core::{Document, Environment, Mode, SourceName, Verified};

use motd_simulator::at;
use motd_simulator::repo::{document, document_bytes, notice};

const WRITERS: usize = 8;
/// Together fewer than are kept.
const EACH: usize = 30;

fn id(writer: usize, number: usize) -> String {
    format!("w{writer}-{number}")
}

/// Records one notice after the other, each by itself and until it is recorded.
fn write(state: &Path, writer: usize) {
    let store = SeenStore::open(state, &"example.org".parse().unwrap()).unwrap();
    let name: SourceName = "example".parse().unwrap();
    let environment = Environment::new(at(0));
    for number in 0..EACH {
        let bytes = document_bytes(&document(&[notice(&id(writer, number), "Hello")]));
        let repository = "example.org".parse().unwrap();
        let document = Document::judge_bytes(&bytes, Some(&repository)).unwrap();
        let document = Verified::assert_author_preview(document);
        let (seen, _) = store.load().unwrap();
        let source = Source {
            name: &name,
            document: &document,
            seen: &seen,
        };
        let run = decisions(&[source], &environment, Terminal::default(), Mode::List);
        let shown = run.decisions[0].1.shown().unwrap();
        while store.record_shown(&[shown], at(0)).is_err() {
            thread::yield_now();
        }
    }
}

#[test]
fn what_is_recorded_stays_recorded() {
    let state = tempfile::tempdir().unwrap();
    let repository = "example.org".parse().unwrap();
    let store = SeenStore::open(state.path(), &repository).unwrap();
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let state = state.path();
            scope.spawn(move || write(state, writer));
        }
    });
    let (seen, warning) = store.load().unwrap();
    assert_eq!(warning, None);
    let all = (0..WRITERS).flat_map(|writer| (0..EACH).map(move |number| id(writer, number)));
    let lost: Vec<String> = all
        .filter(|id| seen.entry(&id.parse().unwrap()).is_none())
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
}
