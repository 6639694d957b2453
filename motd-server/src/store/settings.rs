//! How S3-compatible storage is reached: the variables that every tool for it reads.

use std::fmt;

/// Endpoint, region and credentials, by the usual names: `AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_ACCESS_KEY_ID` and so on.
///
/// The library does not look at the environment: who calls it hands the variables in.
#[derive(Clone, Default)]
pub struct S3Settings(Vec<(String, String)>);

impl S3Settings {
    /// Takes what concerns S3 out of these variables.
    pub fn from_variables(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let variables = variables.into_iter();
        Self(
            variables
                .filter(|(name, _)| name.starts_with("AWS_"))
                .collect(),
        )
    }

    #[cfg(feature = "s3")]
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.iter();
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// The names alone: among the values are secrets.
impl fmt::Debug for S3Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_set()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}
