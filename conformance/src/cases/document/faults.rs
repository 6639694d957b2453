//! The table of faults and of what is no fault, `faults.txt`.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use motd_core::Code;
use serde_json::{Value, json};

use super::builders::{FULL, document_bytes, full, parse};
use super::expectation::{accepted, entries, refused, refused_document, understood};
use crate::cases::script::{repeated, set};
use crate::cases::writer::{CaseDraft, Writer};

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    let base = full();
    writer.write(
        CaseDraft::positive(
            FULL,
            "a document in which every member is there and right",
            &[
                "MOTD-DOC-1",
                "MOTD-DOC-2",
                "MOTD-DOC-3",
                "MOTD-DOC-4",
                "MOTD-DOC-5",
                "MOTD-DOC-6",
                "MOTD-DOC-10",
                "MOTD-DOC-11",
                "MOTD-DOC-12",
                "MOTD-DOC-13",
                "MOTD-DOC-14",
                "MOTD-DOC-15",
                "MOTD-DOC-16",
                "MOTD-DOC-17",
                "MOTD-TEXT-9",
                "MOTD-LANG-2",
                "MOTD-LANG-3",
                "MOTD-BYTES-7",
                "MOTD-FWD-6",
                "MOTD-TEXT-7",
                "MOTD-TEXT-8",
            ],
        )
        .asks(parse(&document_bytes(&base)), accepted(&base)),
    )?;
    let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
    for line in include_str!("faults.txt").lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let draft = case(line, &mut numbers).with_context(|| format!("faults.txt: {line}"))?;
        writer.write(draft)?;
    }
    Ok(())
}

/// The case of one line.
fn case(line: &str, numbers: &mut BTreeMap<String, u32>) -> Result<CaseDraft> {
    let [what, pointer, value] = line.splitn(3, '|').map(str::trim).collect::<Vec<_>>()[..] else {
        bail!("not three columns");
    };
    // A line may name other requirements than its code's own; its number is that of the code.
    let counted = what
        .split(" MOTD-")
        .next()
        .filter(|code| *code != "ok")
        .unwrap_or(what);
    let number = numbers.entry(counted.to_owned()).or_default();
    *number += 1;
    let document = changed(pointer, value)?;
    let request = parse(&document_bytes(&document));
    let short: String = value.chars().take(60).collect();
    let title = match (pointer, value) {
        ("", _) => format!("the document is {short}"),
        (_, "-") => format!("{pointer} is absent"),
        _ => format!("{pointer} is {short}"),
    };
    if let Some(requirement) = what.strip_prefix("ok ") {
        let words = requirement.trim_start_matches("MOTD-").to_ascii_lowercase();
        let id = format!("document/accepted/{words}-{number:02}");
        // Some rules are met by not stumbling: there the fault is what looks odd.
        let is_odd = ["MOTD-FWD-", "MOTD-TEXT-7", "MOTD-TEXT-8"]
            .iter()
            .any(|start| requirement.starts_with(start));
        let draft = if is_odd && value != "[]" {
            CaseDraft::negative(&id, FULL, &title, &[requirement])
        } else {
            CaseDraft::positive(&id, &title, &[requirement])
        };
        return Ok(draft.asks(request, accepted(&document)));
    }
    let (code, mut requirements) = if let Some((code, cited)) = what.split_once(' ') {
        (code, cited.split(' ').collect())
    } else {
        let known = Code::ALL.iter().find(|code| code.as_str() == what);
        (what, vec![known.context("no such code")?.requirement()])
    };
    if value == "null" && !pointer.is_empty() {
        requirements.push("MOTD-FWD-6");
    }
    // Assigned after Unicode 14.0, so that a younger runtime takes it.
    if value.contains("\\ud83e\\udee9") {
        requirements.push("MOTD-TEXT-7");
    }
    let id = format!("document/{code}/{number:02}");
    Ok(CaseDraft::negative(&id, FULL, &title, &requirements)
        .asks(request, expectation(code, pointer, &document)?))
}

/// What a fault at this place comes to.
fn expectation(code: &str, pointer: &str, document: &Value) -> Result<Value> {
    let level = Code::ALL
        .iter()
        .find(|known| known.as_str() == code)
        .context("no such code")?
        .level();
    let notice = &document["notices"][0];
    Ok(match level {
        motd_core::Level::Document => refused_document(code),
        motd_core::Level::Language if !format!("{pointer}/").contains("/text/en/") => {
            let tag = pointer
                .split('/')
                .nth(4)
                .context("no language")?
                .replace("~1", "/");
            entries(&[understood(notice, &[(&tag, code)])])
        }
        _ => {
            let known = ["notice-not-an-object", "id-malformed"];
            let id = if known.contains(&code) {
                &Value::Null
            } else {
                &notice["id"]
            };
            entries(&[refused(id, code)])
        }
    })
}

fn changed(pointer: &str, value: &str) -> Result<Value> {
    if pointer.is_empty() {
        return parsed(value);
    }
    let mut document = full();
    let pointer = pointer
        .replace("\\u007f", "\u{7f}")
        .replace("\\u0009", "\t");
    let new = (value != "-").then(|| parsed(value)).transpose()?;
    set(&mut document, &pointer, new)?;
    Ok(document)
}

/// The small language of the table's values.
fn parsed(text: &str) -> Result<Value> {
    if let Some((count, value)) = text.split_once(" of ")
        && let Ok(count) = count.parse()
    {
        return Ok(Value::Array(vec![parsed(value)?; count]));
    }
    if let Some(count) = text
        .strip_suffix(" ids")
        .and_then(|count| count.parse::<u32>().ok())
    {
        return Ok((0..count).map(|index| json!(format!("n{index}"))).collect());
    }
    Ok(serde_json::from_str(&repeated(text)?)?)
}
