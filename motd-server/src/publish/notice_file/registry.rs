//! The names and words that version 1.0 knows, and the nearest of them to a misspelt one.

/// Members of a notice.
pub(super) const NOTICE: &[&str] = &[
    "audience", "begins", "ends", "id", "links", "repeat", "requires", "resolves", "revision",
    "severity", "text", "topic",
];
/// Members of a language.
pub(super) const TEXT: &[&str] = &["body", "title"];
/// Members of a link.
pub(super) const LINK: &[&str] = &["rel", "url"];

macro_rules! registry {
    ($(#[$doc:meta])* $name:ident $file:literal) => {
        $(#[$doc])*
        pub(super) fn $name() -> Vec<String> {
            names(include_str!(concat!("../../../registries/", $file)))
        }
    };
}

registry!(/** Registered severities. */ severities "severities.json");
registry!(/** Registered topics. */ topics "topics.json");
registry!(/** Registered values of `repeat`. */ repeats "repeats.json");
registry!(/** Registered link relations. */ relations "link-relations.json");
registry!(/** Registered operating systems. */ systems "os.json");
registry!(/** Registered processor architectures. */ architectures "architectures.json");
registry!(/** Registered commands. */ commands "commands.json");
registry!(/** Registered version schemes. */ schemes "version-schemes.json");

/// The names of a registry's entries.
fn names(registry: &str) -> Vec<String> {
    let registry: serde_json::Value = serde_json::from_str(registry).unwrap_or_default();
    let entries = registry
        .get("entries")
        .and_then(serde_json::Value::as_array)
        .cloned()
        .unwrap_or_default();
    entries
        .iter()
        .filter_map(|entry| Some(entry.get("name")?.as_str()?.to_owned()))
        .collect()
}

/// The known name that at most two slips of the keyboard lead to, if there is one.
pub(super) fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let distances = known.map(|name| (slips(written, name), name));
    let (distance, name) = distances.min()?;
    // A word of three letters is two slips away from every other one.
    (distance <= 2 && distance * 2 < name.chars().count()).then_some(name)
}

/// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
fn slips(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let cell = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX - 1);
            let mut best = (cell(&last, j + 1) + 1)
                .min(cell(&row, j) + 1)
                .min(cell(&last, j) + usize::from(a != b));
            let swapped = i > 0 && j > 0 && from.get(i - 1) == Some(b) && to.get(j - 1) == Some(a);
            if swapped {
                best = best.min(cell(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = core::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use motd_core::Clause;

    use super::*;

    #[test]
    fn slips_are_counted() {
        for (from, to, expected) in [
            ("", "", 0),
            ("abc", "abc", 0),
            ("abc", "", 3),
            ("", "ab", 2),
            ("servrity", "severity", 2),
            ("tilte", "title", 1),
            ("titel", "title", 1),
            ("boddy", "body", 1),
        ] {
            assert_eq!(slips(from, to), expected, "{from} {to}");
        }
    }

    #[test]
    fn the_nearest_name_is_near() {
        assert_eq!(
            nearest("serverity", NOTICE.iter().copied()),
            Some("severity")
        );
        assert_eq!(nearest("begin", NOTICE.iter().copied()), Some("begins"));
        assert_eq!(nearest("color", NOTICE.iter().copied()), None);
        assert_eq!(nearest("xy", Clause::MEMBERS.iter().copied()), None);
    }

    #[test]
    fn every_registry_has_entries() {
        for registry in [
            severities(),
            topics(),
            repeats(),
            relations(),
            systems(),
            architectures(),
            commands(),
            schemes(),
        ] {
            assert!(!registry.is_empty());
        }
        assert!(severities().contains(&"critical".to_owned()));
    }

    /// A package holds all that it compiles in, so the registries are copies. `SNAPSHOTS=overwrite` copies them again.
    #[test]
    fn the_registries_are_those_of_the_specification() {
        let package = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        for entry in std::fs::read_dir(package.join("registries")).unwrap() {
            let copy = entry.unwrap().path();
            let name = copy.file_name().unwrap();
            let original = std::fs::read(package.join("../spec/registries").join(name)).unwrap();
            if std::env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite") {
                std::fs::write(&copy, &original).unwrap();
            }
            let copied = std::fs::read(&copy).unwrap();
            assert_eq!(copied, original, "{}: SNAPSHOTS=overwrite", copy.display());
        }
    }
}
