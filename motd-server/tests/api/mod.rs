//! The publishing interface over real HTTP: what gets in, what does not, and the code that it gets.

mod description;
mod flow;
mod forge;
mod log;
mod reading;
mod store;
mod uploads;
mod world;
