//! Runs cases against an adapter and says what became of each.
//!
//! What a single case shows is found in `attempt`; what counts is decided in `verdict`, once all are known, because a
//! negative case counts only when its base passed in the same run.

mod agreement;
mod attempt;
mod comparison;
mod dispatch;
mod expected;
mod fetch;
mod folder;
mod invariants;
mod matrix;
mod observe;
mod publication;
mod publish;
mod replay;
mod request;
mod run;
mod scene;
mod verdict;
mod watch;

pub use attempt::Attempt;
pub use expected::{Expected, ExpectedFailure};
pub use matrix::{Cell, matrix};
pub use replay::{Again, replay};
pub use run::{JudgeRun, Options, Progress, asked_for, run};
pub use verdict::{Judged, Seen, Status, claims, conforms, decide, passed};
