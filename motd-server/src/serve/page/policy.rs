//! What a browser may do for a page: show it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// The one style of both pages, as it stands between `<style>` and `</style>`.
pub(super) const STYLE: &str = include_str!("../../../templates/style.css");

/// The policy of a page that has this style and nothing else.
pub(super) fn with_style(style: &str) -> String {
    let hash = STANDARD.encode(Sha256::digest(style));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// The policy of what is data, should a browser show it.
pub(super) fn of_data() -> String {
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'".to_owned()
}
