//! Where a repository is stored: over memory, a folder and a real S3 endpoint, the same promises.

mod bounds;
mod conditional;
mod exhaustion;
mod faults;
pub(crate) mod faulty;
mod forms;
mod proposals;
mod race;
mod reader;
mod recovery;
mod served;
mod upkeep;
mod world;
