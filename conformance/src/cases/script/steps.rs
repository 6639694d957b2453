//! The lines of a case. What a web server or a folder holds, and what is disturbed, belongs to the request after it;
//! what is observed, to the request before.
//!
//! | line | what it does |
//! |---|---|
//! | `serve R`, `put R` | the files of a repository are served from now on, or are put into the folder; without R there are none |
//! | `put-file PATH TEXT`, `put-file PATH from R` | one file is put into the folder |
//! | `file PATH TEXT`, `file PATH from R`, `without PATH` | of these files, one is another or is missing; after `from R` a change may stand ([`changed`]) |
//! | `root R`, `root TEXT` | the trusted root, where it is not that of the repository that is served first |
//! | `answer PATH STATUS`, `answer PATH ANSWER`, `body PATH TEXT ANSWER` | what is served otherwise |
//! | `bundle R MEMBERS`, `bundle R CHANGE`, `bundle R with ANSWER` | the bundle of these files is served; a member that is `null` is missing |
//! | `disturb DISTURBANCE`, `waiting` | as in [`CaseStep`] |
//! | `beside REQUEST` | a second process is asked this at the same time |
//! | `killed PATH MORE` | a check that is killed when it requests this path |
//! | `observe OBSERVATION` | as in [`CaseStep`] |
//! | `repeat COUNT` | the lines after it so often, with `{number}` from 0 |
//! | `REQUEST => EXPECTATION` | a request, see [`Steps::request`] and [`Steps::expectation`] |

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use motd_core::{Code, Level};
use serde_json::{Map, Value, json};

use super::repository::Repositories;
use super::values::{all, bytes, changed, merge, merged, with_document};
use crate::case::{Answer, CaseStep, Disturbance, Observation, Serve, VectorFiles};
use crate::cases::document::{document_bytes, refused_document};
use crate::cases::writer::CaseDraft;
use crate::simulator::{Key, SiteFiles};

/// The time of most requests.
const NOW: &str = "2026-11-01T00:00:00Z";

const BUNDLE: &str = "metadata/motd-bundle.json";

/// The draft, with a step for each request of these lines.
pub(super) fn of_case(
    files: &mut VectorFiles,
    repositories: &Repositories,
    draft: CaseDraft,
    lines: &[String],
) -> Result<CaseDraft> {
    let mut steps = Steps {
        files,
        repositories,
        root: None,
        site: None,
        next: CaseStep::default(),
        done: Vec::new(),
    };
    for (number, line) in lines.iter().enumerate() {
        if let Some(count) = line.strip_prefix("repeat ") {
            let again = lines.get(number + 1..).unwrap_or_default();
            for number in 0..count.parse()? {
                steps.lines(again, number)?;
            }
            break;
        }
        steps.line(line).with_context(|| line.clone())?;
    }
    Ok(steps.done.into_iter().fold(draft, CaseDraft::step))
}

struct Steps<'a> {
    files: &'a mut VectorFiles,
    repositories: &'a Repositories,
    /// The name of the file with the trusted root.
    root: Option<String>,
    /// Files that the lines after may still change, and whether they are served.
    site: Option<(SiteFiles, bool)>,
    next: CaseStep,
    done: Vec<CaseStep>,
}

impl Steps<'_> {
    /// The lines, in a round of a `repeat`.
    fn lines(&mut self, lines: &[String], number: usize) -> Result<()> {
        for line in lines {
            let line = line.replace("{number}", &number.to_string());
            self.line(&line).context(line)?;
        }
        Ok(())
    }

    fn line(&mut self, line: &str) -> Result<()> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        if !["file", "without"].contains(&verb) {
            self.settle();
        }
        match verb {
            "serve" | "put" => {
                let (mut site, is_served) = (SiteFiles::new(), verb == "serve");
                if !rest.is_empty() {
                    let repository = self.repositories.named(rest)?;
                    site = repository.site();
                    if is_served && self.root.is_none() {
                        let root = repository.trusted_root();
                        self.root = Some(self.files.add(root));
                    }
                }
                self.site = Some((site, is_served));
            }
            "root" => {
                let root = match self.repositories.named(rest) {
                    Ok(repository) => repository.trusted_root(),
                    Err(_) => bytes(rest)?,
                };
                self.root = Some(self.files.add(root));
            }
            "put-file" => {
                let (path, content) = rest.split_once(' ').context("a path and a text")?;
                let bytes = self.content(path, content)?;
                self.site = Some((SiteFiles::from([(path.to_owned(), bytes)]), false));
            }
            "file" => {
                let (path, content) = rest.split_once(' ').context("a path and a text")?;
                let bytes = self.content(path, content)?;
                let (site, _) = self.site.get_or_insert_default();
                site.insert(path.to_owned(), bytes);
            }
            "without" => {
                let site = self.site.as_mut().context("no files")?;
                site.0.remove(rest).context("no such file")?;
            }
            "answer" => {
                let (path, answer) = rest.split_once(' ').context("a path and an answer")?;
                self.answer(path, answer_of(answer)?)?;
            }
            "body" => {
                let (path, rest) = rest.split_once(' ').context("a path and a text")?;
                let (text, answer) = match rest.split_once(" with ") {
                    Some((text, answer)) => (text, answer_of(answer)?),
                    None => (rest, Answer::default()),
                };
                let file = Some(self.files.add(bytes(text)?));
                self.answer(path, Answer { file, ..answer })?;
            }
            "bundle" => self.bundle(rest)?,
            "disturb" => self.next.disturb.push(serde_json::from_str(rest)?),
            "waiting" => self.next.waiting = Some(self.request("check", "")?),
            "beside" => {
                let (verb, rest) = rest.split_once(' ').unwrap_or((rest, ""));
                self.next.beside = Some(self.request(verb, rest)?);
            }
            "killed" => {
                let (path, more) = rest.split_once(' ').unwrap_or((rest, ""));
                self.next.killed_at = Some(path.to_owned());
                let request = self.request("check", more)?;
                self.ask(request, json!({}), Observation::default());
            }
            "observe" => {
                let step = self.done.last_mut().context("no request")?;
                let mut observe = serde_json::to_value(&step.observe)?;
                merge(&mut observe, &merged(rest)?);
                step.observe = serde_json::from_value(observe)?;
            }
            _ => {
                let (asked, expected) = line.split_once(" => ").unwrap_or((line, ""));
                let (verb, rest) = asked.split_once(' ').unwrap_or((asked, ""));
                let request = self.request(verb, rest)?;
                let (expect, observe) = self.expectation(&request, expected)?;
                self.ask(request, expect, observe);
            }
        }
        Ok(())
    }

    /// Keeps the files that are served or put from now on.
    fn settle(&mut self) {
        if let Some((site, is_served)) = self.site.take() {
            let files = self.files.add_site(&site);
            if is_served {
                let answers = std::collections::BTreeMap::new();
                self.next.serve = Some(Serve { files, answers });
            } else {
                self.next.disturb.push(Disturbance::Put(files));
            }
        }
    }

    fn content(&self, path: &str, content: &str) -> Result<Vec<u8>> {
        let Some(content) = content.strip_prefix("from ") else {
            return bytes(content);
        };
        let (name, change) = content.split_once(' ').unwrap_or((content, ""));
        let mut site = self.repositories.named(name)?.site();
        changed(site.remove(path).context("no such file")?, change)
    }

    fn answer(&mut self, path: &str, answer: Answer) -> Result<()> {
        let serve = self.next.serve.as_mut().context("nothing is served")?;
        serve.answers.insert(path.to_owned(), answer);
        Ok(())
    }

    /// Serves the files of a repository as a bundle, with other members.
    fn bundle(&mut self, rest: &str) -> Result<()> {
        let (name, more) = rest.split_once(' ').unwrap_or((rest, ""));
        let site = self.repositories.named(name)?.site();
        let mut members = members(&site);
        let (more, answer) = match more.split_once("with ") {
            Some((more, answer)) => (more, answer_of(answer)?),
            None => (more, Answer::default()),
        };
        let (more, change) = if more.starts_with('{') {
            (more, "")
        } else {
            ("", more)
        };
        for (name, value) in merged(more)?.as_object().into_iter().flatten() {
            members.insert(name.clone(), value.clone());
        }
        members.retain(|_, value| !value.is_null());
        let bytes = changed(Value::Object(members).to_string().into_bytes(), change)?;
        let file = Some(self.files.add(bytes));
        self.answer(BUNDLE, Answer { file, ..answer })
    }

    fn ask(&mut self, request: Value, expect: Value, observe: Observation) {
        self.done.push(CaseStep {
            request,
            expect,
            observe,
            ..std::mem::take(&mut self.next)
        });
    }

    /// A request. What stands after it is merged over what is asked without.
    ///
    /// `check`, `acknowledge TIME IDS`; `select`, `parse` or `publish DOCUMENT`, `publish-text TEXT`; `create`,
    /// `renew`, `render FORM COLUMNS SOURCES`, `admit R`; `start`, `stop`, `get PATH`; `ask` for a request that
    /// stands there whole.
    fn request(&mut self, verb: &str, rest: &str) -> Result<Value> {
        let mut request = match verb {
            "check" => json!({
                "operation": "check", "now": NOW, "source": self.source(), "output": { "form": "json" },
            }),
            "acknowledge" => {
                let (now, ids) = rest.split_once(' ').context("a time and ids")?;
                let ids: Vec<&str> = ids.split(' ').collect();
                return Ok(json!({
                    "operation": "acknowledge", "now": now, "source": self.source(), "ids": ids,
                }));
            }
            "select" | "parse" | "publish" => {
                let (document, more) = with_document(rest)?;
                let mut request = match verb {
                    "publish" => self.publish(document.to_string().as_bytes()),
                    _ => judged(verb, &document),
                };
                merge(&mut request, &more);
                return Ok(request);
            }
            "render" => return render(rest),
            "publish-text" => return Ok(self.publish(&bytes(rest)?)),
            "create" => {
                let one = |role| (role, json!({ "threshold": 1, "keys": [seed(role)] }));
                let roles = ["root", "targets", "snapshot", "timestamp", "motd"].map(one);
                let roles: Map<_, _> = roles
                    .map(|(role, of)| (role.to_owned(), of))
                    .into_iter()
                    .collect();
                json!({ "operation": "create", "now": NOW, "repository": "pypi.org", "roles": roles })
            }
            "renew" => json!({
                "operation": "renew", "now": NOW, "repository": "pypi.org", "keys": online_keys(),
            }),
            "admit" => {
                let (name, more) = rest.split_once(' ').unwrap_or((rest, ""));
                let mut request = self.admit(name)?;
                merge(&mut request, &merged(more)?);
                return Ok(request);
            }
            "start" | "stop" => json!({ "operation": verb }),
            "get" => {
                let (path, more) = rest.split_once(" {").unwrap_or((rest, "}"));
                let mut request = json!({ "operation": "fetch", "path": path });
                merge(&mut request, &merged(&format!("{{{more}"))?);
                return Ok(request);
            }
            "ask" => json!({}),
            _ => bail!("no such request"),
        };
        merge(&mut request, &merged(rest)?);
        Ok(request)
    }

    fn source(&self) -> Value {
        json!({ "root": { "$file": self.root } })
    }

    fn publish(&mut self, document: &[u8]) -> Value {
        /// A longer document is a file of its own.
        const SHORT: usize = 4096;
        let document = match document.len() {
            ..SHORT => json!(STANDARD.encode(document)),
            _ => json!({ "$file": self.files.add(document.to_vec()) }),
        };
        json!({
            "operation": "publish", "now": NOW, "repository": "pypi.org", "document": document,
            "keys": online_keys(), "expires": null,
        })
    }

    /// Takes in the role for notices of this repository as it is now.
    fn admit(&mut self, name: &str) -> Result<Value> {
        let repository = self.repositories.named(name)?;
        let path = repository.path("motd");
        let role = repository.site().remove(&path).unwrap_or_default();
        let target = repository.targets.get("motd/notices.json").cloned();
        let files = &mut *self.files;
        Ok(json!({
            "operation": "admit", "now": NOW, "repository": "pypi.org", "keys": online_keys(),
            "role": { "$file": files.add(role) }, "target": { "$file": files.add(target.unwrap_or_default()) },
        }))
    }

    /// An expectation and what is to be seen with it: words, and JSON that is merged over what they mean.
    fn expectation(&self, request: &Value, text: &str) -> Result<(Value, Observation)> {
        let start = text.find(['{', '[']).unwrap_or(text.len());
        let (words, json) = text.split_at(start);
        let words: Vec<&str> = words.split(' ').filter(|word| !word.is_empty()).collect();
        let mut observe = Observation::default();
        let mut expect = match words[..] {
            [] if text.is_empty() && request["operation"] == "start" => json!({
                "status": "accepted", "result": {
                    "metadata_url": { "$starts-with": "http://" }, "targets_url": { "$starts-with": "http://" },
                },
            }),
            [] if text.is_empty() => json!({ "status": "accepted" }),
            [] => return Ok((merged(json)?, observe)),
            ["accepted"] => json!({ "status": "accepted" }),
            ["rejected"] => json!({ "status": "rejected" }),
            ["rejected", stage, code] => {
                json!({ "status": "rejected", "stage": stage, "code": code })
            }
            ["fresh", ref ids @ ..] => report("fresh", &Value::Null, 0, ids),
            ["cached", stage, code, ref ids @ ..] => {
                report("cached", &failure(stage, code), 0, ids)
            }
            ["failed", stage, code] => report("none", &failure(stage, code), 3, &[]),
            ["unavailable", stage, code] => report("none", &failure(stage, code), 4, &[]),
            ["document-refused", code] => report("fresh", &failure("document", code), 5, &[]),
            ["not-a-document", code] => refused_document(code),
            ["says", ref decisions @ ..] => decided(decisions)?,
            ["lists", id] => json!({ "status": "accepted", "result": {
                "exit_status": 0, "stderr": { "$contains": format!("Title of {id}\n") },
            } }),
            ["applies"] => of_one(
                &json!({ "decision": "show", "reason": "asked", "code": null, "text": { "language": "en" } }),
            ),
            ["other"] => of_one(
                &json!({ "decision": "skip", "reason": "audience", "code": null, "text": null }),
            ),
            ["lines"] => {
                let mut values = all(json)?.into_iter();
                let mut expect =
                    json!({ "status": "accepted", "result": { "lines": values.next() } });
                values.for_each(|more| merge(&mut expect, &more));
                return Ok((expect, observe));
            }
            ["done"] => {
                observe.publication = Some(merged(json)?);
                return Ok((json!({ "status": "accepted" }), observe));
            }
            ["refused", code] => {
                observe.publication = Some(json!({ "published": false }));
                json!({ "status": "rejected", "stage": "publication", "code": code })
            }
            ["not-published", code] => {
                observe.publication = Some(json!({ "published": false }));
                json!({ "status": "rejected", "stage": stage(code)?, "code": code })
            }
            ["nothing-published"] => {
                observe.publication = Some(json!({ "published": false }));
                json!({ "status": "rejected" })
            }
            ["file", name] => {
                let site = self.repositories.named(name)?.site();
                let path = request["path"].as_str().unwrap_or_default();
                let bytes = site.get(path).context("no such file")?;
                json!({ "status": 200, "file": VectorFiles::name(bytes) })
            }
            ["error"] => json!({ "status": { "$at-least": 400 } }),
            _ => bail!("no such expectation"),
        };
        merge(&mut expect, &merged(json)?);
        Ok((expect, observe))
    }
}

/// The members of a bundle with all files of a site but its roots.
pub(super) fn members(site: &SiteFiles) -> Map<String, Value> {
    let files = site.iter().filter_map(|(path, bytes)| {
        let (_, name) = path.split_once('/')?;
        Some((name.to_owned(), json!(String::from_utf8_lossy(bytes))))
    });
    files
        .filter(|(name, _)| !name.ends_with(".root.json"))
        .collect()
}

fn answer_of(text: &str) -> Result<Answer> {
    Ok(match text.parse() {
        Ok(status) => Answer {
            status,
            ..Answer::default()
        },
        Err(_) => serde_json::from_value(merged(text)?)?,
    })
}

/// The request to judge a document.
fn judged(verb: &str, document: &Value) -> Value {
    let bytes = STANDARD.encode(document_bytes(document));
    match verb {
        "parse" => json!({ "operation": "parse", "repository": "pypi.org", "target": bytes }),
        _ => json!({
            "operation": "select", "repository": "pypi.org", "document": bytes, "now": NOW, "machine": {},
        }),
    }
}

/// The request to render these sources: a form, columns, and an object of names and documents.
fn render(text: &str) -> Result<Value> {
    let (form, text) = text.split_once(' ').context("a form")?;
    let (columns, text) = text.split_once(' ').context("columns")?;
    let mut values = all(text)?.into_iter();
    let named = values.next().context("no sources")?;
    let sources: Vec<Value> = named
        .as_object()
        .context("no sources")?
        .iter()
        .map(|(name, document)| {
            let (document, _) = with_document(&document.to_string())?;
            let bytes = STANDARD.encode(document_bytes(&document));
            Ok(json!({ "name": name, "repository": "pypi.org", "document": bytes }))
        })
        .collect::<Result<_>>()?;
    let mut request = json!({
        "operation": "render", "sources": sources, "now": NOW, "form": form,
        "columns": serde_json::from_str::<Value>(columns)?,
    });
    values.for_each(|more| merge(&mut request, &more));
    Ok(request)
}

/// The stage of a fault of a document. Of a default language the fault is the notice's.
fn stage(code: &str) -> Result<Value> {
    let known = Code::ALL.iter().find(|known| known.as_str() == code);
    Ok(match known.context("no such code")?.level() {
        Level::Document => json!("document"),
        Level::Notice => json!("notice"),
        _ => json!({ "$one-of": ["notice", "language"] }),
    })
}

fn seed(role: &str) -> String {
    Key::named(&format!("{role} 1")).seed()
}

fn online_keys() -> Value {
    let roles = ["targets", "snapshot", "timestamp", "motd"];
    let keys = roles.map(|role| (role.to_owned(), json!([seed(role)])));
    Value::Object(keys.into_iter().collect())
}

fn failure(stage: &str, code: &str) -> Value {
    json!({ "stage": stage, "code": code })
}

/// A report in this state, with these notices shown, each once, and no others.
fn report(state: &str, failure: &Value, exit: u8, ids: &[&str]) -> Value {
    let notices: Vec<Value> = ids
        .iter()
        .map(|id| json!({ "id": id, "decision": "show", "text": { "title": format!("Title of {id}") } }))
        .collect();
    json!({ "status": "accepted", "result": {
        "exit_status": exit, "report": { "state": state, "failure": failure, "notices": notices },
    } })
}

/// A fresh report of these: id, decision and reason of each notice.
fn decided(words: &[&str]) -> Result<Value> {
    let mut notices = Vec::new();
    for words in words.chunks(3) {
        let [id, decision, reason] = words else {
            bail!("id, decision and reason of each notice");
        };
        notices.push(json!({ "id": id, "decision": decision, "reason": reason }));
    }
    Ok(json!({ "status": "accepted", "result": {
        "exit_status": 0, "report": { "state": "fresh", "notices": { "$in-any-order": notices } },
    } }))
}

/// The decision on the one notice `a`.
fn of_one(decision: &Value) -> Value {
    let mut notice = json!({ "id": "a" });
    merge(&mut notice, decision);
    json!({ "status": "accepted", "result": { "notices": [notice] } })
}
