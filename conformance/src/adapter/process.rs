//! The process of an adapter: lines in, lines out, and nothing of it outlives the judge.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{AdapterCommand, LONGEST_ANSWER, Messages, RecordedExchange, RequestOutcome, limit};

/// As much of its standard error as is kept.
const KEPT_ERRORS: usize = 64 * 1024;

/// An adapter that is asked. A process that ended is started again with the next request.
#[derive(Debug)]
pub struct Process<'a> {
    command: &'a AdapterCommand,
    messages: &'a Messages,
    ids: MessageIds,
    running: Option<Running>,
    /// The request whose answer is not waited for.
    sent: Option<Value>,
    /// What was said since [`Process::take_transcript`].
    transcript: Vec<RecordedExchange>,
    errors: Arc<Mutex<Vec<u8>>>,
}

/// Opaque ids: nothing about a case can be read from one, and they are others with another seed.
#[derive(Debug, Clone)]
pub struct MessageIds {
    seed: u64,
    worker: usize,
    count: u64,
}

impl MessageIds {
    /// The ids of one worker in a run with this seed.
    #[must_use]
    pub const fn new(seed: u64, worker: usize) -> Self {
        Self {
            seed,
            worker,
            count: 0,
        }
    }

    fn next(&mut self) -> String {
        use hex::ToHex as _;
        use sha2::{Digest as _, Sha256};
        self.count += 1;
        let text = format!("{}/{}/{}", self.seed, self.worker, self.count);
        let digest: String = Sha256::digest(text.as_bytes()).encode_hex();
        digest.get(..12).unwrap_or_default().to_owned()
    }
}

#[derive(Debug)]
struct Running {
    child: Child,
    /// Dropped, it closes the standard input.
    input: Option<SyncSender<Vec<u8>>>,
    lines: Receiver<std::io::Result<Vec<u8>>>,
    /// Ends with its standard error.
    quiet: Receiver<()>,
}

impl<'a> Process<'a> {
    /// An adapter that is started with its first request.
    #[must_use]
    pub fn new(command: &'a AdapterCommand, messages: &'a Messages, ids: MessageIds) -> Self {
        Self {
            command,
            messages,
            ids,
            running: None,
            sent: None,
            transcript: Vec::new(),
            errors: Arc::default(),
        }
    }

    /// Sends a request, to which it gives an id, and waits for the answer.
    ///
    /// # Errors
    /// When the program cannot be started, or the request itself breaks the protocol: both are no fault of the
    /// implementation.
    pub fn ask(&mut self, mut request: Value) -> Result<RequestOutcome> {
        request["id"] = self.ids.next().into();
        if let Some(fault) = self.messages.wrong_request(&request) {
            bail!("the judge's own request breaks the protocol: {fault}: {request}");
        }
        let started = Instant::now();
        let outcome = self.exchange(&request)?;
        let (answer, trouble) = match &outcome {
            RequestOutcome::Answer(answer) => (Some(answer.clone()), None),
            RequestOutcome::Crash(why) => (None, Some(why.clone())),
            RequestOutcome::Timeout(limit) => (
                None,
                Some(format!("no answer within {} ms", limit.as_millis())),
            ),
        };
        self.transcript.push(RecordedExchange {
            request,
            answer,
            trouble,
            milliseconds: started.elapsed().as_millis().try_into().unwrap_or(u64::MAX),
        });
        if !matches!(outcome, RequestOutcome::Answer(_)) {
            self.end();
        }
        Ok(outcome)
    }

    /// Sends a request and does not wait for the answer.
    ///
    /// # Errors
    /// As [`Process::ask`].
    pub fn send(&mut self, mut request: Value) -> Result<()> {
        request["id"] = self.ids.next().into();
        if let Some(fault) = self.messages.wrong_request(&request) {
            bail!("the judge's own request breaks the protocol: {fault}: {request}");
        }
        self.write(&request)?;
        self.transcript.push(RecordedExchange {
            request: request.clone(),
            answer: None,
            trouble: Some("the answer was not waited for".to_owned()),
            milliseconds: 0,
        });
        self.sent = Some(request);
        Ok(())
    }

    /// What has become of the request of [`Process::send`] by now.
    pub fn so_far(&mut self) -> RequestOutcome {
        let (Some(request), Some(running)) = (self.sent.take(), &mut self.running) else {
            return RequestOutcome::Timeout(Duration::ZERO);
        };
        match running.lines.try_recv() {
            Ok(Ok(line)) => self.read(&request, &line),
            Ok(Err(error)) => RequestOutcome::Crash(error.to_string()),
            Err(TryRecvError::Empty) => RequestOutcome::Timeout(Duration::ZERO),
            Err(TryRecvError::Disconnected) => RequestOutcome::Crash(running.epitaph()),
        }
    }

    /// This long, unless nothing is waited for as long.
    #[must_use]
    pub fn patience(&self, limit: Duration) -> Duration {
        self.command
            .longest
            .map_or(limit, |longest| limit.min(longest))
    }

    /// What was said since this was called last.
    pub fn take_transcript(&mut self) -> Vec<RecordedExchange> {
        std::mem::take(&mut self.transcript)
    }

    /// What it wrote to its standard error since this was called last.
    pub fn take_errors(&mut self) -> String {
        let kept = self
            .errors
            .lock()
            .map(|mut kept| std::mem::take(&mut *kept));
        String::from_utf8_lossy(&kept.unwrap_or_default()).into_owned()
    }

    /// Another process of the same adapter, not started yet.
    #[must_use]
    pub fn another(&self) -> Self {
        let ids = MessageIds {
            worker: !self.ids.worker,
            ..self.ids.clone()
        };
        Self::new(self.command, self.messages, ids)
    }

    /// Ends another process and keeps what was said to it and by it.
    pub fn take_over(&mut self, mut other: Self) {
        self.transcript.append(&mut other.take_transcript());
        let errors = other.take_errors();
        if let Ok(mut kept) = self.errors.lock() {
            kept.extend_from_slice(errors.as_bytes());
        }
    }

    /// Ends the process, if there is one.
    pub fn end(&mut self) {
        if let Some(running) = self.running.take() {
            running.end();
        }
    }

    fn write(&mut self, request: &Value) -> Result<&mut Running> {
        // A server lives from `start` to `stop`; nothing else outlives its request.
        if self.command.one_process_per_request && request["operation"] != "stop" {
            self.end();
        }
        if self.running.is_none() {
            self.running = Some(Running::start(self.command, Arc::clone(&self.errors))?);
        }
        let Some(running) = &mut self.running else {
            bail!("no process");
        };
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        // A process that is gone takes nothing any more; what it said last explains it better than that.
        if let Some(input) = &running.input {
            let _ = input.try_send(line);
        }
        if self.command.one_process_per_request && request["operation"] != "start" {
            running.input = None;
        }
        Ok(running)
    }

    fn exchange(&mut self, request: &Value) -> Result<RequestOutcome> {
        let limit = self.patience(limit(request) + self.command.grace);
        let running = self.write(request)?;
        let received = running.lines.recv_timeout(limit);
        let epitaph = match &received {
            Err(RecvTimeoutError::Disconnected) => running.epitaph(),
            _ => String::new(),
        };
        let outcome = match received {
            Ok(Ok(line)) => self.read(request, &line),
            Ok(Err(error)) => RequestOutcome::Crash(error.to_string()),
            Err(RecvTimeoutError::Timeout) => RequestOutcome::Timeout(limit),
            Err(RecvTimeoutError::Disconnected) => RequestOutcome::Crash(epitaph),
        };
        if self.command.one_process_per_request && request["operation"] != "start" {
            self.end();
        }
        Ok(outcome)
    }

    fn read(&self, request: &Value, line: &[u8]) -> RequestOutcome {
        const SHOWN: usize = 200;
        let text = String::from_utf8_lossy(line);
        let beginning: String = text.trim_end().chars().take(SHOWN).collect();
        match serde_json::from_slice::<Value>(line) {
            Ok(answer) => match self.messages.wrong_answer(request, &answer) {
                None => RequestOutcome::Answer(answer),
                Some(fault) => RequestOutcome::Crash(format!(
                    "the answer breaks the protocol, {fault}; it is {beginning}"
                )),
            },
            Err(_) => RequestOutcome::Crash(format!("a line that is no JSON: {beginning}")),
        }
    }
}

impl Drop for Process<'_> {
    fn drop(&mut self) {
        self.end();
    }
}

impl Running {
    fn start(command: &AdapterCommand, errors: Arc<Mutex<Vec<u8>>>) -> Result<Self> {
        let Some((program, arguments)) = command.words.split_first() else {
            bail!("no adapter is named");
        };
        let mut process = std::process::Command::new(program);
        process
            .args(arguments)
            .envs(
                command
                    .environment
                    .iter()
                    .map(|(name, value)| (name, value)),
            )
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // The judge's web server is on this machine, whatever proxy is configured.
            .env("NO_PROXY", "127.0.0.1,localhost")
            .env("no_proxy", "127.0.0.1,localhost");
        #[cfg(unix)]
        {
            // A group of its own, so that what it starts ends with it.
            use std::os::unix::process::CommandExt as _;
            process.process_group(0);
        }
        let mut child = process
            .spawn()
            .with_context(|| format!("the adapter {program} does not start"))?;
        let (Some(input), Some(output), Some(error)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            bail!("the adapter has no standard streams");
        };
        let (write, written) = sync_channel::<Vec<u8>>(16);
        // An adapter that does not read keeps this thread waiting, and not the judge.
        std::thread::spawn(move || {
            let mut input = input;
            while let Ok(line) = written.recv() {
                if input.write_all(&line).and_then(|()| input.flush()).is_err() {
                    return;
                }
            }
        });
        let (sender, lines) = sync_channel(16);
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            loop {
                let mut line = Vec::new();
                let most = LONGEST_ANSWER as u64 + 1;
                let read = output.by_ref().take(most).read_until(b'\n', &mut line);
                let line = match read {
                    Ok(0) => return,
                    Ok(_) if line.last() == Some(&b'\n') => Ok(line),
                    Ok(length) if length as u64 == most => {
                        Err(std::io::Error::other("an answer longer than 1 MiB"))
                    }
                    Ok(_) => Err(std::io::Error::other("a last line without its line feed")),
                    Err(error) => Err(error),
                };
                let ended = line.is_err();
                if sender.send(line).is_err() || ended {
                    return;
                }
            }
        });
        let (speaking, quiet) = sync_channel::<()>(0);
        std::thread::spawn(move || {
            let _speaking = speaking;
            let mut error = error;
            let mut part = [0; 4096];
            while let Ok(length @ 1..) = error.read(&mut part) {
                if let Ok(mut kept) = errors.lock()
                    && kept.len() < KEPT_ERRORS
                {
                    kept.extend_from_slice(part.get(..length).unwrap_or_default());
                }
            }
        });
        Ok(Self {
            child,
            input: Some(write),
            lines,
            quiet,
        })
    }

    /// How it ended, once its standard output is closed. One that lives on is ended; one that is ending keeps its status.
    fn epitaph(&mut self) -> String {
        const LAST_WORDS: Duration = Duration::from_secs(1);
        let lives = self.quiet.recv_timeout(LAST_WORDS) == Err(RecvTimeoutError::Timeout);
        self.kill();
        match self.child.wait() {
            _ if lives => "the adapter closed its standard output and did not end".to_owned(),
            Ok(status) => format!("the adapter ended: {status}"),
            Err(error) => format!("the adapter ended: {error}"),
        }
    }

    fn end(mut self) {
        drop(self.input.take());
        self.kill();
        let _ = self.child.wait();
    }

    fn kill(&mut self) {
        #[cfg(unix)]
        if let Some(group) = rustix::process::Pid::from_raw(self.child.id().try_into().unwrap_or(0))
        {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.child.kill();
    }
}
