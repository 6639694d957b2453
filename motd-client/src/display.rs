//! From verified documents to a terminal, and back into what was seen. Chapter 6, sections 6.9 and 6.10.
//!
//! There is nothing here, or anywhere in this crate, that an installer could act on: a notice is lines of text and a
//! record of having been seen (MOTD-FAIL-3).

use std::io::Write;

use motd_core::{
    Decision, Document, EffectiveSeverity, Environment, Frame, Mode, Run, SeenState, Shown,
    SkipReason, SourceName, Verified, decide, is_ambiguous_wide, limit_run, list_run, more_lines,
    one_line_ascii, render, select,
};

/// One source that may speak in this run.
pub struct Source<'a> {
    /// Its name in the client's configuration.
    pub name: &'a SourceName,
    /// Its verified document.
    pub document: &'a Verified<Document>,
    /// What was seen of it.
    pub seen: &'a SeenState,
}

/// The terminal that notices are written to.
#[derive(Clone, Copy)]
pub struct Terminal<'a> {
    columns: &'a dyn Fn() -> Option<u16>,
    plain: bool,
    utf8: bool,
    begin: &'a str,
}

impl<'a> Terminal<'a> {
    /// A terminal that has as many columns as `columns` says, when it knows.
    ///
    /// It is asked again when lines are written (MOTD-SHOW-2): a window can change while a command runs. `plain` is
    /// whether the reader asked for lines without prefixes, as for a screen reader.
    #[must_use]
    pub const fn new(columns: &'a dyn Fn() -> Option<u16>, plain: bool) -> Self {
        Self {
            columns,
            plain,
            utf8: false,
            begin: "",
        }
    }

    /// Whether it is known to be in UTF-8, as [`Surroundings::utf8`](crate::Surroundings::utf8) says. As long as it is not,
    /// lines are printable ASCII (MOTD-SHOW-12).
    #[must_use]
    pub const fn with_utf8(mut self, utf8: bool) -> Self {
        self.utf8 = utf8;
        self
    }

    /// The display stands after other output: before its first line is written [`Surroundings::fresh_line`](crate::Surroundings::fresh_line)
    /// (MOTD-SHOW-11).
    #[must_use]
    pub const fn after_output(mut self, fresh_line: &'a str) -> Self {
        self.begin = fresh_line;
        self
    }

    fn frame(
        self,
        source: &SourceName,
        environment: &Environment<'_>,
    ) -> Result<Frame, SkipReason> {
        let frame = if self.plain { Frame::plain } else { Frame::new };
        let frame = frame(source.clone(), (self.columns)())?;
        let frame = frame.with_ambiguous_wide(is_ambiguous_wide(&environment.languages));
        Ok(frame.with_utf8(self.utf8))
    }
}

impl Default for Terminal<'_> {
    /// A terminal whose width is unknown.
    fn default() -> Self {
        Self::new(&|| None, false)
    }
}

/// What becomes of every notice of all sources in this run: selected, due, framed, limited.
#[must_use]
pub fn decisions<'a>(
    sources: &[Source<'a>],
    environment: &Environment<'_>,
    terminal: Terminal<'_>,
    mode: Mode,
) -> Run<'a, SourceName> {
    let mut all = Vec::new();
    for source in sources {
        let selected = select(source.document, environment);
        let decided = decide(selected, source.seen, environment.now, mode);
        let narrow = terminal.frame(source.name, environment).err();
        for decision in decided {
            let decision = match narrow {
                Some(reason) => decision.withheld(reason),
                None => decision,
            };
            all.push((source.name.clone(), decision));
        }
    }
    match mode {
        // MOTD-SHOW-5 is about what shows itself.
        Mode::List => list_run(all),
        _ => limit_run(all),
    }
}

/// Writes the shown notices to a terminal, which is standard error (MOTD-SHOW-7), and returns those that got there: what
/// to record as seen (MOTD-REP-8).
///
/// `how` is what the line after a limited run says, fixed words of the installer such as `motd list`. A terminal that
/// goes away ends the writing and is no error. Where the terminal does not return to column 0 at a line feed, `out` writes
/// CR LF for it (MOTD-SHOW-6).
///
/// A terminal can take nothing for ever: its user stopped it, or no program reads it. So `out` writes within a deadline, or
/// this function is called on a thread that is abandoned at the end of the command (MOTD-FAIL-4). The thread blocks
/// `SIGTTOU`, and a job in the background does not call this (MOTD-SHOW-9).
pub fn write_to_terminal<'a>(
    run: &Run<'a, SourceName>,
    environment: &Environment<'_>,
    terminal: Terminal<'_>,
    how: &str,
    out: &mut dyn Write,
) -> Vec<(SourceName, Shown<'a>)> {
    let mut written = Vec::new();
    let mut last = None;
    for (source, shown) in shown(run) {
        // MOTD-SHOW-2: the width of this moment, and not of the one when it was decided.
        let Ok(frame) = terminal.frame(source, environment) else {
            continue;
        };
        let begin = if written.is_empty() {
            terminal.begin
        } else {
            ""
        };
        if write_lines(out, begin, &render(&shown, &frame)).is_err() {
            // A broken pipe changes neither output nor exit status of the command.
            return written;
        }
        // MOTD-REP-8: what was written counts as seen, and nothing else does.
        written.push((source.clone(), shown));
        last = Some(frame);
    }
    if let Some(frame) = last.filter(|_| run.more > 0) {
        // MOTD-SHOW-5: how many more there are, and how to read them.
        let _ = write_lines(out, "", &more_lines(run.more, how, &frame));
    }
    written
}

/// One ASCII line for each critical notice that is due, for logs whose owner asked for it. It does not count as seen.
#[must_use]
pub fn critical_lines(run: &Run<'_, SourceName>) -> Vec<String> {
    // MOTD-SHOW-9.
    shown(run)
        .filter(|(_, shown)| shown.notice().effective_severity() == EffectiveSeverity::Critical)
        .map(|(source, shown)| one_line_ascii(&shown, source))
        .collect()
}

fn shown<'r, 'a>(
    run: &'r Run<'a, SourceName>,
) -> impl Iterator<Item = (&'r SourceName, Shown<'a>)> {
    run.decisions
        .iter()
        .filter_map(|(source, decision): &(_, Decision<'a>)| Some((source, decision.shown()?)))
}

/// Writes whole notices, so that half a notice is never counted.
fn write_lines(out: &mut dyn Write, begin: &str, lines: &[String]) -> std::io::Result<()> {
    let text = format!("{begin}{}\n", lines.join("\n"));
    out.write_all(text.as_bytes())?;
    out.flush()
}
