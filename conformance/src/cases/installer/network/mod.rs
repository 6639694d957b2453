//! What comes over the network, and what goes out: sections 6.4, 6.5 and 6.8.

mod answers;
mod limits;
mod requests;

use anyhow::Result;

use super::story::repository;
use crate::case::Answer;
use crate::cases::document::notice;
use crate::cases::writer::Writer;
use crate::simulator::Repository;

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    answers::unavailability(writer)?;
    limits::limits(writer)?;
    answers::restarts(writer)?;
    answers::canaries(writer)?;
    requests::redirects(writer)?;
    limits::time(writer)?;
    requests::privacy(writer)
}

/// One notice, in both carriers; the snapshot states no lengths.
fn one() -> Repository {
    repository(&[notice("a", "info")])
}

fn with_headers(status: u16, headers: &[(&str, &str)]) -> Answer {
    let headers = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Answer {
        status,
        headers,
        ..Answer::default()
    }
}
