//! A request of the judge itself to the server that an adapter has started: the bytes of the path as a case has them,
//! since every library would tidy up what MOTD-SRV-5 is about.

pub(super) mod invariants;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::case::{VectorFiles, differences};

/// How long a server has to notice a publication.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long it may be silent within an answer.
const SILENCE: Duration = Duration::from_secs(5);

/// Between two requests of a patient step.
const PAUSE: Duration = Duration::from_millis(50);

/// The longest answer that is read.
const LONGEST: u64 = 8 * 1024 * 1024;

/// Header fields of a connection or a moment, which no two answers have to share.
const PASSING: [&str; 4] = ["age", "connection", "date", "keep-alive"];

/// Asks, and asks again when the request is patient and the answer is not as expected yet. `started` is the result of
/// `start`.
pub(super) fn fetch(request: &Value, started: &Value, expect: &Value) -> Value {
    let is_patient = request["patient"] == true;
    let begun = Instant::now();
    let (_kept, pause) = sync_channel::<()>(0);
    loop {
        let answer = once(request, started).unwrap_or_else(|trouble| json!({ "trouble": trouble }));
        let is_over = !is_patient || begun.elapsed() > PATIENCE;
        if is_over || differences(expect, &answer).is_empty() {
            return answer;
        }
        // Nothing is ever sent: it is the wait that is wanted.
        let _ = pause.recv_timeout(PAUSE);
    }
}

fn once(request: &Value, started: &Value) -> Result<Value, String> {
    use std::fmt::Write as _;
    let text = |member: &str| request[member].as_str().unwrap_or_default();
    let (authority, target) = place(text("path"), started)?;
    let method = text("method");
    let mut head =
        format!("{method} {target} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n");
    for (name, value) in request["headers"].as_object().into_iter().flatten() {
        let value = value.as_str().unwrap_or_default();
        // Writing to a text does not fail.
        let _ = write!(head, "{name}: {value}\r\n");
    }
    head.push_str("\r\n");
    let bytes = exchange(&authority, head.as_bytes()).map_err(|error| error.to_string())?;
    read(&bytes)
}

/// Where to connect, and the request target: the path of the URL that `start` gave, and then what the case says.
fn place(path: &str, started: &Value) -> Result<(String, String), String> {
    let (tree, rest) = ["metadata", "targets"]
        .into_iter()
        .find_map(|tree| Some((tree, path.strip_prefix(tree)?)))
        .ok_or("a path below neither of the URLs")?;
    let url = started[format!("{tree}_url")]
        .as_str()
        .ok_or("no server was started")?;
    let without_scheme = url
        .strip_prefix("http://")
        .ok_or_else(|| format!("{url} is not plain http"))?;
    let (authority, below) = without_scheme
        .split_once('/')
        .unwrap_or((without_scheme, ""));
    let below = below.trim_end_matches('/');
    Ok((authority.to_owned(), format!("/{below}{rest}")))
}

fn exchange(authority: &str, head: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(authority)?;
    stream.set_read_timeout(Some(SILENCE))?;
    stream.write_all(head)?;
    let mut bytes = Vec::new();
    let mut limited = stream.take(LONGEST);
    // A server that refuses a request can close without having read all of it; what it said before counts.
    match limited.read_to_end(&mut bytes) {
        Err(error) if bytes.is_empty() => Err(error),
        _ => Ok(bytes),
    }
}

/// The answer as cases compare it.
fn read(bytes: &[u8]) -> Result<Value, String> {
    let mut fields = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Response::new(&mut fields);
    let length = match head.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Err("half a head".to_owned()),
        Err(error) => return Err(error.to_string()),
    };
    let headers = headers(head.headers);
    let sent = bytes.get(length..).unwrap_or_default();
    let chunked = headers
        .get("transfer-encoding")
        .is_some_and(|coding| coding == "chunked");
    let body = if chunked {
        joined(sent).ok_or("broken chunks")?
    } else {
        sent.to_vec()
    };
    let stated = headers
        .get("content-length")
        .and_then(Value::as_str)
        .and_then(|text| text.parse().ok());
    Ok(json!({
        "status": head.code,
        "cache": directives(&headers),
        "body": STANDARD.encode(&body),
        "file": VectorFiles::name(&body),
        "length": body.len(),
        "length_is_stated": stated == Some(body.len()),
        "headers": headers,
    }))
}

fn headers(fields: &[httparse::Header<'_>]) -> Map<String, Value> {
    let mut headers: Map<String, Value> = Map::new();
    for field in fields {
        let name = field.name.to_ascii_lowercase();
        if PASSING.contains(&name.as_str()) {
            continue;
        }
        let value = String::from_utf8_lossy(field.value).into_owned();
        let joined = match headers.get(&name).and_then(Value::as_str) {
            Some(before) => format!("{before}, {value}"),
            None => value,
        };
        headers.insert(name, joined.into());
    }
    headers
}

/// The directives of `Cache-Control`: a number, a text, or `true` for one without a value.
fn directives(headers: &Map<String, Value>) -> Map<String, Value> {
    let field = headers
        .get("cache-control")
        .and_then(Value::as_str)
        .unwrap_or_default();
    field
        .split(',')
        .map(str::trim)
        .filter(|directive| !directive.is_empty())
        .map(|directive| match directive.split_once('=') {
            Some((name, value)) => {
                let value = value.trim_matches('"');
                let value = value
                    .parse::<u64>()
                    .map_or_else(|_| json!(value), |number| json!(number));
                (name.to_ascii_lowercase(), value)
            }
            None => (directive.to_ascii_lowercase(), Value::Bool(true)),
        })
        .collect()
}

/// A body in chunks, in one piece.
fn joined(mut sent: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let httparse::Status::Complete((start, length)) = httparse::parse_chunk_size(sent).ok()?
        else {
            return None;
        };
        if length == 0 {
            return Some(body);
        }
        let end = start.checked_add(usize::try_from(length).ok()?)?;
        body.extend_from_slice(sent.get(start..end)?);
        sent = sent.get(end..)?.strip_prefix(b"\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_kept_as_it_is_written() {
        let started = json!({ "metadata_url": "http://127.0.0.1:9/a/metadata/", "targets_url": "http://127.0.0.1:9/t" });
        let target = |path: &str| place(path, &started).map(|(_, target)| target);
        assert_eq!(
            target("metadata/../%2e%2E//x?y").as_deref(),
            Ok("/a/metadata/../%2e%2E//x?y")
        );
        assert_eq!(target("metadata").as_deref(), Ok("/a/metadata"));
        assert_eq!(target("targets/motd/").as_deref(), Ok("/t/motd/"));
        assert!(target("else/where").is_err());
        assert!(place("metadata/", &Value::Null).is_err());
    }

    #[test]
    fn an_answer_is_read_with_its_length_and_its_directives() {
        let answer = read(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nCache-Control: public, Max-Age=\"60\"\r\nDate: now\r\n\r\n{}").unwrap();
        assert_eq!(answer["status"], 200);
        assert_eq!(answer["cache"], json!({ "public": true, "max-age": 60 }));
        assert_eq!(answer["file"], VectorFiles::name(b"{}"));
        assert_eq!(answer["length_is_stated"], true);
        assert_eq!(answer["headers"].get("date"), None);
        let longer = read(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{} ").unwrap();
        assert_eq!(longer["length_is_stated"], false);
        let chunked =
            read(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
                .unwrap();
        assert_eq!(chunked["file"], VectorFiles::name(b"{}"));
        assert_eq!(chunked["length_is_stated"], false);
        assert!(read(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}").is_err());
    }

    #[test]
    fn nobody_there_is_no_answer_of_any_status() {
        let answer = fetch(
            &json!({ "method": "GET", "path": "metadata/" }),
            &Value::Null,
            &Value::Null,
        );
        assert_eq!(answer, json!({ "trouble": "no server was started" }));
    }
}
