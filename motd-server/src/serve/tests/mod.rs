mod answers;
mod connections;
mod operations;
mod site;
mod stop;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;
use crate::store::files::Files;

/// A repository in small: paths and bytes.
fn files() -> Files {
    let hash = crate::publish::metadata::write::sha256(b"document");
    let named = [
        ("metadata/1.root.json".to_owned(), "root"),
        ("metadata/1.motd.json".to_owned(), "motd"),
        ("metadata/timestamp.json".to_owned(), "timestamp"),
        (format!("targets/motd/{hash}.notices.json"), "document"),
        ("targets/packages/a b-1.0.tar.gz".to_owned(), "package"),
        ("keys/timestamp.pem".to_owned(), "secret"),
        ("metadata/.new-x".to_owned(), "secret"),
        ("metadata/notes.txt".to_owned(), "secret"),
        ("metadata/2.motd.json~".to_owned(), "secret"),
        ("metadata/sub/1.motd.json".to_owned(), "secret"),
        ("metadata/1.json".to_owned(), "secret"),
        ("motd-repository.toml".to_owned(), "secret"),
    ];
    Files(
        named
            .into_iter()
            .map(|(path, text)| (path, text.as_bytes().to_vec()))
            .collect(),
    )
}

async fn server() -> (Server, reqwest::Client, String) {
    let server = Server::bind(
        "127.0.0.1:0".parse().unwrap(),
        files(),
        ServerSettings::default(),
    )
    .await
    .unwrap();
    let base = format!("http://{}", server.address());
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap();
    (server, client, base)
}

fn header(response: &reqwest::Response, name: &str) -> String {
    response
        .headers()
        .get(name)
        .map(|value| value.to_str().unwrap().to_owned())
        .unwrap_or_default()
}

/// One request line as it is, and the answer.
async fn raw(server: &Server, path: &str) -> String {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// A server with these bounds.
async fn bounded(settings: ServerSettings) -> Server {
    Server::bind(LOOPBACK.parse().unwrap(), files(), settings)
        .await
        .unwrap()
}

/// A server that answers with this.
async fn started(service: Service) -> Server {
    Server::start(LOOPBACK.parse().unwrap(), service)
        .await
        .unwrap()
}

impl Server {
    fn metrics(&self) -> &Metrics {
        &self.shared.service.metrics
    }

    fn metrics_text(&self) -> String {
        self.metrics().text()
    }
}

const LOOPBACK: &str = "127.0.0.1:0";

/// A request that leaves the connection open.
const TIMESTAMP_REQUEST: &[u8] = b"GET /metadata/timestamp.json HTTP/1.1\r\nHost: a\r\n\r\n";

async fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(server.address()).await.unwrap()
}

/// Everything that comes until the other side ends, which it does well before a test is given up.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset is an end as well.
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut bytes)).await;
    let _ = read.expect("the connection was left open");
    String::from_utf8(bytes).unwrap()
}

/// One answer with a body of the length that its head says.
async fn answer(stream: &mut TcpStream) -> std::io::Result<(String, Vec<u8>)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    let (_, length) = head.split_once("content-length: ").unwrap();
    let length = length.split_once("\r\n").unwrap().0.parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok((head, body))
}
