//! `motd new`: a notice file to begin with. On a terminal it asks for the text.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use motd_server::publish::metadata::write;
use motd_server::publish::notice_file::{FindingLevel, NewNotice, NoticeFile};

use super::{lint, now};
use crate::arguments::New;
use crate::exit::Exit;
use crate::shell::Shell;

pub(super) fn run(arguments: &New, shell: &mut Shell) -> Result<Exit> {
    let now = now(arguments.now)?;
    let template = arguments.template;
    let begins = arguments.begins.unwrap_or(now);
    let usual = write::after(begins, template.days());
    let day = begins.to_string();
    let day = day.split('T').next().unwrap_or_default();
    let id = arguments.id.as_ref().map(ToString::to_string);
    let mut notice = NewNotice {
        template,
        id: id.unwrap_or_else(|| format!("{}-{day}", template.name())),
        severity: arguments.severity.clone().unwrap_or(template.severity()),
        begins,
        ends: arguments.ends.unwrap_or(usual),
        language: arguments.language.clone(),
        title: arguments.title.clone().unwrap_or_default(),
        body: arguments.paragraphs.clone(),
        links: arguments.links.clone(),
    };
    if arguments.title.is_none() && shell.can_ask() {
        ask(&mut notice, shell)?;
    }
    let path = arguments
        .file
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("{}.toml", notice.id)));
    let text = notice.to_toml();
    // Somebody's notice is never overwritten.
    let mut file = fs_err::File::create_new(&path)?;
    file.write_all(text.as_bytes())?;

    let name = path.display().to_string();
    shell.data(&name);
    let findings = match NoticeFile::read(&name, &text) {
        Ok(file) => file.lint(&arguments.language),
        Err(finding) => vec![finding],
    };
    findings
        .iter()
        .flat_map(lint::lines)
        .for_each(|line| shell.talk(&line));
    let errors = findings
        .iter()
        .any(|finding| finding.level == FindingLevel::Error);
    let next = if errors { "edit it, then" } else { "next:" };
    shell.talk(&format!("{next} motd lint {name}, motd preview {name}"));
    Ok(Exit::Well)
}

/// Asks for what is read first; the rest is in the file.
fn ask(notice: &mut NewNotice, shell: &mut Shell) -> Result<()> {
    for question in notice.template.questions() {
        shell.talk(question);
    }
    if let Some(title) = shell.ask("title: ")? {
        notice.title = title;
    }
    while let Some(paragraph) = shell.ask("paragraph (empty: no more): ")? {
        if paragraph.is_empty() {
            break;
        }
        notice.body.push(paragraph);
    }
    Ok(())
}
