//! What command lines of pip, npm and cargo say, with their variables and files.

use std::collections::BTreeMap;
use std::fs;

use motd_core::ComponentVersions as _;
use tempfile::TempDir;
use url::Url;

use super::call::InstallerRequest;
use super::*;
use crate::settings::UserSettings;

/// A machine of its own: variables, a home, a working folder, a file system.
struct TestMachine {
    folder: TempDir,
    variables: BTreeMap<String, String>,
    files: bool,
}

impl TestMachine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["home", "work/project", "system"] {
            fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        Self {
            folder,
            variables: BTreeMap::new(),
            files: true,
        }
    }

    fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn look(&self, line: &str) -> Option<Call> {
        let command: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        look(
            &command,
            &Here {
                variable: &|name| self.variables.get(name).cloned(),
                folder: &self.folder.path().join("work/project"),
                home: Some(self.folder.path().join("home")),
                system: &self.folder.path().join("system"),
                left: std::cell::Cell::new(if self.files { Here::BYTES } else { 0 }),
            },
        )
    }

    fn used(&self, line: &str) -> Vec<String> {
        let call = self.look(line).unwrap();
        let used = call.asked.repositories.unwrap();
        used.iter().map(Url::to_string).collect()
    }
}

#[test]
fn installers_are_known_by_what_runs_them() {
    let machine = TestMachine::new();
    for (line, installer, program) in [
        ("pip install a", KnownInstaller::Pip, 1),
        ("/opt/venv/bin/pip3.12 install a", KnownInstaller::Pip, 1),
        ("python3 -m pip install a", KnownInstaller::Pip, 3),
        ("python -I -m pip install a", KnownInstaller::Pip, 4),
        ("py -m pip install a", KnownInstaller::Pip, 3),
        ("npm install", KnownInstaller::Npm, 1),
        ("npm.cmd install", KnownInstaller::Npm, 1),
        ("cargo install a", KnownInstaller::Cargo, 1),
        ("cargo +nightly install a", KnownInstaller::Cargo, 2),
    ] {
        let call = machine.look(line).unwrap();
        assert_eq!(
            (call.installer, call.program.len()),
            (installer, program),
            "{line}"
        );
        assert_eq!(call.asked.token, Some("install"), "{line}");
        assert!(call.asked.network, "{line}");
    }
    for line in [
        "pipx install a",
        "python3 setup.py install",
        "python3 -c pip",
        "python3 -m venv pip",
        "npmrc install",
        "cargo-install a",
        "sh -c pip",
        "",
    ] {
        assert_eq!(machine.look(line), None, "{line}");
    }
}

#[test]
fn commands_have_the_tokens_of_the_registry() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../spec/registries/commands.json"
    );
    let registry = fs::read_to_string(path).unwrap();
    let machine = TestMachine::new();
    for (line, token, network) in [
        ("pip uninstall a", Some("remove"), false),
        (
            "pip --proxy http://a.org:1/ download a",
            Some("download"),
            true,
        ),
        ("pip --isolated list", Some("audit"), false),
        ("pip install --no-index ./a.whl", Some("install"), false),
        ("pip --version", None, false),
        ("pip config list", None, false),
        ("npm i", Some("install"), true),
        ("npm --prefix a ci", Some("install"), true),
        ("npm publish", Some("upload"), true),
        ("npm i --offline", Some("install"), false),
        ("npm run install", None, false),
        ("npm ls", Some("audit"), false),
        ("cargo publish", Some("upload"), true),
        ("cargo owner --add me", Some("account"), true),
        ("cargo --color never update", Some("update"), true),
        ("cargo build", Some("build"), false),
        ("cargo fetch --offline", Some("download"), false),
        ("cargo run -- install", Some("build"), false),
        ("cargo --version", None, false),
    ] {
        let asked = machine.look(line).unwrap().asked;
        assert_eq!((asked.token, asked.network), (token, network), "{line}");
        if let Some(token) = token {
            assert!(
                registry.contains(&format!("\"name\": \"{token}\"")),
                "{token}"
            );
        }
    }
}

#[test]
fn who_asks_for_quiet_or_for_data_is_heard() {
    let machine = TestMachine::new();
    for line in [
        "pip install -q a",
        "pip -qq install a",
        "pip install --quiet a",
        "pip list --format=json",
        "pip list --format json",
        "pip freeze",
        "npm install --silent",
        "npm install -s",
        "npm ls --json",
        "npm install --loglevel=error",
        "cargo build -q",
        "cargo build --message-format=json-render-diagnostics",
        "cargo metadata",
    ] {
        assert!(machine.look(line).unwrap().asked.quiet, "{line}");
    }
    for line in [
        "pip install --quickly a",
        "pip install query",
        "npm install silent",
        "npm install --loglevel verbose",
        "cargo build --message-format=short",
        "cargo run -- -q",
    ] {
        assert!(!machine.look(line).unwrap().asked.quiet, "{line}");
    }
    let mut machine = TestMachine::new();
    machine
        .set("PIP_QUIET", "1")
        .set("npm_config_loglevel", "silent")
        .set("CARGO_TERM_QUIET", "true");
    for line in ["pip install a", "npm install", "cargo build"] {
        assert!(machine.look(line).unwrap().asked.quiet, "{line}");
    }
}

#[test]
fn pip_says_where_its_packages_come_from() {
    let mut machine = TestMachine::new();
    assert_eq!(machine.used("pip install a"), ["https://pypi.org/simple/"]);
    assert_eq!(
        machine.used(
            "pip install -i https://me:pw@a.org/simple?t=1 --extra-index-url=https://b.org/x a"
        ),
        ["https://a.org/simple", "https://b.org/x"]
    );
    assert!(machine.used("pip install --no-index a").is_empty());
    machine.write(
        "system/etc/pip.conf",
        "[global]\nindex-url = https://system.org/\nextra-index-url =\n    https://one.org/\n    https://two.org/\n",
    );
    assert_eq!(
        machine.used("pip install a"),
        [
            "https://system.org/",
            "https://one.org/",
            "https://two.org/"
        ]
    );
    machine.write(
        "home/.config/pip/pip.conf",
        "# mine\n[install]\nindex_url: https://home.org/\n[list]\nindex-url = https://no.org/\n",
    );
    assert_eq!(machine.used("pip install a")[0], "https://home.org/");
    assert_eq!(
        machine.used("pip --isolated install a")[0],
        "https://system.org/"
    );
    assert_eq!(machine.used("pip download a")[0], "https://system.org/");
    machine.set("PIP_INDEX_URL", "https://variable.org/");
    assert_eq!(machine.used("pip install a")[0], "https://variable.org/");
    assert_eq!(
        machine.used("pip install --index-url https://a.org/ a")[0],
        "https://a.org/"
    );
    machine.set("PIP_CONFIG_FILE", "/dev/null");
    assert_eq!(machine.used("pip install a"), ["https://variable.org/"]);
}

#[test]
fn npm_says_where_its_packages_come_from() {
    let mut machine = TestMachine::new();
    assert_eq!(machine.used("npm i"), ["https://registry.npmjs.org/"]);
    machine.write(
        "home/.npmrc",
        "//a.org/:_authToken=x\nregistry=https://home.org/\n",
    );
    assert_eq!(machine.used("npm i"), ["https://home.org/"]);
    machine.write("work/package.json", "{}");
    machine.write(
        "work/.npmrc",
        "@scope:registry=https://scope.org/\nregistry = \"https://project.org/\"\n",
    );
    assert_eq!(machine.used("npm i"), ["https://project.org/"]);
    machine.set("NPM_CONFIG_REGISTRY", "https://variable.org/");
    assert_eq!(machine.used("npm i"), ["https://variable.org/"]);
    assert_eq!(
        machine.used("npm i --registry=https://a.org/"),
        ["https://a.org/"]
    );
    assert!(machine.used("npm i --offline").is_empty());
}

#[test]
fn cargo_says_where_its_packages_come_from() {
    let mut machine = TestMachine::new();
    assert!(
        machine
            .used("cargo add a")
            .contains(&"https://index.crates.io/".to_owned())
    );
    assert_eq!(
        machine.used("cargo install --index sparse+https://a.org/index/ a"),
        ["https://a.org/index/"]
    );
    assert!(machine.used("cargo install --registry ours a").is_empty());
    machine.write(
        "home/.cargo/config.toml",
        "[registries.ours]\nindex = \"sparse+https://ours.org/\"\n[source.crates-io]\nreplace-with = \"mirror\"\n\
         [source.mirror]\nregistry = \"sparse+https://mirror.org/\"\n",
    );
    assert_eq!(
        machine.used("cargo install --registry ours a"),
        ["https://ours.org/"]
    );
    assert_eq!(machine.used("cargo add a"), ["https://mirror.org/"]);
    machine.write(
        "work/.cargo/config.toml",
        "[source.mirror]\nreplace-with = \"crates-io\"\n",
    );
    // A circle ends.
    assert!(!machine.used("cargo add a").is_empty());
    machine.set("CARGO_REGISTRIES_OURS_INDEX", "https://variable.org/");
    assert_eq!(
        machine.used("cargo install --registry ours a"),
        ["https://variable.org/"]
    );
    assert!(machine.used("cargo fetch --frozen").is_empty());
}

#[cfg(unix)]
fn program(folder: &Path, name: &str, text: &str) -> OsString {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.into()
}

/// A pip that writes down where it is asked, and with which words.
#[cfg(unix)]
fn pip(folder: &Path) -> Call {
    let asked = folder.join("asked");
    let text = format!(
        "#!/bin/sh\necho \"$(pwd) $PWD $*\" >> {}\necho 'pip 24.0 from /nowhere (python 3.11)'\n\
         echo 'sys.version: 3.11.7 (main)'\necho 'sys.implementation:'\necho '  name: cpython'\n",
        asked.display()
    );
    call(KnownInstaller::Pip, program(folder, "pip", &text))
}

#[cfg(unix)]
fn call(installer: KnownInstaller, program: OsString) -> Call {
    Call {
        installer,
        program: vec![program],
        asked: InstallerRequest::default(),
    }
}

/// What is installed according to a call.
#[cfg(unix)]
fn installed(call: &Call, questions: &Questions) -> Installed {
    let program = Program::named(&call.program[0]);
    Installed::of_call(&UserSettings::default(), Some(call), program, questions)
}

#[cfg(unix)]
fn versions(installed: &Installed, purl: &str) -> Vec<String> {
    installed.versions(&purl.parse().unwrap()).into_owned()
}

#[cfg(unix)]
#[test]
fn an_installer_is_asked_once_where_nobody_else_writes_and_only_when_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let installed = installed(&pip(folder.path()), &Questions::default());
    assert!(versions(&installed, "pkg:npm/npm").is_empty());
    assert!(!folder.path().join("asked").exists());
    for _ in 0..2 {
        assert_eq!(versions(&installed, "pkg:pypi/pip"), ["24.0"]);
        assert_eq!(versions(&installed, "pkg:generic/cpython"), ["3.11.7"]);
    }
    let asked = fs::read_to_string(folder.path().join("asked")).unwrap();
    assert_eq!(asked, "/ / --version\n/ / debug\n");
}

#[cfg(unix)]
#[test]
fn what_is_declared_is_not_looked_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut installed = installed(&pip(folder.path()), &Questions::default());
    assert!(installed.declare("pkg:pypi/PIP", "9.0.1"));
    assert!(!installed.declare("pip", "9.0.1"));
    assert_eq!(versions(&installed, "pkg:pypi/pip"), ["9.0.1"]);
    assert!(!folder.path().join("asked").exists());
}

/// Commands that start no program know what was said, of the program that is found now and not for ever.
#[cfg(unix)]
#[test]
fn what_was_said_is_kept_of_the_program_that_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let (state, asked) = (folder.path().join("state"), folder.path().join("asked"));
    let at = |text: &str| text.parse().unwrap();
    let read_in = |path: &Path, now| {
        let (state, path) = (state.clone(), path.into());
        let now = at(now);
        kept::KeptVersions { state, now, path }.versions("pkg:pypi/pip")
    };
    let read = |now| read_in(folder.path(), now);
    let now = "2024-03-28T00:00:00Z";
    assert!(read(now).is_empty());
    assert!(!state.exists());
    let learn = |call: &Call| {
        let learning = installed(call, &Questions::default());
        learning.keep_in(&state, at(now));
        versions(&learning, "pkg:pypi/pip")
    };
    assert_eq!(learn(&pip(folder.path())), ["24.0"]);
    fs::remove_file(&asked).unwrap();
    for (time, known) in [
        (now, true),
        ("2024-04-27T00:00:00Z", true),
        ("2024-04-27T00:00:01Z", false),
        ("2024-03-27T00:00:00Z", false),
    ] {
        assert_eq!(!read(time).is_empty(), known, "{time}");
    }
    // A project's own one is another, whichever spoke last.
    let project = folder.path().join("project");
    let own = program(&project, "pip", "#!/bin/sh\necho pip 99.0\n");
    assert_eq!(learn(&call(KnownInstaller::Pip, own)), ["99.0"]);
    assert_eq!(read(now), ["24.0"]);
    assert_eq!(read_in(&project, now), ["99.0"]);
    assert!(read_in(&state, now).is_empty());
    assert!(!asked.exists());
    // One of the same length and time of change, as reproducible packages have.
    let path = folder.path().join("pip");
    let before = fs::metadata(&path).unwrap();
    let text = fs::read_to_string(&path).unwrap().replace("24.0", "25.0");
    program(folder.path(), "pip", &text);
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(before.modified().unwrap()).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().len(), before.len());
    assert!(read(now).is_empty());
}

/// What the command puts in the place of its program, or in a folder where that finds others, ran nowhere before.
#[cfg(unix)]
#[test]
fn nobody_is_asked_who_came_after_the_commands_start() {
    type Change = fn(&Path);
    let folder = tempfile::tempdir().unwrap();
    let pip = pip(folder.path());
    let other = folder.path().join("other");
    fs::create_dir(&other).unwrap();
    let name = &*pip.program[0];
    let changes: [(Change, bool); 4] = [
        (|_| (), true),
        (
            |folder| fs::write(folder.join("unrelated"), "").unwrap(),
            true,
        ),
        (
            |folder| fs::write(folder.join("other/node"), "").unwrap(),
            false,
        ),
        (
            |folder| {
                fs::copy(folder.join("pip"), folder.join("new")).unwrap();
                fs::rename(folder.join("new"), folder.join("pip")).unwrap();
            },
            false,
        ),
    ];
    for (change, is_asked) in changes {
        // What changed in the same tick of the clock would be taken for new.
        let is_past = |program: &Program| program.clone().with_folders().is_some();
        let programs = std::iter::repeat_with(|| Program::found_in(name, other.as_os_str()));
        let program = programs.flatten().find(is_past);
        change(folder.path());
        let settings = UserSettings::default();
        let installed = Installed::of_call(&settings, Some(&pip), program, &Questions::default());
        let known = versions(&installed, "pkg:pypi/pip");
        assert_eq!(!known.is_empty(), is_asked);
        let asked = fs::remove_file(folder.path().join("asked"));
        assert_eq!(asked.is_ok(), is_asked);
    }
}

/// A folder behind its own may be on a file system that never answers: the command starts without it.
#[cfg(unix)]
#[test]
fn a_program_is_searched_no_further_than_the_system_does() {
    let room = tempfile::tempdir().unwrap();
    let folders = ["empty", "own", "behind"].map(|name| room.path().join(name));
    for folder in &folders {
        fs::create_dir(folder).unwrap();
    }
    program(&folders[1], "pip", "#!/bin/sh\n");
    let search = std::env::join_paths(&folders).unwrap();
    let found = Program::found_in("pip".as_ref(), &search).unwrap();
    let sent: serde_json::Value = serde_json::to_value(&found).unwrap();
    assert_eq!(sent["searched"].as_array().unwrap().len(), 2);
}

/// A relative entry of `PATH`, or an empty one, is the folder of whoever made it.
#[cfg(unix)]
#[test]
fn a_program_of_the_working_directory_is_not_asked() {
    let room = tempfile::tempdir().unwrap();
    program(room.path(), "pip", "#!/bin/sh\n");
    let here = std::env::current_dir().unwrap();
    let up: std::path::PathBuf = here.components().skip(1).map(|_| "..").collect();
    let relative = up.join(room.path().strip_prefix("/").unwrap());
    let found = |folder: &Path| Program::found_in("pip".as_ref(), folder.as_os_str());
    assert!(relative.join("pip").exists() && found(&relative).is_none());
    assert!(found(room.path()).is_some());
}

/// It can leave no file by a variable, hold nothing open that the caller waits for, and write to no terminal.
#[cfg(target_os = "linux")]
#[test]
fn who_is_asked_gets_nothing_of_the_caller() {
    let folder = tempfile::tempdir().unwrap();
    let seen = folder.path().join("seen");
    let text = format!(
        "#!/bin/sh\n(ls /proc/self/fd | wc -l; (: < /dev/tty) 2> /dev/null && echo terminal; env | grep -c ^CARGO_PKG) > {}\necho 10.0.0\n",
        seen.display()
    );
    let call = call(KnownInstaller::Npm, program(folder.path(), "npm", &text));
    assert_eq!(
        versions(&installed(&call, &Questions::default()), "pkg:npm/npm"),
        ["10.0.0"]
    );
    assert!(std::env::vars().any(|(name, _)| name.starts_with("CARGO_PKG")));
    // The three streams and what `ls` opens itself.
    assert_eq!(fs::read_to_string(seen).unwrap(), "4\n0\n");
}

/// A pipe whose end shows that every process which held it is gone.
#[cfg(unix)]
fn fifo(folder: &Path) -> std::path::PathBuf {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let fifo = folder.join("fifo");
    mknodat(CWD, &fifo, FileType::Fifo, Mode::RWXU, 0).unwrap();
    fifo
}

#[cfg(unix)]
#[test]
fn who_does_not_answer_is_ended_with_what_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = fifo(folder.path());
    // It waits for one that says that it runs and never ends, as a script in front of an installer does.
    let text = format!(
        "#!/bin/sh\nsh -c 'exec 3> {0}; read line < /dev/zero'\nexit\n",
        fifo.display()
    );
    let call = call(KnownInstaller::Npm, program(folder.path(), "npm", &text));
    let questions = Questions::default();
    let installed = installed(&call, &questions);
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| versions(&installed, "pkg:npm/npm"));
        let mut runs = fs::File::open(&fifo).unwrap();
        questions.end();
        // Its end of the pipe is closed: it is gone.
        assert_eq!(std::io::Read::read(&mut runs, &mut [0]).unwrap(), 0);
        assert!(asking.join().unwrap().is_empty());
    });
    assert!(versions(&installed, "pkg:generic/node").is_empty());
}

#[cfg(unix)]
#[test]
fn what_an_answer_leaves_behind_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = fifo(folder.path());
    let text = format!(
        "#!/bin/sh\nexec 3> {0}\n(exec > /dev/null; read line < /dev/zero) &\necho 10.0.0\n",
        fifo.display()
    );
    let call = call(KnownInstaller::Npm, program(folder.path(), "npm", &text));
    let installed = installed(&call, &Questions::default());
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| versions(&installed, "pkg:npm/npm"));
        let mut runs = fs::File::open(&fifo).unwrap();
        assert_eq!(asking.join().unwrap(), ["10.0.0"]);
        assert_eq!(std::io::Read::read(&mut runs, &mut [0]).unwrap(), 0);
    });
}

/// Nothing waits for what is no regular file, and nothing is opened for what the words alone say.
#[cfg(unix)]
#[test]
fn configuration_is_read_from_regular_files_alone() {
    for (name, line, usual) in [
        (
            "work/project/.npmrc",
            "npm i",
            "https://registry.npmjs.org/",
        ),
        ("home/.npmrc", "npm i", "https://registry.npmjs.org/"),
        (
            "system/etc/pip.conf",
            "pip install a",
            "https://pypi.org/simple/",
        ),
        (
            "home/.config/pip/pip.conf",
            "pip install a",
            "https://pypi.org/simple/",
        ),
        (
            "work/.cargo/config",
            "cargo add a",
            "https://index.crates.io/",
        ),
        (
            "work/.cargo/config.toml",
            "cargo add a",
            "https://index.crates.io/",
        ),
        (
            "home/.cargo/config.toml",
            "cargo add a",
            "https://index.crates.io/",
        ),
    ] {
        let machine = TestMachine::new();
        let path = machine.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::rename(fifo(path.parent().unwrap()), &path).unwrap();
        assert_eq!(machine.used(line)[0], usual, "{name}");
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
        assert_eq!(machine.used(line)[0], usual, "{name}");
    }
}

#[test]
fn a_file_that_is_too_long_is_not_read() {
    let mut machine = TestMachine::new();
    let line = "registry=https://home.org/";
    let long = |length: usize| format!("{line}{}", "\n".repeat(length - line.len()));
    machine.write("home/.npmrc", &long(1_048_576));
    assert_eq!(machine.used("npm i"), ["https://home.org/"]);
    machine.files = false;
    assert_eq!(machine.used("npm i"), ["https://registry.npmjs.org/"]);
    machine.files = true;
    machine.write("home/.npmrc", &long(1_048_577));
    assert_eq!(machine.used("npm i"), ["https://registry.npmjs.org/"]);
    // Of many files no more is read than of one: the nearest of them.
    let source = |name: &str, length: usize| {
        let text = format!(
            "[source.crates-io]\nreplace-with = \"{name}\"\n[source.{name}]\nregistry = \"https://{name}.org/\"\n"
        );
        format!("{text}{}", "\n".repeat(length - text.len()))
    };
    machine.write("home/.cargo/config.toml", &source("home", 200));
    for (length, used) in [
        (1_048_376, "https://home.org/"),
        (1_048_377, "https://index.crates.io/"),
    ] {
        machine.write("work/.cargo/config.toml", &"\n".repeat(length));
        assert_eq!(machine.used("cargo add a")[0], used);
    }
    machine.write("work/.cargo/config.toml", &source("work", 1_000_000));
    assert_eq!(machine.used("cargo add a"), ["https://work.org/"]);
}
