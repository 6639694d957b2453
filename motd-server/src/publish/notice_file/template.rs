//! A notice file to begin with: what most notices are about, with the questions that its text has to answer.

use core::fmt::Write as _;

use motd_core::{LanguageTag, Severity, Time};

/// What a notice is about, and what it usually needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Template {
    /// Something is wrong now.
    Incident,
    /// Something will not work for some hours.
    Maintenance,
    /// Something will stop working for good.
    Deprecation,
    /// Something that people have installed, or done, is dangerous.
    Security,
}

impl Template {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Incident,
        Self::Maintenance,
        Self::Deprecation,
        Self::Security,
    ];

    /// Its name, which is the notice's `topic`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::Maintenance => "maintenance",
            Self::Deprecation => "deprecation",
            Self::Security => "security",
        }
    }

    /// The severity that such a notice usually has.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::Incident | Self::Security => Severity::Critical,
            Self::Maintenance => Severity::Info,
            Self::Deprecation => Severity::Warning,
        }
    }

    /// For how many days it is usually shown.
    #[must_use]
    pub const fn days(self) -> u64 {
        match self {
            // It can be extended, and if its authors are kept from it, it goes by itself.
            Self::Incident => 1,
            Self::Maintenance => 7,
            Self::Deprecation => 90,
            Self::Security => 30,
        }
    }

    /// What its text has to say.
    #[must_use]
    pub const fn questions(self) -> &'static [&'static str] {
        match self {
            Self::Incident => &[
                "What not to do, what is safe, and when you will say more. Four lines, not forty.",
                "Learned something since? Edit, raise `revision`, publish; keep the id.",
                "Over? A notice with `resolves = [\"this id\"]` is the all-clear, while this one still runs.",
            ],
            Self::Maintenance => &[
                "What will not work, from when to when (with the time zone), and what works as always.",
                "`ends` is the end of the work: what is over is not shown.",
            ],
            Self::Deprecation => &[
                "What stops working on which day, for whom, and what to do before it.",
                "Name those whom it concerns under [[audience]]: nobody else is told.",
            ],
            Self::Security => &[
                "What is affected, how to see whether one is affected oneself, and what to do.",
                "Name the affected versions under [[audience]], if you are sure of them.",
            ],
        }
    }

    /// Members that such a notice often has, to be completed.
    const fn example(self) -> &'static str {
        match self {
            Self::Incident | Self::Maintenance => {
                "# [[links]]\n# rel = \"status\"\n# url = \"https://status.example.org/\"\n"
            }
            Self::Deprecation => {
                "# [[links]]\n# rel = \"details\"\n# url = \"https://blog.example.org/\"\n\n\
                 # [[audience]]\n# components = [{ purl = \"pkg:pypi/pip\", versions = \"vers:pypi/<9.0.3\" }]\n\
                 # commands = [\"install\"]\n"
            }
            Self::Security => {
                "# [[links]]\n# rel = \"advisory\"\n# url = \"https://advisories.example.org/\"\n\n\
                 # [[audience]]\n# components = [{ purl = \"pkg:pypi/example\", versions = \"vers:pypi/>=1.2|<1.2.7\" }]\n"
            }
        }
    }
}

/// A notice that somebody begins to write.
#[derive(Clone, Debug)]
pub struct NewNotice {
    /// What it is about.
    pub template: Template,
    /// Its id.
    pub id: String,
    /// Its severity.
    pub severity: Severity,
    /// When it begins to be shown.
    pub begins: Time,
    /// When it ends.
    pub ends: Time,
    /// The language of the text.
    pub language: LanguageTag,
    /// The title; empty when it is still to be written, which a lint refuses.
    pub title: String,
    /// The paragraphs.
    pub body: Vec<String>,
    /// Relation and URL of each link.
    pub links: Vec<(String, String)>,
}

impl NewNotice {
    /// The file, with its template's questions as comments. What is wrong with the values stays in it, for the lint to
    /// say where.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut file = String::new();
        for question in self.template.questions() {
            line(&mut file, format_args!("# {question}"));
        }
        line(&mut file, format_args!("id = {}", quoted(&self.id)));
        line(
            &mut file,
            format_args!("revision = 1  # raise it whenever the text changes"),
        );
        let severity = quoted(self.severity.as_str());
        line(
            &mut file,
            format_args!("severity = {severity}  # info, warning or critical"),
        );
        line(
            &mut file,
            format_args!("topic = {}", quoted(self.template.name())),
        );
        line(&mut file, format_args!("begins = {}", self.begins));
        line(&mut file, format_args!("ends = {}", self.ends));
        line(&mut file, format_args!("\n[text.{}]", self.language));
        let title = quoted(&self.title);
        line(
            &mut file,
            format_args!("title = {title}  # may be all that is read"),
        );
        if self.body.is_empty() {
            line(
                &mut file,
                format_args!("body = []  # paragraphs, as plain text"),
            );
        } else {
            line(&mut file, format_args!("body = ["));
            for paragraph in &self.body {
                line(&mut file, format_args!("    {},", quoted(paragraph)));
            }
            line(&mut file, format_args!("]"));
        }
        for (relation, url) in &self.links {
            let (relation, url) = (quoted(relation), quoted(url));
            line(
                &mut file,
                format_args!("\n[[links]]\nrel = {relation}\nurl = {url}"),
            );
        }
        if self.links.is_empty() {
            line(&mut file, format_args!(""));
            file.push_str(self.template.example());
        }
        file
    }
}

fn line(file: &mut String, text: core::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = writeln!(file, "{text}");
}

/// A TOML string, whatever is in it.
fn quoted(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::notice_file::{FindingLevel, NoticeFile};

    fn new(template: Template) -> NewNotice {
        NewNotice {
            template,
            id: "tls-1.2".to_owned(),
            severity: template.severity(),
            begins: "2026-12-01T00:00:00Z".parse().unwrap(),
            ends: "2026-12-02T00:00:00Z".parse().unwrap(),
            language: LanguageTag::english(),
            title: "A title".to_owned(),
            body: vec!["A \"quoted\" \\ paragraph.".to_owned(), "Zwei.".to_owned()],
            links: vec![(
                "status".to_owned(),
                "https://status.example.org/".to_owned(),
            )],
        }
    }

    fn errors(toml: &str) -> Vec<String> {
        let file = NoticeFile::read("new.toml", toml).unwrap();
        let findings = file.lint(&LanguageTag::english());
        findings
            .iter()
            .map(|finding| finding.code.as_str().to_owned())
            .collect()
    }

    #[test]
    fn every_template_is_a_notice_once_it_has_a_title() {
        for template in Template::ALL {
            assert_eq!(errors(&new(template).to_toml()), [""; 0], "{template:?}");
            let untitled = NewNotice {
                title: String::new(),
                body: Vec::new(),
                ..new(template)
            };
            assert_eq!(
                errors(&untitled.to_toml()),
                ["title-malformed"],
                "{template:?}"
            );
        }
    }

    #[test]
    fn what_its_examples_show_is_sound() {
        for template in Template::ALL {
            let begun = NewNotice {
                links: Vec::new(),
                ..new(template)
            };
            let completed: String = begun
                .to_toml()
                .lines()
                .map(|line| match line.strip_prefix("# ") {
                    Some(example) if example.starts_with("[[") || example.contains(" = ") => {
                        format!("{example}\n")
                    }
                    _ => format!("{line}\n"),
                })
                .filter(|line| !line.starts_with("Over?"))
                .collect();
            assert_eq!(errors(&completed), [""; 0], "{completed}");
            assert!(completed.contains("\n[[links]]"), "{completed}");
        }
    }

    #[test]
    fn what_was_given_is_what_is_read() {
        let file = NoticeFile::read("new.toml", new(Template::Incident).to_toml()).unwrap();
        let notice = file.json();
        assert_eq!(
            notice["text"]["en"]["body"][0],
            "A \"quoted\" \\ paragraph."
        );
        assert_eq!(notice["links"][0]["rel"], "status");
        assert_eq!(notice["begins"], "2026-12-01T00:00:00Z");
    }

    #[test]
    fn a_value_does_not_break_out_of_its_place() {
        let hostile = "x\"\nseverity = \"info\u{1b}".to_owned();
        let notice = NewNotice {
            title: hostile.clone(),
            ..new(Template::Incident)
        };
        let file = NoticeFile::read("new.toml", notice.to_toml()).unwrap();
        assert_eq!(file.json()["text"]["en"]["title"], hostile.as_str());
        assert!(
            file.lint(&LanguageTag::english())
                .iter()
                .any(|finding| finding.level == FindingLevel::Error)
        );
    }
}
