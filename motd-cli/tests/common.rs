//! A folder to run the program in, and a web server that serves files as they are.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use serde_json::Value;
use tempfile::TempDir;

/// The program.
pub(crate) const MOTD: &str = env!("CARGO_BIN_EXE_motd");

/// A notice without faults, as its author writes it.
pub(crate) const NOTICE: &str = r#"id = "tls-1.2-required"
revision = 1
severity = "warning"
topic = "deprecation"
begins = 2024-03-01T00:00:00Z
ends = 2024-07-01T00:00:00Z

[text.en]
title = "TLS 1.2 will be required on 30 June"
body = ["Older clients will not connect any more."]

[text.fr]
title = "TLS 1.2 sera obligatoire le 30 juin"
body = ["Les anciens clients ne se connecteront plus."]

[[links]]
rel = "details"
url = "https://status.example.org/tls"
"#;

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct ProgramOutput {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl ProgramOutput {
    /// The one JSON value on standard output.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|why| panic!("{why}: {self:?}"))
    }

    /// The run, if it ended with this status.
    #[track_caller]
    pub(crate) fn with_status(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }
}

/// Fails with the whole text where it does not hold this part.
#[track_caller]
pub(crate) fn assert_holds(text: &str, part: &str) {
    assert!(text.contains(part), "no {part:?} in {text}");
}

/// The same of its beginning.
#[track_caller]
pub(crate) fn assert_begins(text: &str, part: &str) {
    assert!(text.starts_with(part), "not {part:?} first: {text}");
}

/// The same of its end.
#[track_caller]
pub(crate) fn assert_ends(text: &str, part: &str) {
    assert!(text.ends_with(part), "not {part:?} last: {text}");
}

/// A folder of its own to run the program in.
pub(crate) struct Room(TempDir);

impl Room {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    /// A program in this folder, with nothing of the surroundings that tests run in.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.0.path())
            .env_clear()
            .env("HOME", self.0.path())
            .env("LANG", "C.UTF-8")
            .stdin(Stdio::null());
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command
    }

    /// The id and the public half of a key, as `motd key show` says them.
    pub(crate) fn key(&self, file: &str) -> (String, String) {
        let words = ["key", "show", file, "--json"];
        let key = self.motd(&words).with_status(0).json();
        let member = |name: &str| key[name].as_str().unwrap().to_owned();
        (member("keyid"), member("public"))
    }

    /// Runs `motd` with the words of this line, between which there are single spaces.
    pub(crate) fn line(&self, line: &str) -> ProgramOutput {
        self.motd(&words(line))
    }

    /// Runs `motd` with these words.
    pub(crate) fn motd(&self, words: &[&str]) -> ProgramOutput {
        run(self.command(MOTD).args(words))
    }
}

/// Copies a file or a folder of files into a folder, in the place of what has its name.
pub(crate) fn copy(from: &Path, folder: &Path) {
    let to = folder.join(from.file_name().unwrap());
    if from.is_dir() {
        let _ = fs::remove_dir_all(&to);
        fs::create_dir_all(&to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            copy(&entry.unwrap().path(), &to);
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}

/// Midnight so many days from today.
pub(crate) fn day(days: i64) -> String {
    let today = jiff::Timestamp::now().as_second() / 86_400;
    jiff::Timestamp::from_second((today + days) * 86_400)
        .unwrap()
        .to_string()
}

/// The words of a line, between which there are single spaces.
pub(crate) fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> ProgramOutput {
    let output = command.output().unwrap();
    ProgramOutput {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Every file under a folder, with its bytes and permissions.
pub(crate) fn tree(folder: &Path) -> BTreeMap<String, (Vec<u8>, u32)> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
            files.insert(
                name.to_owned(),
                (fs::read(&path).unwrap(), permissions(&path)),
            );
        }
    }
    files
}

#[cfg(unix)]
pub(crate) fn permissions(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[cfg(not(unix))]
pub(crate) fn permissions(_: &Path) -> u32 {
    0o600
}

/// Serves a folder as it is on disk at each request, and counts the connections.
pub(crate) struct FileSite {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    closed: Arc<AtomicBool>,
    server: Option<thread::JoinHandle<()>>,
}

impl FileSite {
    pub(crate) fn serve(folder: &Path) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let closed = Arc::new(AtomicBool::new(false));
        let (counter, stop, folder) = (connections.clone(), closed.clone(), folder.to_owned());
        let server = thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                counter.fetch_add(1, Ordering::SeqCst);
                let folder = folder.clone();
                thread::spawn(move || {
                    // A client that goes away is the client's affair.
                    let _ = answer(&stream.unwrap(), &folder);
                });
            }
        });
        Self {
            address,
            connections,
            closed,
            server: Some(server),
        }
    }

    /// The address of a file or folder.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    pub(crate) fn metadata_url(&self) -> String {
        format!("http://{}/metadata/", self.address)
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Nothing listens any more; the URL that was served.
    pub(crate) fn close(self) -> String {
        self.metadata_url()
    }
}

impl Drop for FileSite {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(server) = self.server.take() {
            let _ = server.join();
        }
    }
}

fn answer(mut stream: &TcpStream, folder: &Path) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let request = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let path = request.split(' ').nth(1).unwrap_or_default();
    // A folder has a page, which pip takes only as such.
    let (path, kind) = match path.strip_suffix('/') {
        Some(folder) => (format!("{folder}/index.html"), "text/html"),
        None => (path.to_owned(), "application/octet-stream"),
    };
    let (status, body) = match fs::read(folder.join(path.trim_start_matches('/'))) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(&body)
}

/// `motd serve`, killed when the test ends.
pub(crate) struct Serving {
    child: Child,
    out: BufReader<ChildStdout>,
    err: BufReader<ChildStderr>,
}

impl Serving {
    /// Begins to serve this repository, with these words and variables too.
    pub(crate) fn start(
        room: &Room,
        place: &str,
        words: &[&str],
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let mut child = room
            .command(MOTD)
            .args(["serve", place, "--listen", "127.0.0.1:0"])
            .args(words)
            .envs(variables)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let err = BufReader::new(child.stderr.take().unwrap());
        Self { child, out, err }
    }

    pub(crate) fn url(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// The process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end; the exit status.
    pub(crate) fn wait(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// Waits for the next line of talk.
    pub(crate) fn talk(&mut self) -> String {
        let mut line = String::new();
        self.err.read_line(&mut line).unwrap();
        line
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
