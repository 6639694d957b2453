//! A text that no rule has judged is not a text.

use motd_core::Text;

fn text() -> Text {
    Text { title: String::from("\u{1b}[2J"), body: Vec::new() }
}

fn main() {}
