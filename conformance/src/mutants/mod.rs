//! The reference implementation with one check switched off at a time, and the proof that a case which cites the
//! requirement notices.
//!
//! No switch stands in the sources. A table beside the judge, `conformance/mutants/*.toml`, says which text of which file
//! is replaced by which; [`Copied`] makes a copy of the packages with all replacements in it, each behind a condition
//! that one environment variable of the copy's adapter makes true, and [`Trial`] runs the cases against it.

mod matrix;
mod run;
mod source;
mod table;

pub use matrix::KillMatrix;
pub use run::{Control, MutantFinding, MutantOutcome, Trial};
pub use source::{Copied, applied};
pub use table::{Change, Mutant, Table};

use crate::spec::{Block, Verification, keywords};

/// The requirements that need a mutant: those with a MUST or MUST NOT that a test can see.
pub fn testable(blocks: &[Block]) -> impl Iterator<Item = &Block> {
    blocks.iter().filter(|block| {
        let is_must = keywords(&block.text)
            .iter()
            .any(|word| matches!(*word, "MUST" | "MUST NOT"));
        is_must && block.verification == Verification::Test
    })
}
