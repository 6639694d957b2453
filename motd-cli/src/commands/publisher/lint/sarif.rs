//! Findings as a SARIF 2.1.0 log (OASIS), which code hosts show beside the lines of a change.

use std::collections::BTreeMap;
use std::path::Path;

use motd_core::{Code, Refusal};
use motd_server::publish::notice_file::{Finding, FindingLevel};
use serde_json::{Value, json};

/// One thing that was found, with what its rule needs.
pub(super) struct SarifResult {
    code: Code,
    result: Value,
}

impl SarifResult {
    /// A finding in a notice file, at its line.
    pub(super) fn in_notice(finding: &Finding) -> Self {
        let level = match finding.level {
            FindingLevel::Error => "error",
            FindingLevel::Warning => "warning",
        };
        let detail = finding.detail.as_ref();
        let detail = detail.map_or(String::new(), |detail| format!(" ({detail})"));
        let hint = finding.hint.as_ref();
        let hint = hint.map_or(String::new(), |hint| format!(" Hint: {hint}."));
        let region = json!({ "startLine": finding.line, "startColumn": finding.column });
        let text = format!("{}{detail}.{hint}", finding.fact());
        Self::new(
            &finding.file,
            Some(region),
            level,
            finding.code,
            &finding.place,
            &text,
        )
    }

    /// A refusal in a document, at its JSON pointer.
    pub(super) fn in_document(file: &str, refusal: &Refusal) -> Self {
        let hint = refusal.code.hint();
        let hint = hint.map_or(String::new(), |hint| format!(" Hint: {hint}."));
        let text = format!("{}.{hint}", refusal.code.fact());
        Self::new(
            file,
            None,
            "error",
            refusal.code,
            refusal.place.as_str(),
            &text,
        )
    }

    fn new(
        file: &str,
        region: Option<Value>,
        level: &str,
        code: Code,
        place: &str,
        text: &str,
    ) -> Self {
        let mut physical = json!({ "artifactLocation": { "uri": uri(file) } });
        if let (Some(region), Some(members)) = (region, physical.as_object_mut()) {
            members.insert("region".to_owned(), region);
        }
        let mut location = json!({ "physicalLocation": physical });
        if let (false, Some(members)) = (place.is_empty(), location.as_object_mut()) {
            let logical = json!([{ "fullyQualifiedName": place, "kind": "member" }]);
            members.insert("logicalLocations".to_owned(), logical);
        }
        Self {
            code,
            result: json!({
                "ruleId": code.as_str(),
                "level": level,
                "message": { "text": text },
                "locations": [location],
            }),
        }
    }
}

/// The log of one run.
pub(super) fn log(found: &[SarifResult]) -> Value {
    let rules: BTreeMap<&str, Value> = found
        .iter()
        .map(|found| {
            let code = found.code;
            let rule = json!({
                "id": code.as_str(),
                "shortDescription": { "text": code.fact() },
                "properties": { "requirement": code.requirement() },
            });
            (code.as_str(), rule)
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "motd",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.into_values().collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": found.iter().map(|found| &found.result).collect::<Vec<_>>(),
        }],
    })
}

/// A file's name as a relative reference (RFC 3986), with forward slashes.
fn uri(file: &str) -> String {
    let parts = Path::new(file).components().map(|part| {
        let part = part.as_os_str().to_string_lossy();
        let byte = |byte: u8| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        };
        match &*part {
            "/" => String::new(),
            part => part.bytes().map(byte).collect(),
        }
    });
    parts.collect::<Vec<_>>().join("/")
}
