//! `repeat.txt`, and the repositories whose notices are counted.

use anyhow::Result;
use serde_json::{Value, json};

use super::story::{long_lived, republish};
use crate::cases::document::notice;
use crate::cases::script::Script;
use crate::cases::writer::Writer;

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    let publication = |number: usize| -> Vec<Value> {
        (0..32)
            .map(|index| {
                let mut one = notice(&format!("n{number}-{index:02}"), "info");
                one["ends"] = json!(format!("2026-12-{:02}T00:00:00Z", 10 + number));
                one
            })
            .collect()
    };
    let mut repository = long_lived(&publication(0));
    let mut script = Script::new(writer, "installer").with("list-0", repository.clone());
    for number in 1..9 {
        republish(&mut repository, &publication(number));
        script = script.with(&format!("list-{number}"), repository.clone());
    }
    script.read(include_str!("repeat.txt"))?;
    Ok(())
}
