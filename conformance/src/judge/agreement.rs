//! What every check keeps, whatever its case is about: its answer agrees with itself, with what was asked of the web server,
//! and with what may reach a person at all.

use serde_json::Value;

use motd_core::posix_is_utf8;

use super::scene::Scene;
use crate::world::Request;

/// What stands before an automatic display: MOTD-SHOW-11.
const FRESH_LINES: [&str; 2] = [
    "\r\n",
    "\x1b\\\x1b%G\x1b[0m\x0f\x1b(B\x1b]8;;\x1b\\\x1b[?69l\r\n\x1b[J\x1b[999M",
];

/// What does not agree. Of two processes that were asked at once the web server's log is one.
pub(super) fn broken(scene: &Scene<'_>) -> Vec<String> {
    let checks: Vec<Check<'_>> = match (scene.answer["answers"].as_array(), scene.beside) {
        (Some(answers), Some(beside)) => [scene.request, beside]
            .into_iter()
            .zip(answers)
            .map(|(request, answer)| Check::new(request, answer, None))
            .collect(),
        _ => vec![Check::new(scene.request, scene.answer, Some(scene))],
    };
    checks
        .iter()
        .filter(|check| check.is_accepted())
        .flat_map(Check::differences)
        .collect()
}

/// One check and its answer.
struct Check<'a> {
    request: &'a Value,
    answer: &'a Value,
    /// What it was alone to ask for.
    scene: Option<&'a Scene<'a>>,
}

impl<'a> Check<'a> {
    const fn new(request: &'a Value, answer: &'a Value, scene: Option<&'a Scene<'a>>) -> Self {
        Self {
            request,
            answer,
            scene,
        }
    }

    fn is_accepted(&self) -> bool {
        self.request["operation"] == "check" && self.answer["status"] == "accepted"
    }

    fn report(&self) -> &Value {
        &self.answer["result"]["report"]
    }

    fn is(&self, kind: &str, form: &str) -> bool {
        self.request["kind"] == kind && self.request["output"]["form"] == form
    }

    fn text(&self, stream: &str) -> &'a str {
        self.answer["result"][stream].as_str().unwrap_or_default()
    }

    /// Standard output without what the command itself wrote.
    fn own_output(&self) -> &'a str {
        let command = self.request["command"]["stdout"].as_str();
        let output = self.text("stdout");
        output
            .strip_prefix(command.unwrap_or_default())
            .unwrap_or(output)
    }

    fn differences(&self) -> Vec<String> {
        let mut out = Vec::new();
        self.characters(&mut out);
        self.silence(&mut out);
        if self.is("explicit", "json") && !self.report().is_null() {
            self.object(&mut out);
        }
        let is_asked = self.is("explicit", "terminal") || self.is("list", "terminal");
        let is_framed = self.request["output"]["plain"] != true && !self.report().is_null();
        if is_asked && is_framed {
            self.display(&mut out);
        }
        let is_automatic =
            self.is("automatic", "terminal") && self.behind_fresh_line() != self.text("stderr");
        if (is_asked || is_automatic) && is_framed {
            self.indentation(&mut out);
        }
        if let Some(scene) = self.scene {
            self.numbers(scene, &mut out);
        }
        out
    }

    /// MOTD-SHOW-6, MOTD-GATE-12: what reaches a terminal has no control character but the line feed.
    fn characters(&self, out: &mut Vec<String>) {
        let warnings = self.report()["warnings"].as_array();
        let warnings = warnings
            .into_iter()
            .flatten()
            .filter_map(|warning| Some(("a warning", warning.as_str()?)));
        let stderr = self.behind_fresh_line();
        let streams = [("stdout", self.own_output()), ("stderr", stderr)];
        for (name, text) in streams.into_iter().chain(warnings) {
            if let Some(control) = text.chars().find(|char| char.is_control() && *char != '\n') {
                let code = u32::from(control);
                out.push(format!("MOTD-SHOW-6: {name} has U+{code:04X}"));
            }
        }
        let lines = displayed(stderr, &self.prefix());
        if !self.is_utf8() && !lines.iter().all(|line| line.is_ascii()) {
            out.push("MOTD-SHOW-12: stderr has a letter that is not ASCII".to_owned());
        }
    }

    /// Standard error behind what stands before an automatic display on a terminal: MOTD-SHOW-11, which cases ask for.
    fn behind_fresh_line(&self) -> &'a str {
        let stderr = self.text("stderr");
        let mut begins = FRESH_LINES.iter();
        let behind = begins.find_map(|begin| stderr.strip_prefix(begin));
        behind
            .filter(|_| self.is("automatic", "terminal"))
            .unwrap_or(stderr)
    }

    /// Whether the machine's variables say that its terminal is in UTF-8: MOTD-SHOW-12.
    fn is_utf8(&self) -> bool {
        let environment = &self.request["machine"]["environment"];
        let [all, ctype, lang] =
            ["LC_ALL", "LC_CTYPE", "LANG"].map(|name| environment[name].as_str());
        posix_is_utf8(all, ctype, lang)
    }

    /// MOTD-GATE-2, MOTD-GATE-5: without a state, and after a verification failure, nothing is displayed.
    fn silence(&self, out: &mut Vec<String>) {
        let report = self.report();
        let is_silent =
            report["state"] == "none" || (self.request["kind"] == "explicit" && self.failed());
        if !is_silent {
            return;
        }
        for (stream, text) in [
            ("stdout", self.text("stdout")),
            ("stderr", self.behind_fresh_line()),
        ] {
            let is_notice =
                |line: &&str| line.starts_with("notice[") || line.starts_with("notice from ");
            if let Some(line) = text.lines().find(is_notice) {
                out.push(format!(
                    "MOTD-GATE-2: {stream} has {line:?} although nothing may be shown"
                ));
            }
        }
        if self.shown().next().is_some() {
            out.push("MOTD-GATE-2: a notice is to be shown although nothing may be".to_owned());
        }
    }

    /// Exit status 3, by MOTD-CHECK-1, which cases ask for.
    fn failed(&self) -> bool {
        self.answer["result"]["exit_status"] == 3
    }

    /// Section 6.12: for programs the check prints one JSON object, and nothing is displayed beside it.
    fn object(&self, out: &mut Vec<String>) {
        match serde_json::from_str::<Value>(self.own_output()) {
            Ok(printed) if printed == *self.report() => {}
            Ok(_) => out.push("section 6.12: stdout has another object than the report".to_owned()),
            Err(error) => out.push(format!("section 6.12: stdout is no JSON object: {error}")),
        }
        if let Some(line) = displayed(self.text("stderr"), self.prefix().as_str()).first() {
            out.push(format!(
                "section 6.12: beside the object stderr has {line:?}"
            ));
        }
    }

    fn prefix(&self) -> String {
        let source = self.request["source"]["name"].as_str();
        format!("notice[{}]", source.unwrap_or_default())
    }

    /// What is displayed is what the report says, whole: section 6.10, MOTD-SHOW-1 and MOTD-SHOW-3. White space is left out
    /// of the comparison, because lines are broken at it and without it.
    fn display(&self, out: &mut Vec<String>) {
        let prefix = self.prefix();
        let mut lines = displayed(self.behind_fresh_line(), &prefix);
        // MOTD-SHOW-13: a list is whole, and each notice that is cut has a line that says so.
        let mut cut = lines.len();
        if self.request["kind"] != "list" {
            lines.retain(|line| !is_count_of_lines(&dense(line)));
        }
        cut -= lines.len();
        let mut rest = dense(&lines.join(""));
        let utf8 = self.is_utf8();
        for notice in self.shown() {
            let words: Vec<String> = in_words(&notice["text"]);
            let words: Vec<String> = words
                .into_iter()
                .map(|words| dense(&if utf8 { words } else { escaped(&words) }))
                .collect();
            let whole = words.concat();
            if rest.contains(&whole) {
                rest = rest.replacen(&whole, "", 1);
            } else if cut > 0
                && let Some(others) = without_cut(&rest, &words)
            {
                cut -= 1;
                rest = others;
            } else {
                out.push(format!(
                    "MOTD-SHOW-3: stderr does not show {} as the report has it",
                    notice["id"]
                ));
            }
        }
        if cut > 0 {
            out.push(
                "MOTD-SHOW-13: stderr says of a notice that lines are left out, and it is whole"
                    .to_owned(),
            );
        }
        if !rest.is_empty() && !is_count(&rest) {
            out.push(format!(
                "MOTD-SHOW-5: stderr shows {rest:?}, which the report does not have"
            ));
        }
    }

    /// MOTD-SHOW-10: only titles, links and the number of those left out begin directly behind the prefix, each on one line.
    fn indentation(&self, out: &mut Vec<String>) {
        let prefix = self.prefix();
        let lines = displayed(self.behind_fresh_line(), &prefix);
        let bare = lines
            .iter()
            .filter(|line| !line.is_empty() && !line.starts_with("   "))
            .filter(|line| !is_count(&dense(line)) && !is_count_of_lines(&dense(line)))
            .count();
        let heads = |notice: &Value| 1 + notice["text"]["links"].as_array().map_or(0, Vec::len);
        let expected: usize = self.shown().map(heads).sum();
        let is_cut = lines.iter().any(|line| is_count_of_lines(&dense(line)));
        // MOTD-SHOW-13: a link that there is no room for is left out.
        if bare > expected || (bare < expected && !is_cut) {
            out.push(format!(
                "MOTD-SHOW-10: {bare} lines are not indented, and {expected} titles and links are shown"
            ));
        }
    }

    /// What the report decides to show.
    fn shown(&self) -> impl Iterator<Item = &Value> {
        let notices = self.report()["notices"].as_array().into_iter().flatten();
        notices.filter(|notice| notice["decision"] == "show")
    }

    /// Section 6.12 and MOTD-GATE-3: numbers and times are what the web server saw.
    fn numbers(&self, scene: &Scene<'_>, out: &mut Vec<String>) {
        let report = self.report();
        if report.is_null() {
            return;
        }
        let asked = scene.log.len() + scene.elsewhere.len();
        if self.request["kind"] == "explicit" && report["requests"] != asked {
            out.push(format!(
                "section 6.12: the report counts {} requests, there were {asked}",
                report["requests"]
            ));
        }
        if report["state"] != "fresh" {
            return;
        }
        let requests = scene.log.iter().chain(scene.elsewhere);
        let bodies = requests.filter(|request| request.status == 200);
        let taken: u64 = bodies.map(|body| body.taken).sum();
        let in_a_row = report["round_trips"].as_u64().unwrap_or_default();
        if self.request["kind"] == "explicit" {
            let bytes = report["bytes"].as_u64().unwrap_or_default();
            if bytes != taken {
                out.push(format!(
                    "section 6.12: the report counts {bytes} bytes, {taken} were taken"
                ));
            }
            if in_a_row == 0 || in_a_row > asked as u64 {
                out.push(format!(
                    "section 6.12: {in_a_row} round trips are not possible with {asked} requests"
                ));
            }
        }
        if report["last_success"] != self.request["now"] {
            out.push(format!(
                "section 6.12: a check that is fresh at {} succeeded last at {}",
                self.request["now"], report["last_success"]
            ));
        }
        let was_asked = |end: &str| {
            let ends = |request: &Request| request.path.ends_with(end);
            scene.log.iter().any(ends)
        };
        let timestamp = match self.request["source"]["kind"].as_str() {
            Some("sidecar") => "/motd-bundle.json",
            _ => "/timestamp.json",
        };
        for end in [timestamp, ".root.json"] {
            if !was_asked(end) {
                out.push(format!(
                    "MOTD-GATE-3: the state is fresh and nothing that ends in {end} was requested"
                ));
            }
        }
    }
}

/// The lines of a display, without their prefix.
fn displayed<'a>(text: &'a str, prefix: &str) -> Vec<&'a str> {
    text.lines()
        .filter_map(|line| line.strip_prefix(prefix))
        .collect()
}

/// A notice as it is written: severity and title, all paragraphs, and each link.
fn in_words(text: &Value) -> Vec<String> {
    let part = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let severity = part(&text["severity"]).to_uppercase();
    let paragraphs = text["body"].as_array().into_iter().flatten();
    let mut out = vec![
        format!("{severity}:{}", part(&text["title"])),
        paragraphs.map(part).collect(),
    ];
    for link in text["links"].as_array().into_iter().flatten() {
        out.push(format!("{}:{}", part(&link["rel"]), part(&link["url"])));
    }
    out
}

/// A display without a notice that is cut: its title, a beginning of its text, and some of its links, each whole.
fn without_cut(rest: &str, words: &[String]) -> Option<String> {
    let [title, text, links @ ..] = words else {
        return None;
    };
    let (before, behind) = rest.split_once(title.as_str())?;
    let same = |(shown, meant): &(char, char)| shown == meant;
    let shown = behind.chars().zip(text.chars()).take_while(same);
    let mut behind: String = behind.chars().skip(shown.count()).collect();
    for link in links {
        if let Some(others) = behind.strip_prefix(link.as_str()) {
            behind = others.to_owned();
        }
    }
    Some(format!("{before}{behind}"))
}

/// A text in printable ASCII: MOTD-SHOW-12.
fn escaped(text: &str) -> String {
    let is_kept = |char: char| matches!(char, ' '..='~') && char != '\\';
    let mut out = String::new();
    for char in text.chars() {
        if is_kept(char) {
            out.push(char);
        } else {
            out.extend(char.escape_unicode());
        }
    }
    out
}

/// Whether this is, without spaces, the line that says how many notices are left out.
fn is_count(rest: &str) -> bool {
    is_number_of(rest, &["more:", "more,"])
}

/// Whether this is, without spaces, the line that says how many lines of a notice are left out: MOTD-SHOW-13.
fn is_count_of_lines(line: &str) -> bool {
    is_number_of(line, &["moreline:", "morelines:"])
}

fn is_number_of(text: &str, what: &[&str]) -> bool {
    let words = text.trim_start_matches(|char: char| char.is_ascii_digit());
    words.len() < text.len() && what.iter().any(|what| words.starts_with(what))
}

fn dense(text: &str) -> String {
    text.chars().filter(|char| *char != ' ').collect()
}

#[cfg(test)]
mod tests;
