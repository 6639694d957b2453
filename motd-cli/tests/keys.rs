//! How people hold their keys: encrypted files, an ssh-agent, a program; and where passphrases are not to be found.

use std::fs;
use std::io::Write as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use serde_json::Value;

use crate::common::{
    MOTD, NOTICE, ProgramOutput, Room, assert_ends, assert_holds, permissions, run, tree, words,
};
use crate::desk::{Streams, TerminalProgram};

const START: &str = "2024-03-28T00:00:00Z";
const PUBLISHED: &str = "2024-03-28T01:00:00Z";

/// A passphrase that can be recognised wherever it turns up.
const CANARY: &str = "canary passphrase Xq7";

/// The program with these words, in a shell that opens a file as descriptor 3.
fn with_descriptor(room: &Room, lines: &str, words: &[&str]) -> Command {
    room.write("lines", lines);
    let mut command = room.command("sh");
    command
        .args(["-c", "exec \"$0\" \"$@\" 3<lines", MOTD])
        .args(words);
    command
}

/// Runs the program with these lines to read at descriptor 3.
fn motd(room: &Room, lines: &str, words: &[&str]) -> ProgramOutput {
    run(&mut with_descriptor(room, lines, words))
}

fn init<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let fixed = [
        "repo",
        "init",
        "index",
        "--repository",
        "example.org",
        "--now",
        START,
    ];
    [&fixed[..], more].concat()
}

/// A folder with a notice and a repository whose three keys are encrypted, with a passphrase each.
fn encrypted() -> Room {
    let room = Room::new();
    room.write("notice.toml", NOTICE);
    let words = init(&["--passphrase-fd", "3"]);
    motd(&room, "one\ntwo\nthree\n", &words).with_status(0);
    room
}

/// The words that publish the notice with these keys.
fn publish<'a>(keys: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    let mut words = vec!["publish", "index", "notice.toml", "--now", PUBLISHED];
    words.extend(keys.iter().flat_map(|key| ["--key", key]));
    words.extend(more);
    words
}

/// A program in the folder, written by another process: one that this process had open for writing may not start.
fn program(room: &Room, name: &str, script: &str) {
    let mut shell = room
        .command("sh")
        .args(["-c", "cat >\"$0\" && chmod 700 \"$0\"", name])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = shell.stdin.take().unwrap();
    write!(input, "#!/bin/sh\n{script}\n").unwrap();
    drop(input);
    assert!(shell.wait().unwrap().success());
}

/// Another program, or a word on the test that goes without it.
fn has(program: &str, argument: &str) -> bool {
    let found = Command::new(program)
        .arg(argument)
        .stdin(Stdio::null())
        .output()
        .is_ok();
    if !found {
        skipped(program);
    }
    found
}

/// Says that a test was not done, which the gate takes for a failure.
#[expect(clippy::print_stderr, reason = "the gate reads it")]
fn skipped(needed: &str) {
    let required = std::env::var_os("MOTD_REQUIRE_INTEROP").is_some_and(|value| value == "1");
    assert!(!required, "skipped: needs {needed}");
    eprintln!("skipped: needs {needed}");
}

const PEOPLE: [&str; 2] = ["index/keys/person-1.pem", "index/keys/person-3.pem"];

#[test]
fn a_new_key_is_encrypted_private_and_never_in_the_place_of_another() {
    let room = Room::new();
    let words = ["key", "new", "a.pem", "--passphrase-fd", "3"];
    let made = motd(&room, &format!("{CANARY}\n"), &words).with_status(0);
    let before = tree(&room.path("."));
    let (text, permissions) = &before["a.pem"];
    assert_eq!(*permissions, 0o600);
    let text = String::from_utf8(text.clone()).unwrap();
    assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
    let shown = ["key", "show", "a.pem", "--passphrase-fd", "3"];
    assert_eq!(motd(&room, CANARY, &shown).with_status(0).out, made.out);
    let again = motd(&room, &format!("{CANARY}\n"), &words).with_status(1);
    assert_eq!(again.err, "error: a.pem exists\n");
    assert_eq!(tree(&room.path("."))["a.pem"], before["a.pem"]);
    if has("openssl", "version") {
        room.write("pass", CANARY);
        let public = run(room
            .command("openssl")
            .args("pkey -in a.pem -passin file:pass -noout -text_pub".split(' ')));
        let hexadecimal: String = public.out.chars().filter(char::is_ascii_hexdigit).collect();
        let made = made.out.lines().nth(1).unwrap().to_owned();
        assert!(hexadecimal.ends_with(made.trim_start_matches("public key  ")));
    }
}

#[test]
fn a_key_is_shown_for_people_and_for_programs() {
    let room = Room::new();
    let made = room
        .motd(&["key", "new", "a.pem", "--unencrypted"])
        .with_status(0);
    assert!(made.err.contains("not encrypted"), "{}", made.err);
    assert_eq!(permissions(&room.path("a.pem")), 0o600);
    let shown = room
        .motd(&["key", "show", "a.pem", "--json"])
        .with_status(0)
        .json();
    let (id, public) = (&shown["keyid"], &shown["public"]);
    assert_eq!(shown["key"]["keytype"], "ed25519");
    assert_eq!(shown["key"]["keyval"]["public"], *public);
    let lines: Vec<_> = made.out.lines().collect();
    assert_eq!(lines[0], format!("key id      {}", id.as_str().unwrap()));
    assert_eq!(
        lines[1],
        format!("public key  {}", public.as_str().unwrap())
    );
    let object = lines[2].strip_prefix("key object  ").unwrap();
    let object: Value = serde_json::from_str(object).unwrap();
    assert_eq!(object, shown["key"]);
}

#[test]
fn a_passphrase_is_changed_whole_or_not_at_all() {
    let room = Room::new();
    let new = ["key", "new", "a.pem", "--passphrase-fd", "3"];
    let made = motd(&room, "old\n", &new).with_status(0);
    let change = words("key change-passphrase a.pem --passphrase-fd 3 --new-passphrase-fd 3");
    let before = fs::read(room.path("a.pem")).unwrap();
    for lines in ["wrong\nnew\n", "old\n", "old\n\n", ""] {
        motd(&room, lines, &change).with_status(1);
        assert_eq!(fs::read(room.path("a.pem")).unwrap(), before, "{lines:?}");
    }
    motd(&room, "old\nnew\n", &change).with_status(0);
    let show = ["key", "show", "a.pem", "--passphrase-fd", "3"];
    assert_eq!(motd(&room, "new\n", &show).with_status(0).out, made.out);
    let old = motd(&room, "old\n", &show).with_status(1);
    assert_eq!(
        old.err,
        "error: a.pem: the passphrase does not open the key\n"
    );
    assert_eq!(permissions(&room.path("a.pem")), 0o600);
    // By commands, and from a file that is not encrypted yet.
    room.motd(&["key", "new", "b.pem", "--unencrypted"])
        .with_status(0);
    for (old, new) in [("false", "echo first"), ("echo first", "echo second")] {
        let words = words("key change-passphrase b.pem --passphrase-command");
        room.motd(&[&words[..], &[old, "--new-passphrase-command", new]].concat())
            .with_status(0);
    }
    let show = ["key", "show", "b.pem", "--passphrase-command"];
    room.motd(&[&show[..], &["echo second"]].concat())
        .with_status(0);
    room.motd(&[&show[..], &["echo first"]].concat())
        .with_status(1);
    room.motd(&[&show[..], &["echo second; exit 3"]].concat())
        .with_status(1);
    assert_eq!(
        fs::read_dir(room.path(".")).unwrap().count(),
        3,
        "no litter"
    );
}

#[test]
fn people_publish_with_encrypted_keys() {
    let room = encrypted();
    for name in ["person-1", "person-2", "person-3"] {
        let text = fs::read_to_string(room.path(&format!("index/keys/{name}.pem"))).unwrap();
        assert!(text.contains("ENCRYPTED PRIVATE KEY"), "{name}");
    }
    let words = publish(&PEOPLE, &["--passphrase-fd", "3"]);
    motd(&room, "one\nthree\n", &words).with_status(0);
    // A command that knows which file it is asked for.
    program(
        &room,
        "known",
        "case $MOTD_KEY_FILE in *1.pem) echo one ;; *3.pem) echo three ;; esac; echo more",
    );
    let words = publish(&PEOPLE, &["--passphrase-command", "./known"]);
    room.motd(&words).with_status(0);
    // One that talks without end is not listened to for ever.
    let endless = "echo one; exec yes";
    room.motd(&publish(&PEOPLE[..1], &["--passphrase-command", endless]))
        .with_status(1);
    let renew = ["repo", "renew", "index", "--now", PUBLISHED];
    let keys = ["--key", PEOPLE[0], "--key", PEOPLE[1]];
    let from = ["--passphrase-fd", "3"];
    let words = [&renew[..], &keys, &from].concat();
    motd(&room, "one\nthree\n", &words).with_status(0);
}

#[test]
fn a_wrong_passphrase_changes_nothing_and_is_not_repeated() {
    let room = encrypted();
    let before = tree(&room.path("index"));
    let words = publish(&PEOPLE, &["--passphrase-fd", "3"]);
    for lines in [format!("one\n{CANARY}\n"), format!("{CANARY}\nthree\n")] {
        let output = motd(&room, &lines, &words).with_status(1);
        assert_ends(&output.err, ".pem: the passphrase does not open the key\n");
        assert!(!output.err.contains("canary"), "{}", output.err);
        assert_eq!(output.out, "");
    }
    // Too few lines.
    motd(&room, "one\n", &words).with_status(1);
    let silent = format!("echo '{CANARY}' >/dev/null");
    let words = publish(&PEOPLE, &["--passphrase-command", &silent]);
    let output = room.motd(&words).with_status(1);
    assert!(!output.err.contains("canary"), "{}", output.err);
    assert!(tree(&room.path("index")) == before);
}

#[test]
fn arguments_and_variables_are_no_place_for_a_passphrase() {
    let room = encrypted();
    for option in ["--passphrase", "--password", "--passphrase=one"] {
        room.motd(&publish(&PEOPLE, &[option])).with_status(2);
    }
    let words = publish(&PEOPLE[..1], &[]);
    let mut command = room.command(MOTD);
    command.args(&words);
    for variable in ["MOTD_PASSPHRASE", "MOTD_PASSPHRASE_FD", "MOTD_PASSWORD"] {
        command.env(variable, "one");
    }
    // Away from any terminal of whoever runs the tests.
    let output = run(&mut detached(&mut command)).with_status(1);
    assert_holds(&output.err, "there is no terminal to ask on");
    for number in ["1", "2", "77"] {
        let words = publish(&PEOPLE[..1], &["--passphrase-fd", number]);
        room.motd(&words).with_status(1);
    }
}

/// The same command in a session of its own, which has no controlling terminal.
fn detached(command: &mut Command) -> Command {
    let mut inner = Command::new("setsid");
    inner.arg("--wait").arg(command.get_program());
    inner
        .args(command.get_args())
        .env_clear()
        .stdin(Stdio::null());
    if let Some(folder) = command.get_current_dir() {
        inner.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            inner.env(name, value);
        }
    }
    inner
}

#[test]
fn a_person_is_asked_twice_for_a_new_passphrase_and_sees_none() {
    let room = Room::new();
    let new = |second: &str| {
        let mut command = room.command(MOTD);
        command.args(["key", "new", "a.pem"]);
        // The streams are elsewhere: what is asked is asked on the terminal itself.
        let mut running = TerminalProgram::start(command, Streams::ButError);
        for (question, answer) in [
            ("New passphrase for a.pem: ", CANARY),
            ("The same again: ", second),
        ] {
            running.until(question);
            running.until_silent();
            running.type_in(&format!("{answer}\r"));
        }
        running.end()
    };
    let seen = new("canary of another kind");
    assert_eq!(
        (seen.code(), seen.out.as_str()),
        (1, "error: that was not the same\n")
    );
    assert!(!room.path("a.pem").exists());
    let seen = new(CANARY);
    assert_eq!(seen.code(), 0);
    assert!(seen.screen.contains("key id"), "{}", seen.screen);
    assert!(!seen.screen.contains("canary"), "{}", seen.screen);
    let show = ["key", "show", "a.pem", "--passphrase-fd", "3"];
    motd(&room, CANARY, &show).with_status(0);

    let mut command = room.command(MOTD);
    command.args(["key", "show", "a.pem"]);
    let mut running = TerminalProgram::start(command, Streams::All);
    running.until("Passphrase for a.pem: ");
    running.until_silent();
    running.type_in(&format!("{CANARY}\r"));
    let seen = running.end();
    assert_eq!(seen.code(), 0, "{}", seen.screen);
    assert!(!seen.screen.contains("canary"), "{}", seen.screen);
}

/// An ssh-agent, which ends with this value.
struct AgentProcess(Child, PathBuf);

impl AgentProcess {
    fn start(room: &Room) -> Option<Self> {
        if !has("ssh-agent", "-h") {
            return None;
        }
        let socket = room.path("socket");
        let child = room
            .command("ssh-agent")
            .args(["-D", "-a", "socket"])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let agent = Self(child, socket);
        while UnixStream::connect(&agent.1).is_err() {
            thread::yield_now();
        }
        Some(agent)
    }

    /// Runs the program where it finds this agent.
    fn motd(&self, room: &Room, words: &[&str]) -> ProgramOutput {
        run(room.command(MOTD).args(words).env("SSH_AUTH_SOCK", &self.1))
    }
}

impl Drop for AgentProcess {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_repository_of_keys_that_people_have_is_signed_where_those_are() {
    let room = Room::new();
    let Some(agent) = AgentProcess::start(&room) else {
        return;
    };
    room.write("notice.toml", NOTICE);
    for name in ["alice", "bob"] {
        let make = ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", name];
        run(room.command("ssh-keygen").args(make)).with_status(0);
        run(room
            .command("ssh-add")
            .args(["-q", name])
            .env("SSH_AUTH_SOCK", &agent.1))
        .with_status(0);
    }
    room.motd(&["key", "new", "carol.pem", "--unencrypted"])
        .with_status(0);
    let people = words("--key ssh-agent:alice --key ssh-agent:bob --key");
    let words = init(&[&people[..], &["carol.pem"]].concat());
    let output = agent.motd(&room, &words).with_status(0);
    assert!(
        !output.out.contains("keys of three people"),
        "{}",
        output.out
    );
    assert_eq!(fs::read_dir(room.path("index/keys")).unwrap().count(), 3);

    let listed = run(room.command("ssh-keygen").args(["-lf", "alice.pub"]));
    let fingerprint = listed.out.split(' ').nth(1).unwrap();
    let alice = format!("ssh-agent:{fingerprint}");
    agent
        .motd(&room, &publish(&[&alice, "carol.pem"], &[]))
        .with_status(0);
    let shown = agent.motd(&room, &["key", "show", &alice, "--json"]).json();
    let id = shown["keyid"].as_str().unwrap();
    let signed = fs::read_to_string(room.path("index/metadata/2.motd.json")).unwrap();
    assert!(signed.contains(id), "{id}");

    let before = tree(&room.path("index"));
    let words = publish(&["ssh-agent:dave", "carol.pem"], &[]);
    let output = agent.motd(&room, &words).with_status(1);
    assert_eq!(
        output.err,
        "error: ssh-agent: it has no Ed25519 key of that name\n"
    );
    let output = room.motd(&words).with_status(1);
    assert!(output.err.contains("SSH_AUTH_SOCK"), "{}", output.err);
    assert!(tree(&room.path("index")) == before);
}

#[test]
fn two_people_are_two_keys() {
    let room = Room::new();
    room.motd(&["key", "new", "a.pem", "--unencrypted"])
        .with_status(0);
    for keys in [
        &["--key", "a.pem"][..],
        &["--key", "a.pem", "--key", "./a.pem"],
    ] {
        let words = init(keys);
        let output = room.motd(&words).with_status(1);
        assert_holds(&output.err, "two different people");
        assert!(!room.path("index").exists());
    }
}

/// A program that says which key it holds, and does this when it is asked to sign.
fn signer(room: &Room, public: &Value, sign: &str) {
    let public = public.as_str().unwrap();
    program(
        room,
        "signer",
        &format!(
            "question=$(cat)\ncase $question in\n*public-key*) echo '{{\"keytype\":\"ed25519\",\"public\":\"{public}\"}}' ;;\n*) {sign} ;;\nesac"
        ),
    );
}

#[test]
fn a_program_signs_and_is_not_believed() {
    if !has("openssl", "version") {
        return;
    }
    let room = Room::new();
    room.write("notice.toml", NOTICE);
    let words = init(&[]);
    room.motd(&words).with_status(0);
    let show = ["key", "show", "index/keys/person-1.pem", "--json"];
    let public = room.motd(&show).json()["public"].clone();
    let keys = ["command:./signer", "index/keys/person-3.pem"];
    let before = tree(&room.path("index"));
    let lie = format!("echo '{{\"signature\":\"{}\"}}'", "0".repeat(128));
    signer(&room, &public, &lie);
    let output = room.motd(&publish(&keys, &[])).with_status(1);
    assert_ends(
        &output.err,
        "what it gave back is no signature by its key\n",
    );
    signer(&room, &public, "printf 'no card\\033[2J' >&2; exit 1");
    let output = room.motd(&publish(&keys, &[])).with_status(1);
    assert_ends(&output.err, "it failed (it said: no card?[2J)\n");
    assert!(tree(&room.path("index")) == before);
    // One that holds the key of person-1, with OpenSSL for its device.
    signer(
        &room,
        &public,
        r#"message=${question#*'"message":"'}
message=${message%%'"'*}
printf "$(printf '%s' "$message" | sed 's/../\\x&/g')" >message || exit 1
openssl pkeyutl -sign -rawin -inkey index/keys/person-1.pem -in message -out signature || exit 1
printf '{"signature":"%s"}' "$(od -An -v -tx1 signature | tr -d ' \n')""#,
    );
    // `printf` of the plain shell knows octal only.
    let script = fs::read_to_string(room.path("signer")).unwrap();
    let body = script.replace("#!/bin/sh\n", "");
    program(&room, "inner", &body);
    program(&room, "signer", "exec bash ./inner");
    room.motd(&publish(&keys, &[])).with_status(0);
}

#[test]
fn no_program_can_read_what_this_one_was_given_to_read() {
    let room = encrypted();
    room.write("other", CANARY);
    let started = |words: &[&str]| {
        let mut command = room.command("sh");
        let script = "exec \"$0\" \"$@\" 3<lines 4<other 9<other";
        run(command.args(["-c", script, MOTD]).args(words));
    };
    room.write("lines", format!("one\nthree\n{CANARY}\n"));
    program(
        &room,
        "thief",
        "for number in 3 4 5 6 7 8 9; do eval \"cat <&$number\" >>stolen; done; echo one; exit 1",
    );
    let keys = [PEOPLE[0], "command:./thief"];
    started(&publish(&keys, &["--passphrase-fd", "3"]));
    let words = "key change-passphrase index/keys/person-1.pem --passphrase-command ./thief --new-passphrase-fd 4";
    started(&words.split(' ').collect::<Vec<_>>());
    assert_eq!(fs::read_to_string(room.path("stolen")).unwrap(), "");
}

/// A signer runs as its user, and could read the terminal.
#[test]
fn all_passphrases_are_asked_before_a_program_signs() {
    let room = encrypted();
    program(&room, "first", "echo signer >>order; exit 1");
    program(
        &room,
        "given",
        "echo passphrase >>order; case $MOTD_KEY_FILE in *1.pem) echo one ;; *) echo three ;; esac",
    );
    let keys = ["command:./first", PEOPLE[0], PEOPLE[1]];
    let words = publish(&keys, &["--passphrase-command", "./given"]);
    room.motd(&words).with_status(1);
    let order = fs::read_to_string(room.path("order")).unwrap();
    assert_eq!(order, "passphrase\npassphrase\nsigner\n");
}

/// The example of `docs/signing.md`, with a token made of software. The message is longer than some tools sign.
#[test]
fn a_token_signs_through_the_program_of_the_guide() {
    const LIBRARIES: [&str; 3] = [
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/local/lib/softhsm/libsofthsm2.so",
    ];
    let python = Command::new("/usr/bin/python3")
        .args(["-c", "import PyKCS11"])
        .output()
        .is_ok_and(|output| output.status.success());
    let library = LIBRARIES.iter().find(|path| Path::new(path).exists());
    let (Some(library), true, true) = (library, python, has("pkcs11-tool", "--help")) else {
        skipped("softhsm2, opensc and python3-pykcs11");
        return;
    };
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/signing.md");
    let guide = fs::read_to_string(guide).unwrap();
    let (_, script) = guide
        .split_once("<!-- test: file sign-with-card -->\n```python\n#!")
        .unwrap();
    let (script, _) = script.split_once("\n```").unwrap();
    let (interpreter, script) = script.split_once('\n').unwrap();
    let room = Room::new();
    room.write("script.py", script);
    program(
        &room,
        "sign-with-card",
        &format!("exec {interpreter} script.py"),
    );
    room.write(
        "token.conf",
        "directories.tokendir = tokens\nobjectstore.backend = file\n",
    );
    fs::create_dir(room.path("tokens")).unwrap();
    let with_token = |program: &str| {
        let mut command = room.command(program);
        command
            .env("SOFTHSM2_CONF", room.path("token.conf"))
            .env("PKCS11_MODULE", library);
        command
    };
    let words = "--init-token --free --label motd --so-pin 1234 --pin 5678".split(' ');
    run(with_token("softhsm2-util").args(words)).with_status(0);
    let words = "--token-label motd --login --pin 5678 --keypairgen --key-type EC:edwards25519 --label motd";
    run(with_token("pkcs11-tool")
        .args(["--module", library])
        .args(words.split(' ')))
    .with_status(0);

    let on_terminal = |words: &[&str], signatures: usize| {
        let mut command = with_token(MOTD);
        command.args(words);
        let mut running = TerminalProgram::start(command, Streams::All);
        for number in 1..=signatures {
            // It switches the echo off before it asks.
            running.until_times("PIN of motd: ", number);
            running.type_in("5678\n");
        }
        let seen = running.end();
        assert_eq!(seen.code(), 0, "{}", seen.screen);
        assert!(!seen.screen.contains("5678"), "{}", seen.screen);
    };
    room.write("notice.toml", NOTICE);
    room.motd(&["key", "new", "bob.pem", "--unencrypted"])
        .with_status(0);
    let people = ["--key", "command:./sign-with-card", "--key", "bob.pem"];
    on_terminal(&init(&people), 3);
    let signed = fs::read(room.path("index/metadata/1.root.json")).unwrap();
    assert!(signed.len() > 1_024);
    let people = ["command:./sign-with-card", "bob.pem"];
    on_terminal(&publish(&people, &[]), 1);
}

/// The name of a key file is other people's word.
#[test]
fn the_question_for_a_passphrase_quotes_the_file() {
    let room = Room::new();
    let mut command = room.command(MOTD);
    command.args(["key", "new", "a\x1b[31mred\nPassphrase for b"]);
    let seen = TerminalProgram::start(command, Streams::All).answered("secret");
    assert_eq!(seen.code(), 0, "{}", seen.screen);
    assert!(
        seen.screen
            .contains("New passphrase for a\\u001b[31mred\\u000a")
    );
    assert!(!seen.screen.contains('\x1b'));
}

/// While a program is asked to sign, a file's key has been opened: everything that others can see of the processes.
#[test]
fn a_running_process_shows_no_secret() {
    let room = Room::new();
    room.write("notice.toml", NOTICE);
    let words = init(&[]);
    room.motd(&words).with_status(0);
    let person = "index/keys/person-1.pem";
    let plain = fs::read_to_string(room.path(person)).unwrap();
    let base64 = plain.lines().nth(1).unwrap().to_owned();
    let change = [
        "key",
        "change-passphrase",
        person,
        "--new-passphrase-fd",
        "3",
    ];
    motd(&room, CANARY, &change).with_status(0);
    let show = ["key", "show", "index/keys/person-3.pem", "--json"];
    let public = room.motd(&show).json()["public"].clone();
    // It says that it is there, and waits to be told to go on.
    let wait = "echo $$ >pid.new; mv pid.new pid; read -r go <pipe; exit 1";
    signer(&room, &public, wait);
    run(room.command("mkfifo").arg("pipe")).with_status(0);

    let words = publish(&[person, "command:./signer"], &["--passphrase-fd", "3"]);
    let mut command = with_descriptor(&room, CANARY, &words);
    let script = "ulimit -c unlimited 2>/dev/null; exec \"$0\" \"$@\" 3<lines";
    let words: Vec<_> = command.get_args().skip(2).map(ToOwned::to_owned).collect();
    command = room.command("sh");
    command.args(["-c", script]).args(words);
    let running = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while !room.path("pid").exists() {
        thread::yield_now();
    }
    let child = fs::read_to_string(room.path("pid")).unwrap();
    for id in [running.id().to_string(), child.trim().to_owned()] {
        let folder = PathBuf::from("/proc").join(&id);
        if !folder.exists() {
            // Not Linux: there is nothing of the kind to look at.
            continue;
        }
        for file in ["cmdline", "environ"] {
            let shown = match fs::read(folder.join(file)) {
                Ok(shown) => String::from_utf8_lossy(&shown).into_owned(),
                // Whoever asks is not even let in.
                Err(error) => {
                    assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied);
                    continue;
                }
            };
            assert!(!shown.is_empty());
            for secret in [CANARY, "canary", &base64, &base64[16..]] {
                assert!(!shown.contains(secret), "{file}: {shown}");
            }
        }
        let limits = fs::read_to_string(folder.join("limits")).unwrap();
        let cores = limits
            .lines()
            .find_map(|line| line.strip_prefix("Max core file size"))
            .unwrap();
        let cores: Vec<_> = cores.split_whitespace().collect();
        assert_eq!(cores, ["0", "0", "bytes"]);
    }
    fs::write(room.path("pipe"), "go\n").unwrap();
    let output = running.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let shown = [output.stdout, output.stderr].concat();
    let shown = String::from_utf8_lossy(&shown);
    assert!(shown.contains("it failed"), "{shown}");
    assert!(!shown.contains("canary") && !shown.contains(&base64[16..]));
    fs::remove_file(room.path("pipe")).unwrap();
    // What a person might send to somebody else.
    for (name, (bytes, _)) in tree(&room.path(".")) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(name == "lines" || !text.contains("canary"), "{name}");
    }
}
