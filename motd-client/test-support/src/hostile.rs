//! A server on a raw socket that does what no HTTP library would.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::repo::RepositorySimulator;

/// What the server does with a request.
#[derive(Clone, Debug)]
pub enum Reaction {
    /// A status line and headers, each with its line end, and a body; `Content-Length` is added.
    Reply(String, Vec<u8>),
    /// These bytes, and the connection is closed.
    Raw(Vec<u8>),
    /// These bytes, and then nothing for as long as the client waits.
    Stall(Vec<u8>),
    /// These bytes, and then this byte for ever.
    Endless(Vec<u8>, u8),
}

impl Reaction {
    /// Status 200 with this body.
    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self::Reply("HTTP/1.1 200 OK\r\n".to_owned(), body.into())
    }

    /// A status without a body, such as `404 Not Found`.
    pub fn status(line: &str) -> Self {
        Self::Reply(format!("HTTP/1.1 {line}\r\n"), Vec::new())
    }
}

type Script = Arc<dyn Fn(&str) -> Option<Reaction> + Send + Sync>;

/// A running server; dropping it ends it.
pub struct HostileServer {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl HostileServer {
    /// Serves a repository, except where the script has something else for a path.
    pub async fn start(
        repo: &RepositorySimulator,
        script: impl Fn(&str) -> Option<Reaction> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let script: Script = Arc::new(script);
        let files = Arc::new(repo.files.clone());
        let log = Arc::clone(&heads);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let connection = serve(
                    stream,
                    Arc::clone(&files),
                    Arc::clone(&script),
                    Arc::clone(&log),
                );
                tokio::spawn(connection);
            }
        });
        Self {
            address,
            heads,
            task,
        }
    }

    /// Where the metadata is.
    pub fn url(&self) -> String {
        format!("http://{}/metadata/", self.address)
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The heads of all requests, as they came in.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

impl Drop for HostileServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    files: Arc<BTreeMap<String, Vec<u8>>>,
    script: Script,
    log: Arc<Mutex<Vec<String>>>,
) -> Option<()> {
    loop {
        let head = head(&mut stream).await?;
        let path = head
            .split(' ')
            .nth(1)
            .unwrap_or_default()
            .trim_start_matches('/')
            .to_owned();
        log.lock().unwrap().push(head);
        let act = script(&path).unwrap_or_else(|| match files.get(&path) {
            Some(bytes) => Reaction::ok(bytes.clone()),
            None => Reaction::status("404 Not Found"),
        });
        match act {
            Reaction::Reply(start, body) => {
                let head = format!("{start}Content-Length: {}\r\n\r\n", body.len());
                stream.write_all(head.as_bytes()).await.ok()?;
                stream.write_all(&body).await.ok()?;
            }
            Reaction::Raw(bytes) => {
                stream.write_all(&bytes).await.ok()?;
                stream.shutdown().await.ok()?;
                return None;
            }
            Reaction::Stall(bytes) => {
                stream.write_all(&bytes).await.ok()?;
                // Until the client hangs up.
                let mut rest = Vec::new();
                stream.read_to_end(&mut rest).await.ok()?;
            }
            Reaction::Endless(bytes, byte) => {
                stream.write_all(&bytes).await.ok()?;
                let block = [byte; 4_096];
                loop {
                    stream.write_all(&block).await.ok()?;
                }
            }
        }
    }
}

/// Reads a request up to its empty line.
async fn head(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(stream.read_u8().await.ok()?);
    }
    String::from_utf8(bytes).ok()
}
