//! What cannot be brought about over the interface.

use object_store::memory::InMemory;

use super::*;

#[tokio::test]
async fn an_entry_that_nobody_could_read_is_not_written() {
    let log = Log::on(Objects::same(Arc::new(InMemory::new())));
    let entry = |key_ids: usize| Entry {
        entry: 0,
        previous: String::new(),
        time: Time::LAST,
        event: Event::Observed,
        proposal: None,
        key_ids: (0..key_ids).map(|number| format!("{number:064}")).collect(),
        roles: std::collections::BTreeMap::new(),
    };
    log.append(entry(1)).await.unwrap();
    let refused = log.append(entry(6_000)).await;
    assert!(matches!(refused, Err(Error::Bounds { .. })), "{refused:?}");
    log.append(entry(2)).await.unwrap();
    let (entries, head) = log.since(&Head::none(), 10).await.unwrap();
    assert_eq!((entries.len(), head.entry), (2, 2));
}

#[test]
fn an_entry_follows_by_its_number_and_by_its_link() {
    let entry = |entry: u64, previous: String| Entry {
        entry,
        previous,
        time: Time::LAST,
        event: Event::Observed,
        proposal: None,
        key_ids: BTreeSet::new(),
        roles: std::collections::BTreeMap::new(),
    };
    let none = Head::none();
    let first = none.follow(&entry(1, none.hash.clone())).unwrap();
    first.follow(&entry(2, first.hash.clone())).unwrap();
    for (number, previous) in [(1, &first.hash), (3, &first.hash), (2, &none.hash)] {
        let refused = first.follow(&entry(number, previous.clone()));
        assert!(matches!(refused, Err(Error::LogBroken { entry: 2 })));
    }
}
