//! The judge of TUF-MOTD: reads the specification, and holds implementations to it.
//!
//! # Architecture
//! [`spec`] reads the Markdown of the specification: requirement blocks, keywords, examples. [`requirements`] makes
//! the machine-readable list from it, [`trace`] finds where the code carries a requirement out, and [`golden`]
//! writes or compares every file that is generated. It imports `motd-core` alone; everything else it drives as a
//! process.

pub mod golden;
pub mod requirements;
pub mod spec;
pub mod trace;
