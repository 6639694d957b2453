//! Cases as text. Every `.txt` file with steps beside the generators is written like this:
//!
//! ```text
//! # A comment. An empty line ends a paragraph.
//! let off {"machine":{"environment":{"MOTD":"off"}}}
//!
//! repository first
//!   document ["a critical"]
//!
//! each id | now
//!   early | 2026-11-01T04:29:00Z
//!   late | 2026-11-01T17:00:00Z
//! beside/{id} of beside/shown | MOTD-NET-5 | the next command comes at {now}
//!   serve first
//!   check @{now} {off} => fresh a
//!   observe {"private":true}
//! ```
//!
//! A line at the margin begins an entry, lines with two spaces belong to it, and lines with six spaces or more
//! continue the line before, after a space or, where that line ends with `\\`, without one. `{name}` stands for the
//! value of a `let` or of a column; an `each` repeats the entries after it in its paragraph, and `each NAME` takes
//! the rows of an earlier `rows NAME`. `{{a*65}}` is 65 times `a`; `{target:R}` is the path of the notice document of
//! the repository R, `{document:R}` its name in a request and in a bundle, `{bundle:R}` the bundle of R, `{name:R PATH}` the name of a file in the vectors, `{text:R PATH}` its bytes as a JSON string,
//! `{seed:KEY}`, `{keyid:KEY}` and `{key:KEY}` are the seed, the id and the TUF form of a key, `{requirement:CODE}`
//! is the requirement of a reason code, and `{id:TEXT}` a text as part of an id.
//!
//! Every other entry is a case: `ID of BASE | REQUIREMENTS | FAULT`, or `ID | REQUIREMENTS | TITLE` for a positive
//! one. Its lines are in [`steps`], those of a repository in [`repository`], and short forms of JSON in [`values`].

mod repository;
mod steps;
mod values;

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::writer::{CaseDraft, Writer};
use crate::case::VectorFiles;
use crate::simulator::SimulatedRepository;
use motd_core::Code;
use repository::{Repositories, keys};

pub(super) use values::{repeated, set};

/// A file of cases while it is read.
pub(super) struct CaseScript<'w> {
    writer: &'w mut Writer,
    /// The first part of every id.
    role: &'static str,
    words: Vec<(String, String)>,
    rows: BTreeMap<String, RowTable>,
    repositories: Repositories,
}

/// The columns and rows of an `each`.
#[derive(Clone, Default)]
struct RowTable {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// A line at the margin and the lines that belong to it.
struct ScriptEntry {
    head: String,
    lines: Vec<String>,
}

impl<'w> CaseScript<'w> {
    /// A reader of cases whose ids begin with this role.
    pub(super) fn new(writer: &'w mut Writer, role: &'static str) -> Self {
        Self {
            writer,
            role,
            words: Vec::new(),
            rows: BTreeMap::new(),
            repositories: Repositories::default(),
        }
    }

    /// Gives a repository that is easier to make in Rust a name.
    pub(super) fn with(mut self, name: &str, repository: SimulatedRepository) -> Self {
        self.repositories.insert(name, repository);
        self
    }

    /// Gives rows a name, as a `rows` does.
    pub(super) fn with_rows(
        mut self,
        name: &str,
        columns: &[&str],
        rows: Vec<Vec<String>>,
    ) -> Self {
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        self.rows
            .insert(name.to_owned(), RowTable { columns, rows });
        self
    }

    /// Writes the cases of a file. What one file names is known to the files that are read after it.
    ///
    /// # Errors
    /// When a line is not of its form, or names what is not there.
    pub(super) fn read(mut self, text: &str) -> Result<Self> {
        for paragraph in paragraphs(text) {
            let table = RowTable {
                columns: Vec::new(),
                rows: vec![Vec::new()],
            };
            self.paragraph(&paragraph, &table)?;
        }
        Ok(self)
    }

    fn paragraph(&mut self, entries: &[ScriptEntry], table: &RowTable) -> Result<()> {
        for row in &table.rows {
            for (number, entry) in entries.iter().enumerate() {
                let (verb, rest) = entry.head.split_once(' ').unwrap_or((&entry.head, ""));
                if verb == "each" {
                    let inner = self.table(rest, entry, table, row)?;
                    self.paragraph(entries.get(number + 1..).unwrap_or_default(), &inner)?;
                    break;
                }
                let context = || entry.head.clone();
                self.entry(verb, rest, entry, table, row)
                    .with_context(context)?;
            }
        }
        Ok(())
    }

    /// The rows of an `each`, each with the columns that hold already.
    fn table(
        &self,
        rest: &str,
        entry: &ScriptEntry,
        outer: &RowTable,
        row: &[String],
    ) -> Result<RowTable> {
        let inner = if entry.lines.is_empty() {
            self.rows.get(rest).context(rest.to_owned())?.clone()
        } else {
            table(rest, &entry.lines)?
        };
        let rows = inner.rows.into_iter();
        Ok(RowTable {
            columns: [outer.columns.clone(), inner.columns].concat(),
            rows: rows.map(|inner| [row.to_vec(), inner].concat()).collect(),
        })
    }

    fn entry(
        &mut self,
        verb: &str,
        rest: &str,
        entry: &ScriptEntry,
        table: &RowTable,
        row: &[String],
    ) -> Result<()> {
        match verb {
            "let" => {
                let (name, value) = rest.split_once(' ').context("a name and a value")?;
                let value = self.expanded(value, table, row)?;
                self.words.push((format!("{{{name}}}"), value));
            }
            "rows" => {
                let (name, columns) = rest.split_once(' ').context("a name and columns")?;
                let table = self::table(columns, &entry.lines)?;
                self.rows.insert(name.to_owned(), table);
            }
            _ => {
                let head = self.expanded(&entry.head, table, row)?;
                let lines = entry.lines.iter();
                let lines = lines
                    .map(|line| self.expanded(line, table, row))
                    .collect::<Result<Vec<_>>>()?;
                if let Some(name) = head.strip_prefix("repository ") {
                    self.repositories.read(name, &lines)?;
                } else {
                    self.case(&head, &lines)?;
                }
            }
        }
        Ok(())
    }

    fn case(&mut self, head: &str, lines: &[String]) -> Result<()> {
        let [names, requirements, title] = head.splitn(3, " | ").collect::<Vec<_>>()[..] else {
            bail!("not three columns");
        };
        let requirements: Vec<&str> = requirements.split(' ').collect();
        let role = self.role;
        let draft = match names.split_once(" of ") {
            Some((id, base)) => CaseDraft::negative(
                &format!("{role}/{id}"),
                &format!("{role}/{base}"),
                title,
                &requirements,
            ),
            None => CaseDraft::positive(&format!("{role}/{names}"), title, &requirements),
        };
        let draft = steps::of_case(&mut self.writer.files, &self.repositories, draft, lines)?;
        self.writer.write(draft)
    }

    /// The line, with a value for each name in it.
    fn expanded(&self, line: &str, table: &RowTable, row: &[String]) -> Result<String> {
        let mut line = line.to_owned();
        for (column, value) in table.columns.iter().zip(row).rev() {
            line = line.replace(&format!("{{{column}}}"), value);
        }
        for (name, value) in self.words.iter().rev() {
            line = line.replace(name, value);
        }
        let line = repeated(&line)?;
        self.looked_up(&line)
    }

    /// The line, with what it says of repositories and keys.
    fn looked_up(&self, line: &str) -> Result<String> {
        let found = LOOKED_UP
            .iter()
            .filter_map(|what| Some((line.find(&format!("{{{what}:"))?, *what)))
            .min();
        let Some((start, what)) = found else {
            return Ok(line.to_owned());
        };
        let (before, rest) = line.split_at(start);
        let (named, after) = rest.split_once('}').context("no closing brace")?;
        let (_, name) = named.split_once(':').context("no name")?;
        let key = || keys(name).pop().context("no key");
        let code = || Code::ALL.iter().find(|code| code.as_str() == name);
        let value = match what {
            "seed" => key()?.seed(),
            "keyid" => key()?.id(),
            "key" => key()?.to_tuf().to_string(),
            "id" => name.replace([' ', ','], "-"),
            "requirement" => code().context("no such code")?.requirement().to_owned(),
            "target" => self.repositories.named(name)?.target_path(),
            "document" => {
                let path = self.repositories.named(name)?.target_path();
                path.trim_start_matches("targets/").to_owned()
            }
            "bundle" => {
                let site = self.repositories.named(name)?.site();
                json!(Value::Object(steps::members(&site)).to_string()).to_string()
            }
            _ => {
                let (name, path) = name.split_once(' ').context("a repository and a path")?;
                let site = self.repositories.named(name)?.site();
                let bytes = site.get(path).with_context(|| format!("no {path}"))?;
                match what {
                    "name" => VectorFiles::name(bytes),
                    _ => json!(String::from_utf8_lossy(bytes)).to_string(),
                }
            }
        };
        Ok([before, &value, &self.looked_up(after)?].concat())
    }
}

/// What a line can say of repositories, keys, texts and codes.
const LOOKED_UP: [&str; 10] = [
    "target",
    "document",
    "bundle",
    "name",
    "text",
    "seed",
    "keyid",
    "key",
    "id",
    "requirement",
];

fn table(columns: &str, lines: &[String]) -> Result<RowTable> {
    let cells = |line: &str| {
        let line = line
            .strip_suffix(" |")
            .map_or(line.to_owned(), |line| format!("{line} | "));
        line.split(" | ").map(str::to_owned).collect::<Vec<_>>()
    };
    let columns = cells(columns);
    let mut rows = Vec::new();
    for line in lines {
        let row = cells(line);
        ensure!(row.len() == columns.len(), "{line}: not so many columns");
        rows.push(row);
    }
    Ok(RowTable { columns, rows })
}

fn paragraphs(text: &str) -> Vec<Vec<ScriptEntry>> {
    let mut paragraphs = vec![Vec::<ScriptEntry>::new()];
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let paragraph = paragraphs.last_mut();
        let entry = paragraph.and_then(|paragraph| paragraph.last_mut());
        match (entry, line.trim_start()) {
            (_, "") => paragraphs.push(Vec::new()),
            (Some(entry), rest) if line.starts_with("      ") => {
                let line = entry.lines.last_mut().unwrap_or(&mut entry.head);
                match line.pop() {
                    Some('\\') => {}
                    last => line.extend(last.into_iter().chain([' '])),
                }
                line.push_str(rest);
            }
            (Some(entry), rest) if line.starts_with("  ") => entry.lines.push(rest.to_owned()),
            _ => paragraphs
                .last_mut()
                .into_iter()
                .for_each(|paragraph| paragraph.push(ScriptEntry::new(line))),
        }
    }
    paragraphs
}

impl ScriptEntry {
    fn new(head: &str) -> Self {
        Self {
            head: head.to_owned(),
            lines: Vec::new(),
        }
    }
}
