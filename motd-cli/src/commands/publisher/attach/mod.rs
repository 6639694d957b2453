//! `motd attach`: notices in a repository that another tool makes and signs.

mod publish;

use anyhow::{Context as _, Result};
use motd_core::Time;
use motd_server::publish::PublishError;
use motd_server::publish::{
    Host, HostFinding, HostFolder, RoleKeys, Weight, delegation, read_back,
};
use serde_json::{Value, json};

use self::publish::counted;
use super::{now, publish as publish_command};
use crate::arguments::publisher::AttachArguments;
use crate::bounded::{bounded, open_regular};
use crate::exit::Exit;
use crate::shell::Shell;

/// The longest root that is read, in bytes, as clients have it.
const ROOT_BYTES: u64 = 512_000;

pub(super) fn run(arguments: &AttachArguments, shell: &mut Shell) -> Result<Exit> {
    attach(arguments, shell).or_else(|error| match error.downcast_ref::<PublishError>() {
        Some(PublishError::HostUnverified { .. }) => {
            shell.talk(&format!("error: {error}"));
            hint(&error, shell);
            Ok(Exit::Verification)
        }
        Some(PublishError::NotAttachable(finding)) => {
            for line in lines(finding) {
                shell.talk(&line);
            }
            Ok(Exit::Failed)
        }
        _ => publish_command::or_refused(Err(error), shell),
    })
}

fn attach(arguments: &AttachArguments, shell: &mut Shell) -> Result<Exit> {
    let now = now(arguments.now)?;
    if arguments.delegation {
        return print_delegation(arguments, shell);
    }
    let folder = HostFolder {
        metadata: arguments.metadata.clone().context("no folder is named")?,
        targets: arguments.targets.clone(),
    };
    let root = match &arguments.root {
        Some(path) => {
            motd_client::require_trusted_place(path)?;
            Some(bounded(open_regular(path)?, ROOT_BYTES)?)
        }
        None => None,
    };
    if arguments.check {
        return check(&folder, root.as_deref(), arguments.json, now, shell);
    }
    // What is signed goes on top of the host's metadata: nothing is taken at its word here.
    let root = root.context("--root: name the root that installers ship")?;
    if arguments.verify {
        return verify(arguments, &folder, &root, now, shell);
    }
    publish::run(arguments, &folder, &root, now, shell)
}

fn check(
    folder: &HostFolder,
    root: Option<&[u8]>,
    json: bool,
    now: Time,
    shell: &mut Shell,
) -> Result<Exit> {
    let mut found = Vec::new();
    let host = if let Some(root) = root {
        Host::load(folder, root)?
    } else {
        found.push(HostFinding::RootUnpinned);
        Host::load(folder, &Host::assert_first_root(folder)?)?
    };
    found.extend(host.check(now));
    found.sort_by_key(HostFinding::weight);
    let obstacles = found
        .iter()
        .filter(|finding| finding.weight() == Weight::Obstacle)
        .count();
    if json {
        let findings: Vec<_> = found.iter().map(finding_json).collect();
        shell.json(&json!({
            "attachable": obstacles == 0,
            "listed_version": host.listed_version(),
            "findings": findings,
        }))?;
    } else {
        for line in found.iter().flat_map(lines) {
            shell.wrapped(&line);
        }
        shell.data(match obstacles {
            0 => "notices can be attached",
            _ => "notices cannot be attached like this",
        });
    }
    Ok(if obstacles == 0 {
        Exit::Well
    } else {
        Exit::Failed
    })
}

fn print_delegation(arguments: &AttachArguments, shell: &mut Shell) -> Result<Exit> {
    let keys = RoleKeys {
        keys: arguments.public.clone(),
        threshold: arguments.threshold.context("--threshold")?,
    };
    shell.json(&delegation(&keys)?)?;
    Ok(Exit::Well)
}

fn verify(
    arguments: &AttachArguments,
    folder: &HostFolder,
    root: &[u8],
    now: Time,
    shell: &mut Shell,
) -> Result<Exit> {
    let repository = arguments.repository.as_ref().context("--repository")?;
    let reading = read_back(folder, root, repository, now)?;
    let ids = |reading: &motd_server::publish::HostReading| -> Vec<String> {
        let notices = reading.document.judged().notices();
        notices.map(|notice| notice.id().to_string()).collect()
    };
    match (&reading, arguments.json) {
        (reading, true) => shell.json(&json!({
            "version": reading.as_ref().map(|reading| reading.version),
            "notices": reading.as_ref().map(ids),
        }))?,
        (None, false) => shell.data("a client verifies the host, and no role has notices"),
        (Some(reading), false) => {
            let ids = ids(reading);
            shell.data(&format!(
                "a client reads version {}: {}",
                reading.version,
                counted(ids.len())
            ));
            for id in ids {
                shell.data(&format!("  {id}"));
            }
        }
    }
    Ok(Exit::Well)
}

/// The fact, and what to do about it.
fn lines(finding: &HostFinding) -> [String; 2] {
    let (weight, code) = (finding.weight().as_str(), finding.code());
    [
        format!("{weight}: {finding} [{code}, {}]", finding.requirement()),
        format!("  {}", finding.hint()),
    ]
}

fn finding_json(finding: &HostFinding) -> Value {
    json!({
        "weight": finding.weight().as_str(),
        "code": finding.code(),
        "requirement": finding.requirement(),
        "fact": finding.to_string(),
        "advice": finding.hint(),
    })
}

fn hint(error: &anyhow::Error, shell: &mut Shell) {
    if let Some(hint) = error
        .downcast_ref::<PublishError>()
        .and_then(PublishError::hint)
    {
        shell.talk(&format!("  {hint}"));
    }
}
