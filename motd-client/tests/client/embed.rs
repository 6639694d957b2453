//! The example for authors of installers: it works, and the guide shows it as it is.

use std::fs;
use std::time::Duration;

use motd_client::{Display, Surroundings};
use motd_core::Code;

use motd_simulator::repo::{document, notice};
use motd_simulator::{HOUR, Simulation};

use self::example::Notices;

#[path = "../../examples/embed_in_installer.rs"]
#[expect(dead_code, reason = "its main function is the example's own")]
mod example;

/// On a terminal or in a pipe, with this value of `MOTD`.
fn surroundings(terminal: bool, switch: &str) -> Surroundings {
    let variable = |name: &str| (name == "MOTD").then(|| switch.to_owned());
    Surroundings::of(variable, terminal, false)
}

/// What the example writes at the end of an installation.
fn install(world: &Simulation, surroundings: Surroundings, seconds: i64) -> String {
    let mut stderr = Vec::new();
    if let Some(mut notices) = Notices::start(surroundings, || Ok(world.config(seconds))) {
        // An installation that takes its time.
        notices.background.wait_for_report(Duration::from_secs(30));
        notices.finish(true, &mut stderr);
    }
    String::from_utf8(stderr).unwrap()
}

#[test]
fn a_notice_is_shown_at_the_end_and_remembered() {
    let world = Simulation::new();
    let expected = "\r\nnotice[toy] WARNING: Hello\nnotice[toy]   A paragraph.\n";
    assert_eq!(install(&world, surroundings(true, ""), 0), expected);
    assert_eq!(install(&world, surroundings(true, ""), HOUR), "");
}

#[test]
fn critical_lines_are_no_display_and_are_not_remembered() {
    let mut world = Simulation::new();
    let mut incident = notice("incident", "Stop");
    incident["severity"] = "critical".into();
    world.repo.publish(&document(&[incident]));
    world.serve();
    for hours in [0, 1] {
        let line = install(&world, surroundings(false, "critical"), hours * HOUR);
        assert!(line.contains("Stop") && line.lines().count() == 1, "{line}");
    }
}

#[test]
fn switched_off_it_reads_nothing_asks_nothing_and_touches_nothing() {
    let (off, pipe) = (surroundings(true, "off"), surroundings(false, ""));
    assert_eq!(
        (off.display(), pipe.display()),
        (Display::Off, Display::Nothing)
    );
    let world = Simulation::new();
    for surroundings in [off, pipe] {
        let notices = Notices::start(surroundings, || {
            panic!("not even the configuration is read")
        });
        assert!(notices.is_none());
    }
    assert_eq!(world.network.requests().len(), 0);
    assert_eq!(fs::read_dir(world.state.path()).unwrap().count(), 0);
}

#[test]
fn what_goes_wrong_says_nothing() {
    let world = Simulation::new();
    world.network.fail("", Code::Connect);
    assert_eq!(install(&world, surroundings(true, ""), 0), "");
    assert!(Notices::start(surroundings(true, ""), || Err("no root".into())).is_none());
}

#[test]
fn the_guide_shows_the_example_as_it_is() {
    let file = include_str!("../../examples/embed_in_installer.rs");
    let (_, shown) = file
        .split_once("// The guide shows what stands from here\n")
        .unwrap();
    let (shown, _) = shown.split_once("// to here.\n").unwrap();
    let guide = crate::of_the_workspace("docs/installer-authors.md");
    assert!(guide.contains(&format!("```rust,ignore\n{shown}```\n")));
}

#[test]
fn the_readme_shows_the_examples_main_function_as_it_is() {
    let file = include_str!("../../examples/embed_in_installer.rs");
    let start = file.find("fn main() -> ExitCode {\n").unwrap();
    let length = file[start..].find("\n}\n").unwrap() + 3;
    let shown = &file[start..start + length];
    let readme = crate::of_the_workspace("README.md");
    assert!(readme.contains(&format!("```rust,ignore\n{shown}```\n")));
}
