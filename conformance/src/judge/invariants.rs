//! What is asked in every step of an installer, a publisher and a server, whatever its case is about. Each message begins with the
//! requirement that is not met.

use super::scene::Scene;
use super::{agreement, fetch, folder, publication};

/// What is not as it always has to be.
pub(super) fn broken(scene: &Scene<'_>) -> Vec<String> {
    match scene.request["operation"].as_str() {
        Some("create" | "publish" | "renew" | "admit") => {
            publication::invariants::broken(scene.folder, scene.folder_before, scene.answer)
        }
        Some("fetch") => {
            fetch::invariants::broken(scene.request, scene.answer, &folder::copy(scene.folder))
        }
        Some("check") => agreement::broken(scene),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::judge::folder::{Copy, Look};

    #[test]
    fn whoever_has_a_role_is_asked_and_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("metadata")).unwrap();
        std::fs::write(folder.path().join("metadata/stray"), b"").unwrap();
        let answer = json!({ "status": "accepted" });
        let cookie = json!({ "status": 405, "headers": { "set-cookie": "id=1" } });
        let loud = json!({ "status": "accepted", "result": { "stderr": "\u{1b}" } });
        let table = [
            ("create", &answer, "MOTD-PUB-7"),
            ("publish", &answer, "MOTD-PUB-7"),
            ("renew", &answer, "MOTD-PUB-7"),
            ("admit", &answer, "MOTD-PUB-7"),
            ("fetch", &cookie, "MOTD-SRV-8"),
            ("check", &loud, "MOTD-SHOW-6"),
            ("acknowledge", &loud, ""),
            ("start", &answer, ""),
        ];
        for (operation, answer, requirement) in table {
            let found = broken(&Scene {
                request: &json!({ "operation": operation }),
                beside: None,
                answer,
                answers_before: &[Value::Null],
                log: &[],
                logs_before: &[],
                elsewhere: &[],
                milliseconds: 0,
                folder: folder.path(),
                folder_before: &Copy::new(),
                look_before: &Look::new(),
            });
            let first = found.first().cloned().unwrap_or_default();
            assert!(first.starts_with(requirement), "{operation}: {first}");
            assert_eq!(first.is_empty(), requirement.is_empty(), "{operation}");
        }
    }
}
