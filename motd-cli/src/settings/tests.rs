//! What the configuration file may say, and what it says when it may not.

use std::path::Path;

use super::*;

const FULL: &str = r#"
display = "plain"
interval-hours = 12

[components]
"pkg:pypi/pip" = ["24.0"]
"pkg:generic/cpython" = ["3.11.7", "3.12.1"]

[source.pypi]
repository = "pypi.org"
root = "roots/pypi.root.json"
metadata-url = "https://notices.example.org/metadata/"
targets-url = "https://notices.example.org/files/"
bound-to = ["https://pypi.org/simple/"]
interval-hours = 24

[source."in.house"]
repository = "packages.example.org/main"
root = "/etc/house.root.json"
metadata-url = "http://packages.example.org:8080/metadata/"
"#;

fn file() -> ConfigFile {
    ConfigFile::locate(Some(Path::new("somewhere/config.toml"))).unwrap()
}

fn schema_takes(text: &str) -> bool {
    let value: serde_json::Value = toml::from_str(text).unwrap();
    jsonschema::draft202012::new(&settings_schema())
        .unwrap()
        .is_valid(&value)
}

#[test]
fn a_full_file_is_read_and_is_valid() {
    let settings = file().parse(FULL).unwrap();
    assert_eq!(settings.display, Some(DisplaySetting::Plain));
    assert_eq!(settings.source.len(), 2);
    let pypi = &settings.source[&Name("pypi".parse().unwrap())];
    assert_eq!(pypi.interval_hours.unwrap().duration().as_secs(), 86_400);
    assert_eq!(
        file().root_of(pypi),
        Path::new("somewhere/roots/pypi.root.json")
    );
    let house = &settings.source[&Name("in.house".parse().unwrap())];
    assert_eq!(file().root_of(house), Path::new("/etc/house.root.json"));
    assert!(schema_takes(FULL));
    assert!(schema_takes(""));
}

#[test]
fn the_example_of_the_guide_is_read() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/users.md");
    let page = std::fs::read_to_string(path).unwrap();
    let example = page.split("```toml\n").nth(1).unwrap();
    let example = example.split("```").next().unwrap();
    let settings = file().parse(example).unwrap();
    let pypi = &settings.source[&Name("pypi".parse().unwrap())];
    assert!(pypi.targets_url.is_some() && pypi.interval_hours.is_some());
    assert!(schema_takes(example));
}

/// Each fault with what the message says of it; `schema` is whether a schema can see it.
#[test]
fn every_fault_has_a_line_and_says_what() {
    for (from, to, place, what, schema) in [
        ("display", "displai", "2:1", "unknown field `displai`", true),
        (
            "\"plain\"",
            "\"loud\"",
            "2:11",
            "unknown variant `loud`",
            true,
        ),
        ("= 12", "= 25", "3:18", "[MOTD-NET-5]", true),
        ("= 12", "= 0", "3:18", "[MOTD-NET-5]", true),
        ("pkg:pypi/pip", "pip", "6:1", "[MOTD-PURL-1]", true),
        ("[\"24.0\"]", "24.0", "6:18", "expected a sequence", true),
        (
            "source.pypi",
            "source.\"py pi\"",
            "9:9",
            "[MOTD-SHOW-8]",
            true,
        ),
        ("\"pypi.org\"", "\"PyPI\"", "10:14", "[MOTD-DOC-3]", true),
        (
            "https://notices.example.org/metadata/",
            "ftp://a.org/",
            "12:16",
            "http or https",
            true,
        ),
        (
            "https://notices.example.org/metadata/",
            "https://me:pw@a.org/",
            "12:16",
            "without a user",
            true,
        ),
        (
            "metadata-url",
            "metadata_url",
            "12:1",
            "unknown field `metadata_url`",
            true,
        ),
        (
            "bound-to = [",
            "bound-to = [7, ",
            "14:13",
            "expected a string",
            true,
        ),
        (
            "root = \"roots/pypi.root.json\"\n",
            "",
            "9:1",
            "missing field `root`",
            true,
        ),
    ] {
        let text = FULL.replacen(from, to, 1);
        assert_ne!(text, FULL, "{to}");
        let message = file().parse(&text).unwrap_err().to_string();
        assert!(
            message.starts_with(&format!("somewhere/config.toml:{place}: ")),
            "{to}: {message}"
        );
        assert!(message.contains(what), "{to}: {message}");
        assert_eq!(message.lines().count(), 1, "{message}");
        assert_eq!(schema_takes(&text), !schema, "{to}");
    }
}

#[test]
fn what_is_no_toml_has_a_line() {
    let message = file().parse("a = 1\nb = = 2\n").unwrap_err().to_string();
    assert!(message.starts_with("somewhere/config.toml:2:"), "{message}");
    let message = file()
        .parse(&format!("{FULL}\n[source.pypi]\n"))
        .unwrap_err();
    assert!(message.to_string().contains("duplicate key"), "{message}");
}

#[test]
fn a_source_is_bound_to_folders_of_one_origin() {
    let settings = file().parse(FULL).unwrap();
    let pypi = &settings.source[&Name("pypi".parse().unwrap())];
    let bound = |used: &[&str]| {
        let used: Vec<_> = used.iter().map(|url| url.parse().unwrap()).collect();
        pypi.is_bound_to(Some(&used))
    };
    for used in [
        "https://pypi.org/simple/",
        "https://pypi.org/simple",
        "https://pypi.org:443/simple/pip/",
    ] {
        assert!(bound(&["https://example.org/", used]), "{used}");
    }
    for used in [
        "https://pypi.org/",
        "https://pypi.org/simple-evil/",
        "http://pypi.org/simple/",
        "https://pypi.org:8443/simple/",
        "https://pypi.org.example.org/simple/",
    ] {
        assert!(!bound(&[used]), "{used}");
    }
    assert!(!bound(&[]));
    // Nothing is known of what the command uses: who is bound is not asked.
    assert!(!pypi.is_bound_to(None));
    let house = &settings.source[&Name("in.house".parse().unwrap())];
    assert!(house.is_bound_to(None) && house.is_bound_to(Some(&[])));
}

#[test]
fn sources_come_and_go_and_the_rest_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new").join("config.toml");
    let file = ConfigFile::locate(Some(&path)).unwrap();
    let mut source = SourceSettings {
        repository: "example.org".to_owned().try_into().unwrap(),
        root: PathBuf::new(),
        metadata_url: "https://example.org/metadata/".parse().unwrap(),
        targets_url: None,
        in_band: true,
        bound_to: vec!["https://example.org/simple/".parse().unwrap()],
        interval_hours: Some("3".parse().unwrap()),
    };
    let first = "first".parse().unwrap();
    file.add_source(&first, &mut source, b"root").unwrap();
    assert_eq!(file.read().unwrap().source[&Name(first.clone())], source);
    let root = file.root_of(&source);
    assert_eq!(std::fs::read(&root).unwrap(), b"root");

    // A person's own words.
    let mut text = std::fs::read_to_string(&path).unwrap();
    text.insert_str(0, "# mine\ndisplay = \"off\"     # until Friday\n\n");
    std::fs::write(&path, &text).unwrap();
    source.repository = "example.net".to_owned().try_into().unwrap();
    file.add_source(&"second".parse().unwrap(), &mut source, b"other")
        .unwrap();
    let both = std::fs::read_to_string(&path).unwrap();
    assert!(both.starts_with(&text), "{both}");
    let again = file
        .add_source(&first, &mut source.clone(), b"root")
        .unwrap_err();
    assert!(
        again.to_string().contains("there is a source first"),
        "{again}"
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), both);

    file.remove_source(&"second".parse().unwrap()).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    assert!(root.exists() && !file.root_of(&source).exists());
    let none = file.remove_source(&"second".parse().unwrap()).unwrap_err();
    assert!(none.to_string().contains("no source second"), "{none}");
}

#[test]
fn a_file_that_cannot_be_read_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    std::fs::write(&path, "display = 7\n").unwrap();
    let file = ConfigFile::locate(Some(&path)).unwrap();
    let mut source = file
        .parse(FULL)
        .unwrap()
        .source
        .remove(&Name("pypi".parse().unwrap()))
        .unwrap();
    let fault = file
        .add_source(&"a".parse().unwrap(), &mut source, b"")
        .unwrap_err();
    assert!(fault.to_string().contains("config.toml:1:11: "), "{fault}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "display = 7\n");
    assert!(!folder.path().join("roots").exists());
}

#[cfg(unix)]
#[test]
fn a_link_to_the_file_stays_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (
        folder.path().join("real.toml"),
        folder.path().join("config.toml"),
    );
    std::fs::write(&real, FULL).unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    let file = ConfigFile::locate(Some(&link)).unwrap();
    file.remove_source(&"pypi".parse().unwrap()).unwrap();
    assert!(link.is_symlink());
    assert!(!std::fs::read_to_string(&real).unwrap().contains("pypi.org"));
}
