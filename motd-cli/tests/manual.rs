//! The man page and the completions in `docs/` are those that the program prints. `SNAPSHOTS=overwrite` writes them.

use std::path::Path;

use snapbox::assert::DEFAULT_ACTION_ENV;
use snapbox::data::DataFormat;
use snapbox::{Assert, Data};

use crate::common::Room;

/// Compares what the program prints with a file under `docs/`, byte for byte.
fn compare(words: &[&str], name: &str) {
    let printed = Room::new().motd(words).with_status(0);
    assert_eq!(printed.err, "");
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs")
        .join(name);
    let golden = Data::read_from(&path, Some(DataFormat::Text)).raw();
    Assert::new()
        .action_env(DEFAULT_ACTION_ENV)
        .eq(Data::text(printed.out).raw(), golden);
}

#[test]
fn the_man_page_is_current() {
    compare(&["man"], "motd.1");
}

#[test]
fn the_man_page_lists_every_command_and_the_exit_statuses() {
    let page = Room::new().motd(&["man"]).with_status(0).out;
    for command in [
        "LINT",
        "REPO INIT",
        "KEY NEW",
        "KEY SHOW",
        "KEY CHANGE-PASSPHRASE",
        "PUBLISH",
        "ATTACH",
        "SERVE",
        "RUN",
        "CHECK",
        "LIST",
        "ACKNOWLEDGE",
        "SOURCE ADD",
        "SOURCE LIST",
        "SOURCE REMOVE",
        "CONFIG",
        "DEMO",
    ] {
        let heading = format!(".SH \"MOTD {command}\"\n");
        assert_eq!(page.matches(&heading).count(), 1, "{command}");
    }
    let (_, statuses) = page.split_once(".SH \"EXIT STATUS\"\n").unwrap();
    for status in 0..=5 {
        assert!(statuses.contains(&format!("\n  {status}  ")), "{status}");
    }
    // One prologue, not one for each section.
    assert_eq!(page.matches(".ds Aq").count(), 2);
}

#[test]
fn the_schema_of_the_configuration_is_current() {
    compare(&["config", "--schema"], "motd-config.schema.json");
}

#[test]
fn the_completions_are_current() {
    for (shell, name) in [
        ("bash", "motd.bash"),
        ("zsh", "_motd"),
        ("fish", "motd.fish"),
    ] {
        compare(&["completions", shell], &format!("completions/{name}"));
    }
}
