//! Whether `motd/notices.json` is the notice role's alone, by the order in which TUF clients search.
//!
//! A client searches top-level targets first and then the delegations in their order, depth first, and stops at a
//! terminating one (TUF 5.6.7). Whoever comes earlier and lists the path speaks in the notice role's place.

use super::NOTICE_ROLE;
use super::metadata::RoleFile;
use crate::publish::PublishError;

/// The pattern of the delegation to the notice role.
pub const NOTICE_PATTERN: &str = "motd/*";

/// Checks the top-level targets role.
///
/// # Errors
///
/// [`PublishError::Shadowed`] with what is reached before the notice role.
pub fn check(targets: &RoleFile) -> Result<(), PublishError> {
    let shadowed = |by: &str| Err(PublishError::Shadowed { by: by.to_owned() });
    // MOTD-DEL-2: an entry of top-level targets wins over every delegation.
    if let Some(entry) = targets
        .target_paths()
        .find(|path| path.starts_with("motd/"))
    {
        return shadowed(entry);
    }
    // MOTD-DEL-1: there is no order before or after bins that are computed from the path's hash.
    if targets.has_succinct_roles() {
        return shadowed("succinct_roles");
    }
    let Some(first) = targets.delegations().first() else {
        return shadowed("no delegation");
    };
    // MOTD-DEL-1, MOTD-DEL-2: first in order, so that no other role is asked before; terminating, so that none is
    // after.
    match first.name.as_str() {
        NOTICE_ROLE if first.has_path(NOTICE_PATTERN) && first.terminating => Ok(()),
        NOTICE_ROLE => shadowed("a delegation to motd that is not terminating or not for motd/*"),
        "" => shadowed("a delegation without a name"),
        name => shadowed(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn role(name: &str, paths: &[&str], terminating: bool) -> Value {
        json!({ "name": name, "paths": paths, "terminating": terminating, "keyids": [], "threshold": 1 })
    }

    fn verdict(targets: &Value, roles: &[Value]) -> Result<(), String> {
        let file = json!({ "signatures": [], "signed": { "_type": "targets", "version": 1,
            "expires": "2030-01-01T00:00:00Z", "targets": targets, "delegations": { "keys": {}, "roles": roles } } });
        let file = RoleFile::read("targets", file.to_string().as_bytes()).unwrap();
        check(&file).map_err(|error| match error {
            PublishError::Shadowed { by } => by,
            other => panic!("{other}"),
        })
    }

    #[test]
    fn first_terminating_and_alone_passes() {
        let motd = role("motd", &["motd/*"], true);
        assert_eq!(verdict(&json!({}), std::slice::from_ref(&motd)), Ok(()));
        assert_eq!(
            verdict(
                &json!({"pip": {}}),
                &[motd, role("packages", &["*/*"], false)]
            ),
            Ok(())
        );
    }

    #[test]
    fn whatever_is_reached_earlier_is_named() {
        let motd = role("motd", &["motd/*"], true);
        let listed = json!({ "motd/notices.json": {} });
        assert_eq!(
            verdict(&listed, std::slice::from_ref(&motd)),
            Err("motd/notices.json".to_owned())
        );
        let reserved = json!({ "motd/other": {} });
        assert_eq!(
            verdict(&reserved, std::slice::from_ref(&motd)),
            Err("motd/other".to_owned())
        );
        assert_eq!(
            verdict(&json!({}), &[role("aaa", &["*/*"], false), motd]),
            Err("aaa".to_owned())
        );
        assert_eq!(verdict(&json!({}), &[]), Err("no delegation".to_owned()));
        let file = json!({ "signatures": [], "signed": { "_type": "targets", "version": 1, "expires": "2030-01-01T00:00:00Z",
            "targets": {}, "delegations": { "keys": {}, "succinct_roles": {}, "roles": [role("motd", &["motd/*"], true)] } } });
        let bins = RoleFile::read("targets", file.to_string().as_bytes()).unwrap();
        assert!(
            matches!(check(&bins), Err(PublishError::Shadowed { by }) if by == "succinct_roles")
        );
        assert!(verdict(&json!({}), &[role("motd", &["motd/*"], false)]).is_err());
        assert!(verdict(&json!({}), &[role("motd", &["motd/x"], true)]).is_err());
    }
}
