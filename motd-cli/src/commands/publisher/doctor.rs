//! `motd doctor`: what works today, and will hurt.

use anyhow::Result;
use motd_server::publish::Advice;
use serde_json::{Value, json};

use super::now;
use super::published::{PublishedRepository, RepositorySource};
use crate::arguments::publisher::DoctorArguments;
use crate::exit::Exit;
use crate::shell::Shell;

pub(super) fn run(arguments: &DoctorArguments, shell: &mut Shell) -> Result<Exit> {
    let now = now(arguments.now)?;
    let (source, advice, damage) = super::runtime()?.block_on(async {
        let source = RepositorySource::at(&arguments.place)?;
        let published = source
            .published(arguments.root.as_deref(), None, now, shell)
            .await?;
        let PublishedRepository { repository, config } = published;
        let advice = repository.doctor(&config.lifetimes, now)?;
        let damage = repository.damage().map(str::to_owned);
        anyhow::Ok((source, advice, damage))
    })?;
    let mut findings: Vec<(&str, String)> = advice.iter().map(describe).collect();
    if let Some(why) = damage {
        let fact = "the timestamp or the snapshot does not verify";
        findings.push((
            "damaged",
            format!("{fact}, and clients and servers refuse it: {why}"),
        ));
    }
    let keys = match &source {
        RepositorySource::Stored(store, _) => store.keys(),
        RepositorySource::Served(_) => None,
    };
    let people = keys.filter(|folder| folder.join("person-1.pem").exists());
    if let Some(folder) = people {
        let fact = format!("keys of people lie in {}", folder.display());
        findings.push(("keys-together", format!("{fact}: give each to its owner")));
    }
    if arguments.json {
        let advice: Vec<Value> = findings
            .iter()
            .map(|(code, text)| json!({ "code": code, "text": text }))
            .collect();
        shell.json(&json!({ "advice": advice }))?;
    } else {
        for (code, text) in &findings {
            shell.data(&format!("{text} [{code}]"));
        }
        if findings.is_empty() {
            shell.talk("all is well");
        }
    }
    Ok(if findings.is_empty() {
        Exit::Well
    } else {
        Exit::Failed
    })
}

fn describe(advice: &Advice) -> (&'static str, String) {
    match advice {
        Advice::FewPeople {
            role,
            keys,
            threshold,
        } => (
            "few-people",
            format!(
                "{role}: {threshold} of {keys} people have to sign; with fewer than {} keys nobody can be ill while \
                 another is on holiday",
                threshold + 2
            ),
        ),
        Advice::Expires { role, expires } => (
            "expires",
            format!("{role} expires {expires}, and less than a third of its life is left"),
        ),
        Advice::Shadowed { by } => (
            "shadowed",
            format!("{by} answers for motd/notices.json before the notice role does"),
        ),
        Advice::Bundle => (
            "bundle",
            "metadata/motd-bundle.json is not of this publication, so that clients of a sidecar do not see it; `motd repo \
             renew` writes it, unless its files are too long for one"
                .to_owned(),
        ),
        _ => (
            "other",
            "something that this version cannot name".to_owned(),
        ),
    }
}
