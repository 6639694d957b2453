//! Everything that is wrong with a notice file, in the order of its lines.

use motd_core::{Clause, Code, Component, Document, LanguageTag, Refusal, wrapped};
use serde_json::Value;
use unicode_normalization::is_nfc;

use super::file::NoticeFile;
use super::repair::repair;
use super::{Finding, FindingLevel, registry};
use crate::publish::metadata::limits::{self, LimitKind, pointer};

/// The columns of a terminal that MOTD-SHOW-13 is judged for, without `notice[12345678] `.
const COLUMNS: u16 = 80 - 17;
/// More faults than this in one file are no longer news.
const MOST_FAULTS: usize = 200;

impl NoticeFile {
    /// What a client would refuse, what a publisher must not sign, and what is probably a slip.
    ///
    /// The specification lets a client stop at the first fault of a notice; here every fault is looked for.
    #[must_use]
    pub fn lint(&self, default_language: &LanguageTag) -> Vec<Finding> {
        let mut findings = self.refusals(default_language);
        self.publisher_rules(default_language, &mut findings);
        self.cut(&mut findings);
        self.unknown_names(&mut findings);
        self.unknown_words(&mut findings);
        findings.sort_by_key(|finding| (finding.line, finding.column, finding.level));
        findings.dedup_by(|a, b| (a.code, &a.place) == (b.code, &b.place));
        findings
    }

    /// That another file has the same id: an error among those that are to be published together.
    #[must_use]
    pub fn same_id<'a>(
        &self,
        others: impl IntoIterator<Item = &'a Self>,
        level: FindingLevel,
    ) -> Option<Finding> {
        let id = self.json.get("id")?;
        let twin = others
            .into_iter()
            .find(|other| other.json.get("id") == Some(id))?;
        // MOTD-DOC-9: in one document neither of the two would be read.
        let mut finding = self.finding("/id", Code::IdDuplicate, level);
        finding.detail = Some(twin.name.clone());
        Some(finding)
    }

    fn finding(&self, place: &str, code: Code, level: FindingLevel) -> Finding {
        let (line, column) = self.locate(place);
        Finding {
            file: self.name.clone(),
            line,
            column,
            place: place.to_owned(),
            code,
            level,
            detail: None,
            hint: code.hint().map(str::to_owned),
        }
    }

    /// MOTD-PUB-1: everything that a document processor refuses.
    fn refusals(&self, default_language: &LanguageTag) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut copy = self.json.clone();
        // As deep as it will stand in a document.
        let in_document = serde_json::json!([[copy.clone()]]);
        if let Err(refusal) = motd_core::json::Value::from_parsed(&in_document) {
            let place = limits::check(&self.json)
                .err()
                .filter(|fault| fault.kind == LimitKind::Name && refusal.code == Code::NameNotAscii)
                .map_or(String::new(), |fault| fault.place);
            findings.push(self.finding(&place, refusal.code, FindingLevel::Error));
            return findings;
        }
        for _ in 0..MOST_FAULTS {
            let Ok(value) = motd_core::json::Value::from_parsed(&copy) else {
                break;
            };
            let entry = Document::judge_notice(&value, default_language);
            let languages: Vec<Refusal> = entry
                .languages()
                .iter()
                .filter_map(|language| language.verdict.clone().err())
                .collect();
            let faults: Vec<Refusal> = entry
                .verdict()
                .err()
                .cloned()
                .into_iter()
                .chain(languages)
                .collect();
            let mut changed = false;
            let mut bad_tags = Vec::new();
            for fault in faults {
                let place = in_notice(fault.place.as_str()).to_owned();
                if fault.code == Code::LanguageTagMalformed {
                    bad_tags.extend(tag_at(&copy, &place));
                    continue;
                }
                findings.push(self.finding(&place, fault.code, FindingLevel::Error));
                changed |= repair(&mut copy, &place, fault.code, default_language.as_str());
            }
            // All of them at once: they are known by position, and positions change with the first that goes.
            for tag in bad_tags {
                let place = pointer("/text", &tag);
                let mut finding =
                    self.finding(&place, Code::LanguageTagMalformed, FindingLevel::Error);
                (finding.line, finding.column) = self.places.locate(&self.places.names, &place);
                findings.push(finding);
                let languages = copy.get_mut("text").and_then(Value::as_object_mut);
                changed |= languages.is_some_and(|languages| languages.remove(&tag).is_some());
            }
            if !changed {
                break;
            }
        }
        findings
    }

    fn publisher_rules(&self, default_language: &LanguageTag, findings: &mut Vec<Finding>) {
        for (place, text) in self.texts() {
            let title = text
                .get("title")
                .map(|title| (format!("{place}/title"), title));
            let body = text
                .get("body")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .enumerate();
            let body = body.map(|(index, paragraph)| (format!("{place}/body/{index}"), paragraph));
            for (place, value) in title.into_iter().chain(body) {
                let Some(text) = value.as_str() else {
                    continue;
                };
                // MOTD-TEXT-6: every text, not only the first.
                if !is_nfc(text) {
                    findings.push(self.finding(&place, Code::TextNotNfc, FindingLevel::Error));
                }
                // MOTD-LINK-3: in a text nothing checks which host people see.
                if has_address(text) {
                    findings.push(self.finding(&place, Code::TextAddress, FindingLevel::Warning));
                }
            }
        }
        // MOTD-BYTES-1: alone in a document it is as short as it can be.
        let alone = serde_json::json!({ "schema_version": "1.0", "repository": "a",
            "default_language": default_language.as_str(), "notices": [self.json] });
        let bytes = motd_core::json::Value::from_parsed(&alone).map(|value| value.document_bytes());
        if bytes.is_ok_and(|bytes| bytes.len() > motd_core::limits::TARGET_DOCUMENT_BYTES) {
            findings.push(self.finding("", Code::DocumentTooLarge, FindingLevel::Error));
        }
        // MOTD-BYTES-9: in a member that no version defines, too.
        if let Err(fault) = limits::check(&self.json)
            && !findings.iter().any(|finding| finding.place == fault.place)
        {
            let mut finding =
                self.finding(&fault.place, Code::PublisherLimits, FindingLevel::Error);
            finding.detail = Some(fault.kind.to_string());
            findings.push(finding);
        }
    }

    /// MOTD-SHOW-13: what an automatic display leaves out.
    fn cut(&self, findings: &mut Vec<Finding>) {
        let lines =
            |text: &str, columns, indentation| wrapped(text, Some(columns), indentation).len();
        for (place, text) in self.texts() {
            let body = text.get("body").and_then(Value::as_array);
            let body: Vec<_> = body
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            let between = body.len().saturating_sub(1);
            let count: usize = body.iter().map(|text| lines(text, COLUMNS - 2, "")).sum();
            if count + between > motd_core::limits::LINES_OF_TEXT {
                let place = format!("{place}/body");
                findings.push(self.finding(&place, Code::TextCut, FindingLevel::Warning));
            }
        }
        let link = |(_, link): (String, &Value)| {
            let rel = link.get("rel").and_then(Value::as_str).unwrap_or_default();
            let url = link.get("url").and_then(Value::as_str).unwrap_or_default();
            lines(&format!("{rel}: {url}"), COLUMNS, "  ")
        };
        let count: usize = items(&self.json, "", "links").into_iter().map(link).sum();
        if count > motd_core::limits::LINES_OF_LINKS {
            findings.push(self.finding("/links", Code::TextCut, FindingLevel::Warning));
        }
    }

    /// The texts and where they are.
    fn texts(&self) -> impl Iterator<Item = (String, &Value)> {
        let languages = self.json.get("text").and_then(Value::as_object);
        let texts = languages.into_iter().flatten();
        texts.map(|(tag, text)| (pointer("/text", tag), text))
    }

    /// MOTD-FWD-1: a reader ignores them; in a file that a person wrote they are slips.
    fn unknown_names(&self, findings: &mut Vec<Finding>) {
        self.unknown_in(
            "",
            &self.json,
            registry::NOTICE,
            Code::UnknownMember,
            findings,
        );
        for (place, text) in self.texts() {
            self.unknown_in(&place, text, registry::TEXT, Code::UnknownMember, findings);
        }
        for (place, link) in items(&self.json, "", "links") {
            self.unknown_in(&place, link, registry::LINK, Code::UnknownMember, findings);
        }
        // MOTD-AUD-6: here the clause matches nobody, which is worse than a member that is ignored.
        for (place, clause) in items(&self.json, "", "audience") {
            self.unknown_in(
                &place,
                clause,
                Clause::MEMBERS,
                Code::AudienceUnknown,
                findings,
            );
            for (place, component) in items(clause, &place, "components") {
                self.unknown_in(
                    &place,
                    component,
                    Component::MEMBERS,
                    Code::AudienceUnknown,
                    findings,
                );
            }
        }
    }

    fn unknown_in(
        &self,
        place: &str,
        value: &Value,
        known: &[&str],
        code: Code,
        findings: &mut Vec<Finding>,
    ) {
        for name in value
            .as_object()
            .into_iter()
            .flat_map(serde_json::Map::keys)
        {
            if known.contains(&name.as_str()) {
                continue;
            }
            let place = pointer(place, name);
            let mut finding = self.finding(&place, code, FindingLevel::Warning);
            (finding.line, finding.column) = self.places.locate(&self.places.names, &place);
            suggest(&mut finding, name, known.iter().copied());
            findings.push(finding);
        }
    }

    /// MOTD-FWD-2, MOTD-FWD-3, MOTD-FWD-5, MOTD-FWD-7: words that no registry has.
    fn unknown_words(&self, findings: &mut Vec<Finding>) {
        let mut word = |place: String, value: Option<&Value>, known: Vec<String>, code: Code| {
            let Some(text) = value.and_then(Value::as_str) else {
                return;
            };
            if !known.iter().any(|name| name == text)
                && !findings.iter().any(|finding| finding.place == place)
            {
                let mut finding = self.finding(&place, code, FindingLevel::Warning);
                suggest(&mut finding, text, known.iter().map(String::as_str));
                findings.push(finding);
            }
        };
        let notice = &self.json;
        word(
            "/severity".to_owned(),
            notice.get("severity"),
            registry::severities(),
            Code::SeverityUnknown,
        );
        word(
            "/topic".to_owned(),
            notice.get("topic"),
            registry::topics(),
            Code::TopicUnknown,
        );
        word(
            "/repeat".to_owned(),
            notice.get("repeat"),
            registry::repeats(),
            Code::RepeatUnknown,
        );
        for (place, link) in items(notice, "", "links") {
            word(
                format!("{place}/rel"),
                link.get("rel"),
                registry::relations(),
                Code::RelUnknown,
            );
        }
        for (place, clause) in items(notice, "", "audience") {
            for (name, known) in [
                ("os", registry::systems()),
                ("arch", registry::architectures()),
                ("commands", registry::commands()),
            ] {
                for (place, value) in items(clause, &place, name) {
                    word(place, Some(value), known.clone(), Code::AudienceUnknown);
                }
            }
            for (place, component) in items(clause, &place, "components") {
                let range = component.get("versions").and_then(Value::as_str);
                let scheme =
                    range.and_then(|range| Some(range.strip_prefix("vers:")?.split_once('/')?.0));
                let scheme = scheme.map(Value::from);
                word(
                    format!("{place}/versions"),
                    scheme.as_ref(),
                    registry::schemes(),
                    Code::AudienceUnknown,
                );
            }
        }
    }
}

/// Whether a text has a URL, a mail address, `www.`, or a host with a path.
fn has_address(text: &str) -> bool {
    let in_host = |character: char| character.is_alphanumeric() || matches!(character, '.' | '-');
    let is_name = |host: &str| {
        host.rsplit_once('.').is_some_and(|(name, last)| {
            name.contains(char::is_alphanumeric)
                && last.chars().count() > 1
                && last.chars().all(char::is_alphabetic)
        })
    };
    let around = |sign: char| text.match_indices(sign).map(|(at, _)| text.split_at(at));
    let lower = text.to_lowercase();
    lower.contains("://")
        || lower
            .split(|character| !in_host(character))
            .any(|word| word.starts_with("www."))
        || around('/').any(|(before, _)| {
            is_name(
                before
                    .rsplit(|character| !in_host(character))
                    .next()
                    .unwrap_or_default(),
            )
        })
        || around('@').any(|(before, after)| {
            let host = after.trim_start_matches('@');
            let host = host
                .split(|character| !in_host(character))
                .next()
                .unwrap_or_default();
            before.ends_with(char::is_alphanumeric) && is_name(host.trim_end_matches('.'))
        })
}

fn suggest<'a>(finding: &mut Finding, written: &str, known: impl Iterator<Item = &'a str>) {
    // The author's own word, escaped so that it stays on the line.
    finding.detail = Some(written.escape_debug().to_string());
    if let Some(name) = registry::nearest(written, known) {
        finding.hint = Some(format!("did you mean {name}?"));
    }
}

/// The place from the notice, of a place from the document that has it as its only one.
fn in_notice(place: &str) -> &str {
    place.strip_prefix("/notices/0").unwrap_or(place)
}

/// The tag of a language whose tag is refused: it is named by itself when it could be a tag, else by its position in
/// the order of names.
fn tag_at(notice: &Value, place: &str) -> Option<String> {
    let named = place.strip_prefix("/text/")?;
    let Ok(position) = named.parse::<usize>() else {
        return Some(named.to_owned());
    };
    let mut tags: Vec<&String> = notice.get("text")?.as_object()?.keys().collect();
    tags.sort();
    tags.get(position).map(|tag| (*tag).clone())
}

fn items<'a>(value: &'a Value, place: &str, name: &str) -> Vec<(String, &'a Value)> {
    let place = format!("{place}/{name}");
    let items = value
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .enumerate();
    items
        .map(|(index, item)| (format!("{place}/{index}"), item))
        .collect()
}
