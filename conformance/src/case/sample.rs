//! A case without steps, for tests of what is decided about cases.

use super::{Case, Citation, Side};
use crate::spec::ConformanceRole;

/// One of role document at level core that cites these requirements.
pub(crate) fn case(id: &str, side: Side, base: Option<&str>, requirements: &[&str]) -> Case {
    let citation = |id: &&str| Citation {
        id: (*id).to_owned(),
        sha256: String::new(),
    };
    Case {
        id: id.to_owned(),
        title: String::new(),
        role: ConformanceRole::Document,
        level: "core".to_owned(),
        requirements: requirements.iter().map(citation).collect(),
        side,
        base: base.map(str::to_owned),
        fault: None,
        gain: None,
        steps: Vec::new(),
    }
}
