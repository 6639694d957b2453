//! Where a repository is: a folder, or a place in S3-compatible storage.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::store::StoreError;

/// Where a repository is, as an operator writes it: the path of a folder, or `s3://bucket/prefix`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location(LocationKind);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LocationKind {
    Folder(PathBuf),
    S3 { bucket: String, prefix: String },
}

impl Location {
    /// A folder, whatever its name is.
    #[must_use]
    pub fn folder(path: &Path) -> Self {
        Self(LocationKind::Folder(path.to_owned()))
    }

    /// Reads what an operator wrote. What has no `://` in it is a path, in whatever encoding paths have.
    ///
    /// # Errors
    ///
    /// [`StoreError::Location`] for another scheme than `s3`, and for an S3 URL that is more than a bucket and a
    /// prefix.
    pub fn parse(written: OsString) -> Result<Self, StoreError> {
        let Some((scheme, rest)) = written.to_str().and_then(|text| text.split_once("://")) else {
            return Ok(Self(LocationKind::Folder(written.into())));
        };
        let refused = |what| {
            let location = written.to_string_lossy().into_owned();
            Err(StoreError::Location { location, what })
        };
        if scheme != "s3" {
            // MOTD-PUB-11: a plain web server creates and replaces unconditionally, if at all.
            return refused(
                "neither a folder nor s3://bucket/prefix, and nothing else can be written conditionally",
            );
        }
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let is_bucket_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if bucket.is_empty() || !bucket.bytes().all(is_bucket_byte) {
            // A name and a password before an `@`, or a port, too: they come from the environment.
            return refused("not the name of a bucket after s3://");
        }
        let prefix = prefix.trim_end_matches('/');
        let is_segment = |segment: &str| {
            !segment.is_empty()
                && ![".", ".."].contains(&segment)
                && !segment.contains(|symbol: char| symbol.is_control() || "?#%\\".contains(symbol))
        };
        if !prefix.is_empty() && !prefix.split('/').all(is_segment) {
            return refused("not a plain prefix after the bucket");
        }
        Ok(Self(LocationKind::S3 {
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
        }))
    }

    /// The folder, where it is one.
    #[must_use]
    pub fn as_folder(&self) -> Option<&Path> {
        match &self.0 {
            LocationKind::Folder(path) => Some(path),
            LocationKind::S3 { .. } => None,
        }
    }

    pub(super) const fn kind(&self) -> &LocationKind {
        &self.0
    }
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            LocationKind::Folder(path) => path.display().fmt(formatter),
            LocationKind::S3 { bucket, prefix } if prefix.is_empty() => {
                write!(formatter, "s3://{bucket}")
            }
            LocationKind::S3 { bucket, prefix } => write!(formatter, "s3://{bucket}/{prefix}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, &'static str> {
        match Location::parse(text.into()) {
            Ok(location) => Ok(format!(
                "{} {location}",
                location.as_folder().map_or("s3", |_| "folder")
            )),
            Err(StoreError::Location { what, .. }) => Err(what),
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn a_path_is_a_folder_and_an_s3_url_is_a_bucket_and_a_prefix() {
        assert_eq!(parse("notices").unwrap(), "folder notices");
        assert_eq!(parse("a/b c:d").unwrap(), "folder a/b c:d");
        assert_eq!(parse("s3:/bucket").unwrap(), "folder s3:/bucket");
        assert_eq!(parse("s3://bucket").unwrap(), "s3 s3://bucket");
        assert_eq!(parse("s3://bucket/").unwrap(), "s3 s3://bucket");
        assert_eq!(parse("s3://b.u-c/a/b/").unwrap(), "s3 s3://b.u-c/a/b");
    }

    #[test]
    fn what_cannot_be_written_conditionally_or_is_no_plain_place_is_refused() {
        for text in [
            "https://example.org/notices",
            "http://example.org",
            "ftp://example.org",
            "S3://bucket/a",
            "s3://",
            "s3:///a",
            "s3://name:secret@bucket/a",
            "s3://bucket:9000/a",
            "s3://bucket/a?region=x",
            "s3://bucket/a#b",
            "s3://bucket/a//b",
            "s3://bucket/../b",
            "s3://bucket/a%2fb",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
