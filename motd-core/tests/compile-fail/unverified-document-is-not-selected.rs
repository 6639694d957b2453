//! A document that nobody vouched for cannot be selected from.

use motd_core::{Document, Environment, select};

fn show(document: &Document, environment: &Environment<'_>) {
    select(document, environment);
}

fn main() {}
