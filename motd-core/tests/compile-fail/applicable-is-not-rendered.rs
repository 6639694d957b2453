//! Neither can one that applies but was not decided on: the repeat rules would be passed over.

use motd_core::{Applicable, Frame, render};

fn show(applicable: &Applicable<'_>, frame: &Frame) -> Vec<String> {
    render(applicable, frame)
}

fn main() {}
