//! The notice role of a host: begun, read, signed by one after the other, handed over.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use motd_core::Time;
use motd_server::author::{
    Attached, Handover, Host, HostFolder, NoticeChange, Proposal, REQUEST_FILE_BYTES, Review,
    SigningRequest,
};
use motd_server::document::NoticeDocument;
use serde_json::{Value, json};

use super::counted;
use crate::arguments::Attach;
use crate::bounded::bounded;
use crate::commands::publish;
use crate::exit::Exit;
use crate::keys;
use crate::shell::Shell;

pub(super) fn run(
    arguments: &Attach,
    folder: &HostFolder,
    root: &[u8],
    now: Time,
    shell: &mut Shell,
) -> Result<Exit> {
    let host = Host::load(folder, root)?;
    let attached = host.attached(folder, now)?;
    let Some(mut proposal) = proposal(arguments, &attached, now, shell)? else {
        return Ok(Exit::Refused);
    };
    let signers = keys::signers(&arguments.keys, &arguments.passphrases)?;
    // What a signature is given for is shown before it is given.
    if !arguments.json {
        show(&attached.review(&proposal)?, shell);
    }
    let places: Vec<_> = arguments.also.iter().map(String::as_str).collect();
    for signer in &signers {
        attached.sign(&mut proposal, signer.as_ref(), now, &places)?;
    }
    if let Some(request) = &arguments.request {
        keep(request, &proposal)?;
    }
    let review = attached.review(&proposal)?;
    let handover = match &arguments.out {
        Some(out) => {
            let handover = attached.hand_over(&proposal, now)?;
            write(out, &handover)?;
            Some(handover)
        }
        None => None,
    };
    report(arguments, &review, handover.as_ref(), shell)?;
    Ok(Exit::Well)
}

/// The next version with these notices, or the one that travels; nothing when a notice has a fault, which is printed.
fn proposal(
    arguments: &Attach,
    attached: &Attached<'_>,
    now: Time,
    shell: &mut Shell,
) -> Result<Option<Proposal>> {
    let Some(repository) = &arguments.repository else {
        let folder = arguments.request.as_ref();
        let folder = folder.context("--repository begins a version, --request goes on with one")?;
        return read(folder).map(Some);
    };
    anyhow::ensure!(
        arguments.out.is_some() || arguments.request.is_some(),
        "--request or --out: there is no folder for what is signed"
    );
    let language = &arguments.default_language;
    let Some(notices) = publish::read(&arguments.notices, language, shell)? else {
        return Ok(None);
    };
    let document = NoticeDocument::compose(repository, language.as_str(), &notices)?;
    let proposal = attached.propose(&document, now, u64::from(arguments.expires_in))?;
    for outlives in document.outlives(proposal.role.expires()?) {
        shell.talk(&format!(
            "warning: {} ends {} and the signatures expire {}; publish again before that [MOTD-PUB-10]",
            outlives.id,
            outlives.ends,
            proposal.role.expires()?
        ));
    }
    Ok(Some(proposal))
}

fn read(folder: &Path) -> Result<Proposal> {
    let mut files = BTreeMap::new();
    for name in SigningRequest::FILES {
        let path = folder.join(name);
        if path.is_file() {
            let bytes = bounded(fs_err::File::open(&path)?, REQUEST_FILE_BYTES)?;
            files.insert(name.to_owned(), bytes);
        }
    }
    let request = SigningRequest::from_files(&files)?;
    anyhow::ensure!(
        request.root.is_none() && request.targets.is_none(),
        "{}: root and targets are the host's to sign",
        folder.display()
    );
    let notices = request.notices;
    notices.with_context(|| format!("{}: no notice role", folder.display()))
}

fn keep(folder: &Path, proposal: &Proposal) -> Result<()> {
    let request = SigningRequest {
        notices: Some(proposal.clone()),
        ..SigningRequest::default()
    };
    fs_err::create_dir_all(folder)?;
    for (name, bytes) in request.to_files() {
        let path = folder.join(name);
        whole(&path, &bytes)?
            .persist(&path)
            .map_err(|error| error.error)?;
    }
    Ok(())
}

/// A file with a version or a hash in its name is never written twice with other bytes (MOTD-PUB-5).
fn write(folder: &Path, handover: &Handover) -> Result<()> {
    for (name, bytes) in &handover.files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs_err::create_dir_all(parent)?;
        }
        if path.exists() {
            anyhow::ensure!(
                fs_err::read(&path)? == *bytes,
                "{} exists with other bytes",
                path.display()
            );
            continue;
        }
        whole(&path, bytes)?
            .persist_noclobber(&path)
            .map_err(|error| error.error)
            .with_context(|| path.display().to_string())?;
    }
    Ok(())
}

fn whole(path: &Path, bytes: &[u8]) -> Result<tempfile::NamedTempFile> {
    use std::io::Write as _;
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // The host's tool and its web server are other users.
        builder.permissions(std::fs::Permissions::from_mode(0o644));
    }
    let mut file = builder.tempfile_in(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Everything that changes, computed from the payload itself.
fn show(review: &Review, shell: &mut Shell) {
    for role in &review.roles {
        shell.data(&format!(
            "{}: version {} after {}, signed until {}",
            role.role, role.version, role.current, role.expires
        ));
        for more in role.differences.iter().filter(|found| !found.is_expected()) {
            // Names of members that nobody has judged yet.
            let place = more.place.escape_debug();
            shell.data(&format!("  changes {place} too"));
        }
    }
    for change in &review.notices {
        for line in words(change) {
            shell.data(&line);
        }
    }
}

/// What readers will see: the text of what is new or changed, in every language.
fn words(change: &NoticeChange) -> Vec<String> {
    let mut lines = vec![format!("  {} {}", change.word(), change.id())];
    let (NoticeChange::Added { after } | NoticeChange::Changed { after, .. }) = change else {
        return lines;
    };
    let member = |name: &str| after.get(name).and_then(Value::as_str).unwrap_or_default();
    let severity = member("severity").to_uppercase();
    lines.push(format!(
        "    {severity}, {} to {}",
        member("begins"),
        member("ends")
    ));
    let languages = after.get("text").and_then(Value::as_object);
    for (language, text) in languages.into_iter().flatten() {
        let title = text.get("title").and_then(Value::as_str);
        lines.push(format!("    {language}: {}", title.unwrap_or_default()));
        let body = text.get("body").and_then(Value::as_array);
        let paragraphs = body.into_iter().flatten().filter_map(Value::as_str);
        lines.extend(paragraphs.map(|paragraph| format!("      {paragraph}")));
    }
    lines
}

fn report(
    arguments: &Attach,
    review: &Review,
    handover: Option<&Handover>,
    shell: &mut Shell,
) -> Result<()> {
    let signings = || review.roles.iter().flat_map(|role| &role.signing);
    if arguments.json {
        let signings: Vec<_> = signings()
            .map(|signing| {
                json!({ "signed": signing.signed, "waiting": signing.waiting, "threshold": signing.threshold })
            })
            .collect();
        shell.json(&json!({
            "version": review.roles.first().map(|role| role.version),
            "expires": review.roles.first().map(|role| role.expires.to_string()),
            "signing": signings,
            "files": handover.map(|handover| {
                handover.files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>()
            }),
        }))?;
        return Ok(());
    }
    for signing in signings() {
        shell.data(&format!(
            "signed by {} of {} who have to",
            signing.signed.len(),
            signing.threshold
        ));
    }
    let Some(handover) = handover else {
        return Ok(());
    };
    shell.data(&format!(
        "version {} for the host, {}:",
        handover.version,
        counted(handover.document.judged().notices().count())
    ));
    for (name, _) in &handover.files {
        shell.data(&format!("  {name}"));
    }
    shell.data("  the host serves both as they are, and lists the version in its next snapshot");
    Ok(())
}
