//! One case against one adapter: its steps, one after the other, in a world and a folder of its own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::Value;

use super::dispatch::{self, StepRequest};
use super::folder::{self, Copy, Look};
use super::observe;
use super::request::{self, RequestContext};
use super::scene::Scene;
use super::verdict::Seen;
use super::watch::Watch;
use crate::adapter::{Process, RequestOutcome};
use crate::case::{Answer, Case, CaseStep, Delivery, Observation, VectorFiles, differences};
use crate::world::{Request, World};

/// How long a request that a step waits for may take to come.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a request that nobody may send any more is waited for.
const AFTERTHOUGHTS: Duration = Duration::from_millis(200);

/// How much longer a command takes when it is tried again: with a second it stays within the deadline of a check.
const LONGER: u64 = 6;

/// What is needed to try a case.
#[derive(Debug)]
pub struct Attempt<'a> {
    /// The case.
    pub case: &'a Case,
    /// What web servers hand out.
    pub files: &'a Arc<VectorFiles>,
}

/// What a case has beside the adapter.
struct CaseStage {
    /// Removed in the end.
    place: tempfile::TempDir,
    /// How much longer commands take.
    times: u64,
    /// Started by the first step that serves something.
    worlds: Option<Worlds>,
    /// The first root that was in the folder, whatever is put into its place.
    root: Option<Vec<u8>>,
    /// The answer of each step, the folder after it, and the requests in it.
    answers: Vec<Value>,
    copies: Vec<Copy>,
    logs: Vec<Vec<Request>>,
}

struct Worlds {
    here: World,
    elsewhere: World,
}

impl Attempt<'_> {
    /// Tries the case.
    pub fn run(&self, process: &mut Process<'_>) -> Seen {
        let mut seen = self.attempt(process, 1);
        // On a busy machine the command may be over before the check beside it is, and then nothing is shown, rightly.
        if matches!(seen, Seen::Otherwise(_)) && self.wants_something_shown_beside_a_command() {
            seen = self.attempt(process, LONGER);
        }
        // Once more, because a busy machine is late sometimes; who is always late is late again.
        let is_timed = |step: &CaseStep| step.observe.within_milliseconds.is_some();
        if matches!(seen, Seen::Otherwise(_)) && self.case.steps.iter().any(is_timed) {
            seen = self.attempt(process, 1);
        }
        seen
    }

    fn wants_something_shown_beside_a_command(&self) -> bool {
        self.case.steps.iter().any(|step| {
            let is_shown = step.expect["result"]["stderr"]
                .as_str()
                .is_some_and(|text| !text.is_empty());
            is_shown && step.request["command"].is_object()
        })
    }

    fn attempt(&self, process: &mut Process<'_>, times: u64) -> Seen {
        match self.steps(process, times) {
            Ok(seen) => seen.in_bounds(),
            Err(error) => Seen::Harness(format!("{error:#}")),
        }
    }

    /// The steps, with commands that take so many times as long as the case says.
    fn steps(&self, process: &mut Process<'_>, times: u64) -> Result<Seen> {
        let mut stage = CaseStage {
            place: tempfile::tempdir()?,
            times,
            worlds: None,
            root: None,
            answers: Vec::new(),
            copies: Vec::new(),
            logs: Vec::new(),
        };
        std::fs::create_dir_all(stage.folder())?;
        let mut seen = Seen::AsExpected;
        for (index, step) in self.case.steps.iter().enumerate() {
            seen = self.step(step, &mut stage, process)?;
            if seen != Seen::AsExpected {
                if let Seen::Otherwise(why) = seen {
                    seen = Seen::Otherwise(match self.case.steps.len() {
                        1 => why,
                        _ => format!("step {index}: {why}"),
                    });
                }
                break;
            }
        }
        folder::make_writable(&stage.folder());
        Ok(seen)
    }

    /// Serves and disturbs; what comes back is why there is nothing to disturb.
    fn set_up(&self, step: &CaseStep, stage: &mut CaseStage) -> Result<Option<String>> {
        if let Some(serve) = &step.serve {
            stage.worlds(self.files)?.here.serve(serve.clone());
        }
        let folder = stage.folder();
        let watched = stage.place.path().join("watched");
        for disturbance in &step.disturb {
            let nothing = folder::nothing_to_disturb(&folder, disturbance);
            if nothing.is_some() {
                return Ok(nothing);
            }
            folder::disturb(&folder, disturbance, &stage.copies, &watched, self.files)
                .context("the folder cannot be disturbed as the case says")?;
            stage.see_root();
        }
        Ok(None)
    }

    fn step(
        &self,
        step: &CaseStep,
        stage: &mut CaseStage,
        process: &mut Process<'_>,
    ) -> Result<Seen> {
        if let Some(why) = self.set_up(step, stage)? {
            return Ok(Seen::Otherwise(why));
        }
        let origin = match &stage.worlds {
            Some(worlds) => worlds.here.origin().to_owned(),
            None => String::new(),
        };
        let folder = stage.folder();
        let root = stage.root.clone().unwrap_or_default();
        let context = RequestContext {
            files: self.files,
            origin: &origin,
            folder: &folder,
            root: &root,
        };
        let mut request = request::complete(&step.request, context)?;
        take_longer(&mut request, stage.times);
        let beside = step
            .beside
            .as_ref()
            .map(|beside| request::complete(beside, context))
            .transpose()?;
        let before = folder::copy(&folder);
        let look_before = if step.observe.folder_unchanged {
            folder::look(&folder)
        } else {
            Look::default()
        };
        let around_before = folder::around(stage.place.path(), &folder);
        // It ends with this step, answered or not.
        let mut waiting = process.another();
        if let Some(request) = &step.waiting {
            waiting.send(request::complete(request, context)?)?;
            if let Some(why) = stage.wait_for_stall(step, &waiting)? {
                return Ok(Seen::Otherwise(why));
            }
        }
        if let Some(path) = &step.killed_at {
            return stage.kill(path, request, process);
        }
        let started = Instant::now();
        let watch = step.observe.always_whole.then(|| Watch::begin(&folder));
        let asked = StepRequest {
            request: &request,
            beside: beside.as_ref(),
            expect: &step.expect,
            answers: &stage.answers,
        };
        let outcome = dispatch::send(&asked, process)?;
        let milliseconds = started.elapsed().as_millis().try_into().unwrap_or(u64::MAX);
        let torn = watch.map(Watch::end).unwrap_or_default();
        let (log, elsewhere) = stage.take_logs(&step.observe);
        let answer = match outcome {
            RequestOutcome::Crash(why) => return Ok(Seen::Crash(why)),
            RequestOutcome::Timeout(limit) => {
                return Ok(Seen::Timeout(format!(
                    "no answer within {} ms",
                    limit.as_millis()
                )));
            }
            RequestOutcome::Answer(answer) => answer,
        };
        if let Some(seen) = unsupported(&answer) {
            return Ok(seen);
        }
        let mut wrong = differences(&step.expect, &answer);
        wrong.extend(torn);
        wrong.extend(observe::differences(
            &step.observe,
            &Scene {
                request: &request,
                beside: beside.as_ref(),
                answer: &answer,
                answers_before: &stage.answers,
                log: &log,
                logs_before: &stage.logs,
                elsewhere: &elsewhere,
                milliseconds,
                folder: &folder,
                folder_before: &before,
                look_before: &look_before,
            },
        ));
        wrong.extend(stage.written_outside(&around_before));
        stage.copies.push(folder::copy(&folder));
        stage.see_root();
        stage.logs.push(log);
        let seen = if wrong.is_empty() {
            Seen::AsExpected
        } else {
            Seen::Otherwise(explained(&wrong, &answer))
        };
        stage.answers.push(answer);
        Ok(seen)
    }
}

/// The command of the request lasts so many times as long.
fn take_longer(request: &mut Value, times: u64) {
    let Some(milliseconds) = request.pointer_mut("/command/milliseconds") else {
        return;
    };
    if let Some(before) = milliseconds.as_u64() {
        *milliseconds = (before * times).into();
    }
}

/// An implementation that says that it does not have this; of two processes, one of them.
fn unsupported(answer: &Value) -> Option<Seen> {
    let of_both = answer["answers"].as_array().map_or(&[][..], Vec::as_slice);
    let said = std::iter::once(answer)
        .chain(of_both)
        .find(|answer| answer["status"] == "unsupported")?;
    let reason = said["reason"].as_str().unwrap_or_default();
    Some(Seen::Unsupported(reason.to_owned()))
}

/// All differences, and what the adapter says of an error of its own.
fn explained(wrong: &[String], answer: &Value) -> String {
    let mut text = wrong.join("; ");
    if let Some(message) = answer["message"].as_str() {
        text = format!("{text}; the adapter says: {message}");
    }
    text
}

impl CaseStage {
    /// Two levels deep: what climbs out of it is seen.
    fn folder(&self) -> std::path::PathBuf {
        self.place.path().join("outer/inner/folder")
    }

    /// Keeps the first root, once there is one.
    fn see_root(&mut self) {
        if self.root.is_none() {
            self.root = std::fs::read(self.folder().join("metadata/1.root.json")).ok();
        }
    }

    /// What both web servers were asked, and, where nothing may come after the answer, what came nevertheless.
    fn take_logs(&self, observation: &Observation) -> (Vec<Request>, Vec<Request>) {
        let Some(worlds) = &self.worlds else {
            return Default::default();
        };
        if observe::is_over_with_the_answer(observation) {
            worlds.here.wait_for_more(AFTERTHOUGHTS);
        }
        (worlds.here.take_log(), worlds.elsewhere.take_log())
    }

    /// Files beside the folder that are not as they were.
    fn written_outside(&self, before: &Copy) -> Vec<String> {
        let after = folder::around(self.place.path(), &self.folder());
        let changed = folder::changed(before, &after).into_iter();
        changed
            .map(|path| {
                format!(
                    "MOTD-STATE-5: {} outside of the folder was written",
                    path.display()
                )
            })
            .collect()
    }

    /// Sends the request, and kills the process as soon as it asks for this path.
    fn kill(&mut self, path: &str, request: Value, process: &mut Process<'_>) -> Result<Seen> {
        let world = &self.worlds.as_ref().context("no web server")?.here;
        process.send(request)?;
        let was_asked = world.wait_for(path, process.patience(PATIENCE));
        let outcome = process.so_far();
        process.end();
        world.forget();
        let copy = folder::copy(&self.folder());
        self.copies.push(copy);
        self.logs.push(Vec::new());
        self.answers.push(Value::Null);
        let not_asked = || format!("{path} was not requested");
        Ok(match outcome {
            _ if was_asked => Seen::AsExpected,
            RequestOutcome::Answer(answer) => {
                unsupported(&answer).unwrap_or_else(|| Seen::Otherwise(not_asked()))
            }
            RequestOutcome::Crash(why) => Seen::Crash(why),
            RequestOutcome::Timeout(_) => Seen::Timeout(not_asked()),
        })
    }

    /// Waits until the first answer that stalls does so; what comes back is why it does not.
    fn wait_for_stall(&self, step: &CaseStep, process: &Process<'_>) -> Result<Option<String>> {
        let stalls = |answer: &Answer| matches!(answer.delivery, Delivery::StallAfter(_));
        let path = step
            .serve
            .iter()
            .flat_map(|serve| &serve.answers)
            .find(|(_, answer)| stalls(answer))
            .map(|(path, _)| path.clone())
            .context("a case with a process beside it serves nothing that stalls")?;
        let worlds = self.worlds.as_ref().context("no web server")?;
        if !worlds.here.wait_for(&path, process.patience(PATIENCE)) {
            return Ok(Some(format!(
                "the process beside this one did not ask for {path}"
            )));
        }
        // A client may ask for the next root and the timestamp at once; they are not of the process to come.
        for _ in 0..2 {
            worlds.here.wait_for_more(AFTERTHOUGHTS);
        }
        let _ = worlds.here.take_log();
        Ok(None)
    }

    fn worlds(&mut self, files: &Arc<VectorFiles>) -> Result<&Worlds> {
        if self.worlds.is_none() {
            let elsewhere = World::start(Arc::clone(files), "")?;
            let here = World::start(Arc::clone(files), elsewhere.origin())?;
            self.worlds = Some(Worlds { here, elsewhere });
        }
        self.worlds.as_ref().context("no web server")
    }
}

#[cfg(test)]
mod tests;
