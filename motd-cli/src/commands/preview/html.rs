//! Views as one HTML page that loads nothing and runs nothing: for a pull request, or for who has no terminal at hand.

use core::fmt::Write as _;

use crate::commands::views::View;

const STYLE: &str = "\
:root { color-scheme: light dark; font: 16px/1.4 system-ui, sans-serif; }
body { margin: 1rem auto; padding: 0 1rem; max-width: 90rem; }
figure { margin: 1rem 0; }
figcaption { font-size: .875rem; }
pre { margin: .25rem 0 0; padding: .75rem; overflow-x: auto; border: 1px solid; font: 13px/1.35 ui-monospace, monospace; }
";

/// The page; everything from the notices stands in it as text.
pub(super) fn page(file: &str, views: &[View]) -> String {
    let mut body = String::new();
    let mut heading = None;
    for view in views {
        let now = (&view.id, &view.language);
        if heading != Some(now) {
            // Writing to a string does not fail.
            let _ = writeln!(body, "<h2>{} ({})</h2>", text(&view.id), view.language);
            heading = Some(now);
        }
        // The box is as wide as the terminal, so that a line which were too long would be seen to be.
        let _ = write!(
            body,
            "<figure>\n<figcaption>{columns} columns</figcaption>\n<pre lang=\"{language}\" tabindex=\"0\" \
             style=\"width: {columns}ch\">{lines}</pre>\n</figure>\n",
            columns = view.columns,
            language = view.language,
            lines = text(&view.lines),
        );
    }
    let file = text(file);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Preview of {file}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>Preview of {file}</h1>\n\
         <p>As terminals show it. Nothing here is signed or published.</p>\n{body}</body>\n</html>"
    )
}

/// Text in the place of text or of a quoted attribute.
fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
