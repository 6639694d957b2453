//! What is shown comes from a decision.

use motd_core::{Applicable, Mode, ShowReason, Shown};

fn show(applicable: Applicable<'_>) -> Shown<'_> {
    Shown { applicable, reason: ShowReason::New, mode: Mode::Automatic }
}

fn main() {}
