//! A server on the attacker's side of the link: real sockets, and answers that no honest server gives.

use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// What the attacker answers to one request.
#[derive(Debug, Clone)]
pub(crate) enum HostileAnswer {
    /// 200 with this body.
    Body(Vec<u8>),
    /// Not there.
    Absent,
    /// Exactly these bytes, head and all.
    Raw(Vec<u8>),
    /// A head that promises this many bytes, a few of them, and then silence.
    Stall(usize),
    /// A head without a length, and this text again and again for as long as somebody reads.
    Endless(&'static str),
}

/// The attacker's server. Stops when dropped.
pub(crate) struct AttackerServer {
    address: SocketAddr,
    stopping: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
}

/// No connection of the demo lives longer, whatever a client does.
const PATIENCE: Duration = Duration::from_secs(5);

impl AttackerServer {
    /// Starts on a free port of the loopback. `answer` gets the path of each request, without a query.
    pub(crate) fn start(
        answer: impl Fn(&str) -> HostileAnswer + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let stopping = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopping);
        let answer = Arc::new(answer);
        let accepting = std::thread::spawn(move || {
            for connection in listener.incoming() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(connection) = connection else { continue };
                let (answer, stop) = (Arc::clone(&answer), Arc::clone(&stop));
                // A connection that fails is a client that went away.
                std::thread::spawn(move || converse(connection, answer.as_ref(), &stop).ok());
            }
        });
        Ok(Self {
            address,
            stopping,
            accepting: Some(accepting),
        })
    }

    /// `http://address`, without a slash at the end.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for AttackerServer {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Relaxed);
        // Wakes the listener up, so that it sees the flag.
        drop(TcpStream::connect(self.address));
        if let Some(accepting) = self.accepting.take() {
            // A listener that panicked has stopped, which is what is asked for.
            accepting.join().ok();
        }
    }
}

fn converse(
    connection: TcpStream,
    answer: &dyn Fn(&str) -> HostileAnswer,
    stop: &AtomicBool,
) -> io::Result<()> {
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(connection.try_clone()?);
    let mut writer = connection;
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut header = String::from("\n");
    while !header.trim().is_empty() || header == "\n" {
        header.clear();
        if reader.read_line(&mut header)? == 0 {
            break;
        }
    }
    let target = request.split(' ').nth(1).unwrap_or_default();
    let path = target.split('?').next().unwrap_or_default();
    match answer(path) {
        HostileAnswer::Body(body) => {
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            writer.write_all(head.as_bytes())?;
            writer.write_all(&body)?;
        }
        HostileAnswer::Absent => {
            writer.write_all(
                b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            )?;
        }
        HostileAnswer::Raw(bytes) => writer.write_all(&bytes)?,
        HostileAnswer::Stall(promised) => {
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {promised}\r\nConnection: close\r\n\r\n"
            );
            writer.write_all(head.as_bytes())?;
            writer.write_all(b"{")?;
            writer.flush()?;
            // Until the client hangs up or the patience ends.
            reader.read_exact(&mut [0]).ok();
        }
        HostileAnswer::Endless(text) => {
            writer.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
            let chunk = text.repeat(64 * 1024 / text.len().max(1));
            while !stop.load(Ordering::Relaxed) {
                writer.write_all(chunk.as_bytes())?;
            }
        }
    }
    writer.flush()?;
    writer.shutdown(Shutdown::Write)
}
