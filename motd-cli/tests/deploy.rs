//! The files in `docs/deploy` are true: nginx's configuration is run in front of a server, and every option of `motd serve`
//! that stands in a guide is one.

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use reqwest::header::HeaderMap;
use reqwest::{Certificate, Client, RequestBuilder};

use crate::common::{NOTICE, ProgramOutput, Room, Serving, run, words};

fn guide(name: &str) -> String {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    fs::read_to_string(docs.join(name)).unwrap()
}

/// The long options in a text.
fn options(text: &str) -> BTreeSet<String> {
    text.split(|symbol: char| !symbol.is_ascii_alphanumeric() && symbol != '-')
        .filter(|word| word.starts_with("--") && word.len() > 2)
        .map(str::to_owned)
        .collect()
}

/// The commands that begin a server in this file, each as one line.
fn servers(text: &str) -> Vec<String> {
    let joined = text.replace("\\\n", " ");
    let begins = |line: &&str| {
        line.starts_with("$ motd serve ")
            || line.starts_with("ExecStart=/usr/bin/motd serve ")
            || line.starts_with("CMD [\"serve\"")
    };
    joined.lines().filter(begins).map(str::to_owned).collect()
}

#[test]
fn options_in_guides_are_options_of_the_server() {
    let known = options(&Room::new().motd(&["serve", "--help"]).with_status(0).out);
    for name in ["deploy/motd.service", "deploy/Dockerfile", "operating.md"] {
        let commands = servers(&guide(name));
        assert!(!commands.is_empty(), "{name} begins no server");
        for command in commands {
            let unknown: Vec<_> = options(&command).difference(&known).cloned().collect();
            assert!(unknown.is_empty(), "{name}: {unknown:?} in {command}");
        }
    }
    // What prose names: of nginx's file all, of the page those in the table of options.
    let named: BTreeSet<String> = guide("operating.md")
        .lines()
        .filter_map(|line| line.strip_prefix("| `--"))
        .flat_map(|rest| options(&format!("--{}", rest.split('`').next().unwrap())))
        .chain(options(
            &guide("deploy/nginx.conf")
                .lines()
                .take(8)
                .collect::<String>(),
        ))
        .collect();
    let unknown: Vec<_> = named.difference(&known).collect();
    assert!(unknown.is_empty() && named.len() > 5, "{unknown:?}");
}

/// Seconds of draining after SIGTERM, and of grace after that.
const STOPPING: u32 = 5 + 30;

#[test]
fn supervisors_wait_longer_than_the_server_takes_to_stop() {
    let number = |name: &str, before: &str| -> u32 {
        let text = guide(name);
        let (_, rest) = text.split_once(before).unwrap();
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap()
    };
    assert!(number("deploy/motd.service", "\nTimeoutStopSec=") > STOPPING);
    assert!(number("deploy/Dockerfile", "--stop-timeout ") > STOPPING);
    // A connection is a file.
    assert!(number("deploy/motd.service", "\nLimitNOFILE=") > 2 * 1_024);
    assert!(number("deploy/Dockerfile", "--ulimit nofile=") > 2 * 1_024);
}

/// nginx, stopped when the test ends.
struct Nginx<'a> {
    room: &'a Room,
    program: PathBuf,
}

impl<'a> Nginx<'a> {
    /// Begins with the guide's configuration, on this port and before this server.
    fn start(room: &'a Room, program: PathBuf, port: u16, server: &str) -> Self {
        let here = |name: &str| room.path(name).display().to_string();
        let mut site = guide("deploy/nginx.conf");
        for (on_the_page, in_this_room) in [
            ("listen 443 ssl", format!("listen 127.0.0.1:{port} ssl")),
            ("    listen [::]:443 ssl http2;\n", String::new()),
            (
                "server_name notices.example.org",
                "server_name localhost".to_owned(),
            ),
            ("127.0.0.1:8080", server.to_owned()),
            ("/etc/nginx/tls/fullchain.pem", here("leaf.pem")),
            ("/etc/nginx/tls/key.pem", here("leaf.key")),
            ("/var/cache/nginx/motd", here("cache")),
        ] {
            assert!(
                site.contains(on_the_page),
                "nginx.conf has no {on_the_page}"
            );
            site = site.replace(on_the_page, &in_this_room);
        }
        room.write("site.conf", site);
        let user = if rustix::process::getuid().is_root() {
            "user root;\n"
        } else {
            ""
        };
        let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        let folders = kinds.map(|kind| format!("{kind}_temp_path {};\n", here(kind)));
        let folders = folders.concat();
        let main = format!(
            "{user}worker_processes 1;\npid {};\nerror_log {};\nevents {{}}\nhttp {{\naccess_log off;\n{folders}include {};\n}}\n",
            here("nginx.pid"),
            here("error.log"),
            here("site.conf"),
        );
        room.write("main.conf", main);
        let nginx = Self { room, program };
        nginx.run(&["-t"]).with_status(0);
        // It comes back when it listens.
        nginx.run(&[]).with_status(0);
        nginx
    }

    fn run(&self, words: &[&str]) -> ProgramOutput {
        let path = |name: &str| self.room.path(name);
        run(self
            .room
            .command(self.program.to_str().unwrap())
            .arg("-p")
            .arg(path("."))
            .arg("-c")
            .arg(path("main.conf"))
            .arg("-e")
            .arg(path("error.log"))
            .args(words))
    }
}

impl Drop for Nginx<'_> {
    fn drop(&mut self) {
        let _ = self.run(&["-s", "stop"]);
    }
}

/// A program that is needed, or a word on the test that goes without it.
#[expect(clippy::print_stderr, reason = "the gate reads it")]
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into()]);
    let found = folders
        .map(|folder| folder.join(name))
        .find(|file| file.is_file());
    if found.is_none() {
        let required = std::env::var_os("MOTD_REQUIRE_INTEROP").is_some_and(|value| value == "1");
        assert!(!required, "skipped: needs {name}");
        eprintln!("skipped: needs {name}");
    }
    found
}

/// An authority `ca.pem`, and a certificate of it for this machine.
fn certificates(room: &Room) {
    room.write("names", "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
    let new = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    for words in [
        format!("req -x509 {new} -keyout ca.key -out ca.pem -days 2 -subj /CN=authority"),
        format!("req {new} -keyout leaf.key -out leaf.csr -subj /CN=localhost"),
        "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out leaf.pem".to_owned(),
    ] {
        run(room.command("openssl").args(words.split(' '))).with_status(0);
    }
}

/// A client of the proxy that knows the authority.
struct Web {
    client: Client,
    runtime: tokio::runtime::Runtime,
    base: String,
}

impl Web {
    fn new(room: &Room, base: &str) -> Self {
        let authority = Certificate::from_pem(&fs::read(room.path("ca.pem")).unwrap()).unwrap();
        let client = Client::builder().tls_certs_only([authority]).no_proxy();
        Self {
            client: client.build().unwrap(),
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
            base: base.to_owned(),
        }
    }

    fn send(&self, request: RequestBuilder) -> (u16, HeaderMap) {
        self.runtime.block_on(async {
            let answer = request.send().await.unwrap();
            let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
            answer.bytes().await.unwrap();
            (status, headers)
        })
    }

    fn get(&self, path: &str) -> (u16, HeaderMap) {
        self.send(self.client.get(format!("{}{path}", self.base)))
    }
}

fn field<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

fn day(days: i64) -> String {
    let today = jiff::Timestamp::now().as_second() / 86_400;
    jiff::Timestamp::from_second((today + days) * 86_400)
        .unwrap()
        .to_string()
}

/// A port that nobody listens on.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn what_the_server_says_about_caching_is_done(web: &Web) {
    let forever = "public, max-age=31536000, immutable";
    for cache in ["", "HIT"] {
        let (status, headers) = web.get("metadata/1.root.json");
        assert_eq!((status, field(&headers, "cache-control")), (200, forever));
        assert!(field(&headers, "x-cache").ends_with(cache), "{headers:?}");
        assert!(field(&headers, "etag").starts_with('"'), "{headers:?}");
        assert!(!headers.contains_key("set-cookie"));
    }
    let (_, headers) = web.get("metadata/timestamp.json");
    assert_eq!(field(&headers, "cache-control"), "public, max-age=10");
    let (status, headers) = web.get("metadata/2.root.json");
    let short = (404, "public, max-age=10");
    assert_eq!((status, field(&headers, "cache-control")), short);
    for _ in 0..2 {
        let (status, headers) = web.get("metadata/9.targets.json");
        assert_eq!(
            (status, field(&headers, "cache-control")),
            (404, "no-store")
        );
        assert_eq!(field(&headers, "x-cache"), "MISS");
    }
    let request = web.client.get(format!("{}metadata/1.root.json", web.base));
    let (_, headers) = web.send(request.header("accept-encoding", "gzip"));
    assert_eq!(field(&headers, "content-encoding"), "gzip");
    assert_eq!(
        field(&headers, "vary").to_ascii_lowercase(),
        "accept-encoding"
    );
}

const CHECK: [&str; 6] = [
    "check",
    "--root",
    "root.json",
    "--repository",
    "example.org",
    "--json",
];

#[test]
fn people_and_clients_get_through_nginx_and_nobody_else_does() {
    let (Some(nginx), Some(_)) = (program("nginx"), program("openssl")) else {
        return;
    };
    let room = Room::new();
    certificates(&room);
    room.motd(&["repo", "init", "index", "--repository", "example.org"])
        .with_status(0);
    fs::copy(
        room.path("index/metadata/1.root.json"),
        room.path("root.json"),
    )
    .unwrap();
    let notice = NOTICE
        .replace("2024-03-01T00:00:00Z", &day(-1))
        .replace("2024-07-01T00:00:00Z", &day(7));
    room.write("notice.toml", notice);
    let words = words(
        "--proposals waiting --operations 127.0.0.1:0 --behind-proxy --connections-per-address 0",
    );
    let mut server = Serving::start(&room, "index", &words, []);
    let url = server.url();
    let address = url.strip_prefix("http://").unwrap();
    let address = address.strip_suffix("/metadata/").unwrap();
    let port = free_port();
    let _nginx = Nginx::start(&room, nginx, port, address);
    let base = format!("https://localhost:{port}/");
    let motd = |words: &[&str]| {
        let authority = room.path("ca.pem");
        let mut command = room.command(crate::common::MOTD);
        run(command.args(words).env("SSL_CERT_FILE", authority))
    };

    // Clients read.
    let metadata = format!("{base}metadata/");
    let check = |state: &str| {
        let words = [
            &CHECK[..],
            &["--metadata-url", &metadata, "--state-dir", state],
        ]
        .concat();
        motd(&words).with_status(0).json()
    };
    assert_eq!(check("state")["state"], "fresh");

    let web = Web::new(&room, &base);
    what_the_server_says_about_caching_is_done(&web);

    // Nothing of the operations' address is public.
    for path in ["metrics", "livez", "readyz", "freshness", "operators"] {
        assert_eq!(web.get(path).0, 404, "{path}");
    }

    // One person proposes and another signs, by requests that are signed for this host and port.
    let at = ["--root", "root.json", "--key"];
    let propose = [
        &["propose", &base, "notice.toml"][..],
        &at,
        &["index/keys/person-1.pem"],
    ];
    let proposed = motd(&propose.concat()).with_status(0);
    let proposal = proposed.out.lines().last().unwrap();
    let proposal = proposal.strip_prefix("proposal ").unwrap();
    let sign = [
        &["sign", &base, proposal, "--yes"][..],
        &at,
        &["index/keys/person-2.pem"],
    ];
    let signed = motd(&sign.concat()).with_status(0);
    assert!(signed.err.contains("it is published"), "{}", signed.err);
    let began = Instant::now();
    while check("state")["notices"][0]["id"] != "tls-1.2-required" {
        // The timestamp is kept for ten seconds.
        assert!(began.elapsed() < Duration::from_secs(20), "it is not seen");
    }
    let (status, headers) = web.get("api/v1");
    assert_eq!(
        (status, field(&headers, "cache-control")),
        (200, "no-store")
    );
    assert!(!headers.contains_key("x-cache"));

    // What is too long ends here, and who asks too often is one client whatever they say before their address.
    let request = web.client.post(format!("{base}api/v1/proposals"));
    let request = request.header("content-type", "application/json");
    assert_eq!(web.send(request.body(vec![b' '; 600 * 1_024])).0, 413);
    let refused = (0..200).any(|number| {
        let request = web.client.get(format!("{base}api/v1"));
        let forged = format!("192.0.2.{number}");
        web.send(request.header("x-forwarded-for", forged)).0 == 429
    });
    assert!(refused, "X-Forwarded-For can be forged");
}
