//! The report as `JUnit` XML, which continuous integration shows.

use anyhow::Result;
use quick_xml::Writer;
use quick_xml::events::{BytesCData, BytesText, Event};

use super::{OfCase, Report};
use crate::judge::Status;

/// One test suite for each group of cases.
///
/// # Errors
/// Never for a report: what is written goes to memory.
pub fn to_junit(report: &Report) -> Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    let mut groups: std::collections::BTreeMap<&str, Vec<&OfCase>> =
        std::collections::BTreeMap::new();
    for case in &report.cases {
        let group = case
            .judged
            .case
            .rsplit_once('/')
            .map_or("", |(group, _)| group);
        groups.entry(group).or_default().push(case);
    }
    let name = format!(
        "TUF-MOTD {}: {}",
        report.specification, report.implementation.name
    );
    writer
        .create_element("testsuites")
        .with_attribute(("name", printable(&name).as_str()))
        .write_inner_content(|writer| {
            for (group, cases) in groups {
                let count = |name: &str| {
                    let is_kind = |case: &&&OfCase| kind(report, case) == Some(name);
                    cases.iter().filter(is_kind).count().to_string()
                };
                writer
                    .create_element("testsuite")
                    .with_attributes([
                        ("name", group),
                        ("tests", cases.len().to_string().as_str()),
                        ("failures", count("failure").as_str()),
                        ("errors", count("error").as_str()),
                        ("skipped", count("skipped").as_str()),
                    ])
                    .write_inner_content(|writer| {
                        cases
                            .iter()
                            .try_for_each(|case| write(writer, report, case))
                    })?;
            }
            Ok(())
        })?;
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n",
        String::from_utf8(writer.into_inner())?
    ))
}

fn write(writer: &mut Writer<Vec<u8>>, report: &Report, case: &OfCase) -> std::io::Result<()> {
    let judged = &case.judged;
    let seconds = format!(
        "{}.{:03}",
        judged.milliseconds / 1000,
        judged.milliseconds % 1000
    );
    let element = writer.create_element("testcase").with_attributes([
        ("name", judged.case.as_str()),
        ("classname", case.role.as_str()),
        ("time", seconds.as_str()),
    ]);
    let Some(kind) = kind(report, case) else {
        element.write_empty()?;
        return Ok(());
    };
    let why = printable(judged.why.as_deref().unwrap_or_default());
    element.write_inner_content(|writer| {
        writer
            .create_element(kind)
            .with_attributes([("type", judged.status.as_str()), ("message", why.as_str())])
            .write_text_content(BytesText::new(&case.requirements.join(" ")))?;
        if !judged.errors.is_empty() {
            writer
                .create_element("system-err")
                .write_inner_content(|writer| {
                    let errors = printable(&judged.errors);
                    BytesCData::escaped(&errors)
                        .try_for_each(|part| writer.write_event(Event::CData(part)))
                })?;
        }
        Ok(())
    })?;
    Ok(())
}

/// XML 1.0 cannot hold most control characters, however they are written.
fn printable(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\n' | '\t' => character,
            character if character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}') => {
                '\u{fffd}'
            }
            character => character,
        })
        .collect()
}

/// How `JUnit` calls it; nothing when it is a pass. What is claimed and not there is no skipped test.
fn kind(report: &Report, case: &OfCase) -> Option<&'static str> {
    match case.judged.status {
        Status::Pass => None,
        Status::Fail | Status::UnexpectedPass => Some("failure"),
        Status::Unsupported if report.claims(case) => Some("failure"),
        Status::Crash | Status::Timeout | Status::HarnessError => Some("error"),
        Status::Unsupported | Status::ExpectedFail | Status::Inconclusive => Some("skipped"),
    }
}
