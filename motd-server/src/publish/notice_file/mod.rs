//! A notice as a person writes it: a TOML file, with the place of everything in it.
//!
//! The members are those of the JSON form: `[text.en]` is a table for each language, `[[links]]` and `[[audience]]` one
//! for each link and clause. `begins` and `ends` may be TOML date-times with an offset.
//!
//! ```
//! use motd_server::publish::notice_file::NoticeFile;
//! let file = NoticeFile::read("tls.toml", r#"
//!     id = "tls-1.2-required"
//!     revision = 1
//!     severity = "warning"
//!     begins = 2018-04-12T00:00:00Z
//!     ends = 2018-06-30T00:00:00Z
//!
//!     [text.en]
//!     title = "TLS 1.2 will be required on 30 June"
//!     body = ["Older clients will not connect."]
//! "#).unwrap();
//! assert_eq!(file.locate("/severity"), (4, 16));
//! ```

mod file;
mod finding;
mod lint;
mod registry;
mod repair;
mod template;
mod toml;

pub use file::NoticeFile;
pub use finding::{Finding, FindingLevel};
pub use template::{NewNotice, Template};

#[cfg(test)]
mod tests;
