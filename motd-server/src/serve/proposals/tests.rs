//! What cannot be brought about over the interface.

use std::collections::BTreeMap;
use std::sync::Arc;

use motd_core::Time;
use object_store::memory::InMemory;

use super::*;
use crate::serve::ServeError;
use crate::store::{Objects, StoreError};

fn entry(number: u64, previous: &str, key_ids: usize) -> LogEntry {
    LogEntry {
        entry: number,
        previous: previous.to_owned(),
        time: Time::LAST,
        event: LogEvent::Observed,
        proposal: None,
        key_ids: (0..key_ids).map(|number| format!("{number:064}")).collect(),
        roles: BTreeMap::new(),
    }
}

#[tokio::test]
async fn an_entry_that_nobody_could_read_is_not_written() {
    let log = ProposalLog::on(Objects::same(Arc::new(InMemory::new())));
    log.append(entry(0, "", 1)).await.unwrap();
    let refused = log.append(entry(0, "", 6_000)).await;
    assert!(
        matches!(refused, Err(ServeError::Store(StoreError::Bounds { .. }))),
        "{refused:?}"
    );
    log.append(entry(0, "", 2)).await.unwrap();
    let (entries, head) = log.since(&LogHead::none(), 10).await.unwrap();
    assert_eq!((entries.len(), head.entry), (2, 2));
}

#[test]
fn an_entry_follows_by_its_number_and_by_its_link() {
    let none = LogHead::none();
    let first = none.follow(&entry(1, &none.hash, 0)).unwrap();
    first.follow(&entry(2, &first.hash, 0)).unwrap();
    for (number, previous) in [(1, &first.hash), (3, &first.hash), (2, &none.hash)] {
        let refused = first.follow(&entry(number, previous, 0));
        assert!(matches!(refused, Err(ServeError::LogBroken { entry: 2 })));
    }
}
