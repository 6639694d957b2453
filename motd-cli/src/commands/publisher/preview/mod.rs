//! `motd preview`: a notice as a terminal would show it, in each of its languages; as text, or as an HTML page.

mod html;

use anyhow::Result;

use super::input;
use super::views::{View, ViewOptions, views};
use crate::arguments::publisher::PreviewArguments;
use crate::exit::Exit;
use crate::shell::Shell;

/// Columns of the terminals on an HTML page.
const WIDTHS: [u16; 4] = [40, 80, 120, 200];

pub(super) fn run(arguments: &PreviewArguments, shell: &mut Shell) -> Result<Exit> {
    let input = input::read(&arguments.file, &arguments.default_language)?;
    for fault in &input.faults {
        shell.talk(fault);
    }
    let widths = match arguments.width {
        Some(width) => vec![width],
        None if arguments.html => WIDTHS.to_vec(),
        None => vec![80],
    };
    let look = ViewOptions {
        source: &arguments.source,
        default_language: &input.default_language,
        language: arguments.language.as_ref(),
        widths: &widths,
        plain: arguments.plain,
        // A page says in which encoding it is.
        utf8: arguments.html || shell.is_utf8(),
    };
    let mut all = Vec::new();
    for notice in &input.notices {
        all.extend(views(notice, &look)?);
    }
    if arguments.html {
        shell.lines(&html::page(&arguments.file.display().to_string(), &all)?);
    } else {
        for View {
            language,
            columns,
            lines,
            ..
        } in &all
        {
            shell.talk(&format!("-- {language}, {columns} columns"));
            shell.lines(lines.trim_end_matches('\n'));
        }
    }
    Ok(if input.faults.is_empty() {
        Exit::Well
    } else {
        Exit::Refused
    })
}
