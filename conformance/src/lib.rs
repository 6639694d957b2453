//! The judge of TUF-MOTD: reads the specification, and holds implementations to it.
//!
//! # Architecture
//! [`spec`] reads the Markdown of the specification: requirement blocks, keywords, examples. [`requirements`] makes
//! the machine-readable list from it, [`trace`] finds where the code carries a requirement out, and [`golden`]
//! writes or compares every file that is generated.
//!
//! [`cases`] writes the vectors, with repositories that [`simulator`] signs; [`case`] is their form. [`judge`] runs them
//! against an [`adapter`], a process, with [`world`] as the web server that an installer asks, and [`report`] says what
//! came out, by the [`profile`]s that a claim rests on. It imports `motd-core` alone; everything else it drives as a process.
//! [`mutants`] turns the judge on itself: do the cases notice when the reference implementation forgets a check?

#![expect(
    clippy::indexing_slicing,
    reason = "members of JSON values, of which an absent one reads as null; nothing else is indexed"
)]

pub mod adapter;
pub mod arguments;
pub mod case;
pub mod cases;
pub mod commands;
mod disk;
pub mod golden;
pub mod judge;
pub mod mutants;
mod numbers;
pub mod profile;
pub mod report;
pub mod requirements;
pub mod simulator;
pub mod spec;
pub mod trace;
pub mod world;
