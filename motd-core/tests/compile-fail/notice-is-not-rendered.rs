//! A notice that was not selected and decided on cannot be rendered.

use motd_core::{Frame, Notice, render};

fn show(notice: &Notice, frame: &Frame) -> Vec<String> {
    render(notice, frame)
}

fn main() {}
