//! One connection: requests one after the other, answered as whole, cut, stalled or without end.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};

use super::state::{Request, ServedAnswer, WorldState};
use crate::case::{Answer, Delivery};

/// The longest head of a request.
const LONGEST_HEAD: usize = 64 * 1024;

/// How much of an endless body is written at a time.
const PART: usize = 16 * 1024;

/// An endless body does end here, so that a client that takes everything does not take the judge with it.
const ENOUGH: usize = 64 * 1024 * 1024;

/// Answers until the connection ends.
pub(super) fn answer_all(mut stream: TcpStream, shared: &WorldState, generation: u64) {
    let mut buffer = Vec::new();
    while let Some(request) = read_head(&mut stream, &mut buffer) {
        let path = request.path.clone();
        let head_only = request.method == "HEAD";
        let index = shared.note(request, generation);
        let (answer, body) = match shared.find(&path) {
            ServedAnswer::File(Some(body)) => (Answer::default(), body),
            ServedAnswer::File(None) => {
                let not_found = Answer {
                    status: 404,
                    ..Answer::default()
                };
                (not_found, Vec::new())
            }
            ServedAnswer::Answer(answer, body) => (answer, body.unwrap_or_default()),
        };
        let is_whole = matches!(answer.delivery, Delivery::Whole | Delivery::Chunked);
        shared.answers(index, if is_whole { answer.status } else { 0 });
        let done = send(&mut stream, &answer, &body, head_only, |bytes| {
            shared.took(index, bytes);
        });
        if done.is_none() {
            break;
        }
    }
    let _ = stream.shutdown(Shutdown::Both);
}

/// The next request; `None` when there is none.
fn read_head(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Request> {
    loop {
        let mut fields = [httparse::EMPTY_HEADER; 64];
        let mut head = httparse::Request::new(&mut fields);
        if let httparse::Status::Complete(length) = head.parse(buffer).ok()? {
            let request = Request {
                method: head.method?.to_owned(),
                path: head.path?.trim_start_matches('/').to_owned(),
                headers: head
                    .headers
                    .iter()
                    .map(|field| {
                        let value = String::from_utf8_lossy(field.value).into_owned();
                        (field.name.to_ascii_lowercase(), value)
                    })
                    .collect(),
                status: 0,
                taken: 0,
            };
            buffer.drain(..length);
            return Some(request);
        }
        if buffer.len() > LONGEST_HEAD {
            return None;
        }
        let mut part = [0; 4096];
        let length = stream.read(&mut part).ok().filter(|length| *length > 0)?;
        buffer.extend_from_slice(part.get(..length)?);
    }
}

/// Sends an answer; `None` when the connection is not to be used again.
fn send(
    stream: &mut TcpStream,
    answer: &Answer,
    body: &[u8],
    head_only: bool,
    took: impl Fn(usize),
) -> Option<()> {
    use std::fmt::Write as _;
    if answer.delivery == Delivery::Closed {
        return None;
    }
    let chunked = matches!(answer.delivery, Delivery::Chunked | Delivery::Endless);
    let mut head = format!("HTTP/1.1 {} {}\r\n", answer.status, reason(answer.status));
    if chunked {
        head.push_str("Transfer-Encoding: chunked\r\n");
    } else {
        let _ = write!(head, "Content-Length: {}\r\n", body.len());
    }
    for (name, value) in &answer.headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).ok()?;
    if head_only {
        return Some(());
    }
    match answer.delivery {
        // Counted before it is written: who has the last byte may have ended before this thread goes on.
        Delivery::Whole => {
            for part in body.chunks(PART) {
                took(part.len());
                stream.write_all(part).ok()?;
            }
            Some(())
        }
        Delivery::Chunked => {
            took(body.len());
            chunk(stream, body)?;
            stream.write_all(b"0\r\n\r\n").ok()
        }
        Delivery::CutAfter(length) => {
            let part = body.get(..length).unwrap_or(body);
            stream.write_all(part).ok()?;
            took(part.len());
            None
        }
        Delivery::StallAfter(length) => {
            let part = body.get(..length).unwrap_or(body);
            stream.write_all(part).ok()?;
            took(part.len());
            // Until the other side gives up, or the server ends and shuts the stream down.
            while let Ok(1..) = stream.read(&mut [0; 512]) {}
            None
        }
        Delivery::Endless => {
            chunk(stream, body)?;
            took(body.len());
            let spaces = vec![b' '; PART];
            for _ in 0..ENOUGH / PART {
                chunk(stream, &spaces)?;
                took(PART);
            }
            None
        }
        Delivery::Closed => None,
    }
}

fn chunk(stream: &mut TcpStream, part: &[u8]) -> Option<()> {
    if part.is_empty() {
        return Some(());
    }
    let mut framed = format!("{:x}\r\n", part.len()).into_bytes();
    framed.extend_from_slice(part);
    framed.extend_from_slice(b"\r\n");
    stream.write_all(&framed).ok()
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        403 => "Forbidden",
        404 => "Not Found",
        429 => "Too Many Requests",
        503 => "Service Unavailable",
        // A canary: a client that shows the reason phrase to a person is seen to do so.
        _ => "canary-reason-phrase",
    }
}
