//! From verified documents to a terminal, and back into what was seen. Chapter 6, sections 6.9 and 6.10.
//!
//! There is nothing here, or anywhere in this crate, that an installer could act on: a notice is lines of text and a
//! record of having been seen (MOTD-FAIL-3).

use std::io::Write;

use motd_core::{
    Decision, Document, EffectiveSeverity, Environment, Frame, Mode, Run, SeenState, Shown,
    SkipReason, SourceName, Verdict, Verified, decide, is_ambiguous_wide, limit_run, list_run,
    more_lines, render, render_short, select, title_in_ascii,
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
    critical: Option<CriticalForm>,
}

/// How the titles of critical notices are written where nothing else is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CriticalForm {
    Framed,
    OneLine,
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
            critical: None,
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

    /// Titles of critical notices alone are written, in ASCII: [`Display::CriticalLines`](crate::Display::CriticalLines)
    /// (MOTD-SHOW-9). None of them counts as seen. Where it is no terminal, each is one line of any length.
    #[must_use]
    pub const fn critical_alone(mut self, is_terminal: bool) -> Self {
        self.plain = false;
        self.critical = Some(if is_terminal {
            CriticalForm::Framed
        } else {
            self.begin = "";
            CriticalForm::OneLine
        });
        self
    }

    /// Why this notice cannot be written.
    fn refusal(
        self,
        source: &SourceName,
        decision: &Decision<'_>,
        environment: &Environment<'_>,
    ) -> Option<SkipReason> {
        // MOTD-SHOW-9.
        if self.critical.is_some() && !decision.shown().as_ref().is_some_and(is_critical) {
            return Some(SkipReason::NoTerminal);
        }
        // A line of any length has no width.
        let is_framed = self.critical != Some(CriticalForm::OneLine);
        is_framed
            .then(|| self.frame(source, environment).err())
            .flatten()
    }

    fn lines(
        self,
        shown: &Shown<'_>,
        source: &SourceName,
        how: Option<&str>,
        frame: Frame,
    ) -> Vec<String> {
        match self.critical {
            None => match how {
                // MOTD-SHOW-13.
                Some(how) => render_short(shown, how, &frame),
                None => render(shown, &frame),
            },
            Some(CriticalForm::Framed) => title_in_ascii(shown, source, Some(frame)),
            Some(CriticalForm::OneLine) => title_in_ascii(shown, source, None),
        }
    }

    fn frame(
        self,
        source: &SourceName,
        environment: &Environment<'_>,
    ) -> Result<Frame, SkipReason> {
        let frame = if self.plain { Frame::plain } else { Frame::new };
        let columns = match self.critical {
            Some(CriticalForm::OneLine) => None,
            _ => (self.columns)(),
        };
        let frame = frame(source.clone(), columns)?;
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
        for decision in decided {
            let decision = match terminal.refusal(source.name, &decision, environment) {
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
/// `how` is what the lines about what is left out say, fixed words of the installer such as `motd list`. `None` is for the
/// list that the user asked for: it leaves nothing out. A terminal that goes away ends the writing and is no error. Where the terminal does not return to column 0 at a line feed, `out` writes
/// CR LF for it (MOTD-SHOW-6).
///
/// A terminal can take nothing for ever: its user stopped it, or no program reads it. So `out` writes within a deadline, or
/// this function is called on a thread that is abandoned at the end of the command (MOTD-FAIL-4). The thread blocks
/// `SIGTTOU`, and a job in the background does not call this (MOTD-SHOW-9).
pub fn write_to_terminal<'a>(
    run: &Run<'a, SourceName>,
    environment: &Environment<'_>,
    terminal: Terminal<'_>,
    how: Option<&str>,
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
        let lines = terminal.lines(&shown, source, how, frame.clone());
        if write_lines(out, begin, &lines).is_err() {
            // A broken pipe changes neither output nor exit status of the command.
            return written;
        }
        // MOTD-REP-8: what was written counts as seen, and nothing else does.
        written.push((source.clone(), shown));
        last = Some(frame);
    }
    if terminal.critical.is_some() {
        // MOTD-SHOW-9: a title alone was not seen, and nothing is said of the others.
        return Vec::new();
    }
    if let Some((frame, how)) = last.zip(how).filter(|_| run.more > 0) {
        // MOTD-SHOW-5: how many more there are, and how to read them.
        let lines = more_lines(run.more, &critical_left_out(run), how, &frame);
        let _ = write_lines(out, "", &lines);
    }
    written
}

/// The sources of the critical notices that are left out of this run, one for each.
fn critical_left_out<'r>(run: &'r Run<'_, SourceName>) -> Vec<&'r SourceName> {
    let beyond = Verdict::Skip(SkipReason::RunLimit);
    let decisions = run.decisions.iter();
    decisions
        .filter(|(_, decision)| decision.verdict() == beyond)
        .filter(|(_, decision)| {
            let notice = decision.applicable().map(|applicable| applicable.notice());
            notice.is_some_and(|notice| notice.effective_severity() == EffectiveSeverity::Critical)
        })
        .map(|(source, _)| source)
        .collect()
}

fn is_critical(shown: &Shown<'_>) -> bool {
    shown.notice().effective_severity() == EffectiveSeverity::Critical
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
