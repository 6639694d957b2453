//! Members that no version of TUF or of this specification defines, in a role that others signed: MOTD-BYTES-9.

#![expect(
    clippy::indexing_slicing,
    reason = "a generator that is wrong ends while it generates"
)]

use anyhow::Result;
use serde_json::{Value, json};

use super::admitted::changed;
use super::desk::{Desk, admit, found, repository};
use crate::cases::writer::Writer;
use crate::simulator::{NOTICES, PATH};

/// A role with a foreign member at the limits.
const BASE: &str = "offer/foreign";

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    let limits = json!({
        "a": [9_007_199_254_740_991_i64, -9_007_199_254_740_991_i64, "é", null, true], " ~": {},
    });
    let request = offer(writer, limits);
    let title = "a foreign member has values at the limits";
    Desk::good(writer, BASE, title, &["MOTD-BYTES-9"])
        .put(&repository().site())
        .done(
            request,
            json!({ "published": true, "unsigned": [], "beyond_limits": [] }),
        )
        .write()?;
    for (id, what, value) in beyond() {
        let request = offer(writer, value);
        refused(writer, id, what, request, &json!("publisher-limits"))?;
    }
    without_a_form(writer)
}

/// The next version with this member.
fn offer(writer: &mut Writer, value: Value) -> Value {
    let offered = changed(|offered| {
        offered.edit(NOTICES, move |signed| signed["x-foreign"] = value.clone());
    });
    admit(writer, &offered)
}

/// Values whose canonical form is beyond doubt, so that the signatures are well.
fn beyond() -> Vec<(&'static str, &'static str, Value)> {
    let (large, small) = (9_007_199_254_740_992_i64, -9_007_199_254_740_992_i64);
    vec![
        ("large", "has 2^53", json!(large)),
        ("small", "has -2^53", json!(small)),
        ("newline", "has a newline", json!({ "a": ["a\nb"] })),
        ("delete", "has U+007F", json!("\u{7f}")),
        ("c1", "has U+009F", json!("\u{9f}")),
        (
            "not-nfc",
            "has a letter and its accent apart",
            json!("e\u{301}"),
        ),
        ("name", "has a name outside of ASCII", json!({ "é": 1 })),
        (
            "no-name",
            "has a name without a character",
            json!({ "": 1 }),
        ),
        (
            "control-name",
            "has a name with a tab",
            json!({ "a\tb": 1 }),
        ),
    ]
}

/// Values for which libraries have several canonical forms, or none: whether the signature or the limit is found wrong first
/// is the publisher's own.
fn without_a_form(writer: &mut Writer) -> Result<()> {
    for (id, what, value) in [
        ("fraction", "has a fraction", json!(1.5)),
        ("whole-fraction", "has 1.0", json!(1.0)),
    ] {
        let request = offer(writer, value);
        refused(writer, id, what, request, &json!({ "$any": true }))?;
    }
    let custom = changed(|offered| {
        offered.entry_mut(NOTICES, PATH)["custom"]["x-foreign"] = json!(0.5);
    });
    let request = admit(writer, &custom);
    refused(
        writer,
        "custom",
        "of custom has a fraction",
        request,
        &json!({ "$any": true }),
    )?;
    for (id, what, spelling) in [
        ("minus-zero", "is minus zero", r#""x-foreign":-0"#),
        (
            "exponent",
            "is written with an exponent",
            r#""x-foreign":0e0"#,
        ),
        ("twice", "stands twice", r#""x-foreign":0,"x-foreign":0"#),
        (
            "twice-escaped",
            "stands twice, once as an escape",
            r#""x-foreign":0,"x-foreig\u006e":0"#,
        ),
    ] {
        // Signed as zero, which is what the last of several readers makes of each.
        let offered = changed(|offered| {
            offered.edit(NOTICES, |signed| signed["x-foreign"] = json!(0));
            offered.mangle(NOTICES, move |bytes| {
                let text = String::from_utf8_lossy(&bytes);
                text.replacen(r#""x-foreign":0"#, spelling, 1).into_bytes()
            });
        });
        let request = admit(writer, &offered);
        refused(writer, id, what, request, &json!({ "$any": true }))?;
    }
    Ok(())
}

fn refused(writer: &mut Writer, id: &str, what: &str, request: Value, code: &Value) -> Result<()> {
    let fault = format!("a foreign member {what}");
    Desk::bad(
        writer,
        &format!("offer/foreign-{id}"),
        BASE,
        &fault,
        &["MOTD-BYTES-9"],
    )
    .put(&repository().site())
    .ask(
        request,
        json!({ "status": "rejected", "code": code }),
        found(json!({ "published": false })),
    )
    .write()
}
