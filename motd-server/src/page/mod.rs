//! What a person sees in a browser or a feed reader: made from verified role bytes only, and labelled as information.
//!
//! Nothing here is what installers read; they verify the metadata themselves.

/// One resource that is made from a repository and answered from memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its absolute path, such as `/feed.atom`.
    pub path: &'static str,
    /// Its media type, with the charset.
    pub content_type: &'static str,
    /// What the browser may load and run for it (`Content-Security-Policy`).
    pub policy: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}
