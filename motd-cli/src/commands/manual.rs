//! The man page and the completions, from the definitions of the arguments.

use anyhow::Result;
use clap::CommandFactory as _;

use crate::arguments::CommandLine;
use crate::exit::Exit;
use crate::shell::Shell;

/// Prints the completions for a shell.
pub(super) fn completions(kind: clap_complete::Shell, shell: &mut Shell) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(kind, &mut CommandLine::command(), "motd", &mut script);
    // A script with no word of anybody else. A reader that went away is no error.
    let _ = shell.out().write_all(&script);
    Exit::Well
}

/// Prints the man page: the program, then each of its commands.
pub(super) fn page(shell: &mut Shell) -> Result<Exit> {
    let mut command = CommandLine::command();
    command.build();
    let mut page = Vec::new();
    let manual = clap_mangen::Man::new(command.clone());
    manual.render_title(&mut page)?;
    manual.render_name_section(&mut page)?;
    manual.render_synopsis_section(&mut page)?;
    manual.render_description_section(&mut page)?;
    manual.render_subcommands_section(&mut page)?;
    for inner in command.get_subcommands().flat_map(leaves) {
        let heading = inner.get_bin_name().unwrap_or_default().to_uppercase();
        page.extend_from_slice(format!(".SH \"{heading}\"\n").as_bytes());
        let manual = clap_mangen::Man::new(inner.clone());
        let mut section = Vec::new();
        manual.render_synopsis_section(&mut section)?;
        manual.render_description_section(&mut section)?;
        manual.render_options_section(&mut section)?;
        // The parts of a command are sub-sections of this one page.
        page.extend_from_slice(
            String::from_utf8_lossy(&section)
                .replace(".SH ", ".SS ")
                .as_bytes(),
        );
    }
    let mut extra = Vec::new();
    manual.render_extra_section(&mut extra)?;
    page.extend_from_slice(&extra);
    let page = String::from_utf8_lossy(&page);
    // The table of exit statuses keeps its lines.
    let page = page.replace(".SH EXTRA\nExit status:\n", ".SH \"EXIT STATUS\"\n.nf\n");
    // The list of commands names sections of this page, and no pages of their own.
    let page = command.get_subcommands().fold(page, |page, inner| {
        let name = inner.get_name();
        page.replace(
            &format!("motd\\-{name}(1)"),
            &format!("\\fBmotd {name}\\fR"),
        )
    });
    // Each section brings the prologue that defines the apostrophe; once is enough.
    let (prologue, rest) = page.split_at(page.find(".TH").unwrap_or_default());
    let rest = rest.replace(prologue, "");
    shell.lines(&format!("{prologue}{}\n.fi", rest.trim_end()));
    Ok(Exit::Well)
}

/// The commands that do something: those without commands of their own.
fn leaves(command: &clap::Command) -> Vec<&clap::Command> {
    if command.get_name() == "help" {
        Vec::new()
    } else if command.has_subcommands() {
        command.get_subcommands().flat_map(leaves).collect()
    } else {
        vec![command]
    }
}
