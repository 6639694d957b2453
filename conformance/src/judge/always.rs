//! What is asked in every step of a publisher, whatever its case is about. Each message begins with the
//! requirement that is not met.

use super::observe::Scene;
use super::publication;

/// What is not as it always has to be.
pub(super) fn broken(scene: &Scene<'_>) -> Vec<String> {
    match scene.request["operation"].as_str() {
        Some("create" | "publish" | "renew" | "admit") => {
            publication::always::broken(scene.folder, scene.folder_before, scene.answer)
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::judge::folder::Copy;

    #[test]
    fn publishers_are_asked_and_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("metadata")).unwrap();
        std::fs::write(folder.path().join("metadata/stray"), b"").unwrap();
        let answer = json!({ "status": "accepted" });
        let table = [
            ("create", "MOTD-PUB-7"),
            ("publish", "MOTD-PUB-7"),
            ("renew", "MOTD-PUB-7"),
            ("admit", "MOTD-PUB-7"),
            ("check", ""),
            ("start", ""),
        ];
        for (operation, requirement) in table {
            let found = broken(&Scene {
                request: &json!({ "operation": operation }),
                beside: None,
                answer: &answer,
                answers_before: &[Value::Null],
                log: &[],
                logs_before: &[],
                elsewhere: &[],
                milliseconds: 0,
                folder: folder.path(),
                folder_before: &Copy::new(),
            });
            let first = found.first().cloned().unwrap_or_default();
            assert!(first.starts_with(requirement), "{operation}: {first}");
            assert_eq!(first.is_empty(), requirement.is_empty(), "{operation}");
        }
    }
}
