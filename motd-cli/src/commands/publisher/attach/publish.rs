//! The notice role of a host: begun, read, signed by one after the other, handed over.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use motd_core::Time;
use motd_server::publish::document::NoticeDocument;
use motd_server::publish::metadata::write::after;
use motd_server::publish::{
    Attached, Handover, Host, HostFolder, Published as _, Review, Signing, SigningRequest,
};
use motd_server::serve::api::ReviewBody;
use serde_json::json;

use crate::arguments::publisher::AttachArguments;
use crate::bounded::{bounded, open_regular};
use crate::commands::publisher::{publish, review};
use crate::exit::Exit;
use crate::shell::Shell;
use crate::{keys, requests};

pub(super) fn run(
    arguments: &AttachArguments,
    folder: &HostFolder,
    root: &[u8],
    now: Time,
    shell: &mut Shell,
) -> Result<Exit> {
    let host = Host::load(folder, root)?;
    let attached = host.attached(folder, now)?;
    let begun = arguments.repository.is_some();
    let request = if begun {
        begin(arguments, &attached, now, shell)?
    } else {
        Some(read(arguments)?)
    };
    let Some(mut request) = request else {
        return Ok(Exit::Refused);
    };
    // What a signature is given for is shown before it is given.
    if !arguments.json {
        review::print(&attached.review(&request)?, shell)?;
    }
    if !begun && !arguments.keys.is_empty() && !arguments.yes {
        confirm(shell)?;
    }
    let accepted: Vec<_> = arguments.places.iter().map(String::as_str).collect();
    for signer in keys::signers(&arguments.keys, &arguments.passphrases)? {
        attached.sign(&mut request, signer.as_ref(), now, &accepted)?;
    }
    match &arguments.request {
        Some(folder) if begun => requests::create(folder, &request)?,
        Some(folder) => requests::write(folder, &request)?,
        None => {}
    }
    let review = attached.review(&request)?;
    let handover = match &arguments.out {
        Some(out) => {
            let handover = attached.hand_over(&request, now)?;
            write(out, &handover)?;
            Some(handover)
        }
        None => None,
    };
    report(arguments, &review, handover.as_ref(), shell)?;
    Ok(Exit::Well)
}

/// Who signs what somebody else has written says so.
fn confirm(shell: &mut Shell) -> Result<()> {
    anyhow::ensure!(
        shell.can_ask(),
        "there is nobody to ask; --yes signs what the same command without --key shows"
    );
    anyhow::ensure!(
        shell.prompt("sign this? [y/N] ")?.as_deref() == Some("y"),
        "not signed"
    );
    Ok(())
}

/// The next version with these notices; nothing when one has a fault, which is printed.
fn begin(
    arguments: &AttachArguments,
    attached: &Attached<'_>,
    now: Time,
    shell: &mut Shell,
) -> Result<Option<SigningRequest>> {
    let repository = arguments.repository.as_ref().context("--repository")?;
    anyhow::ensure!(
        arguments.out.is_some() || arguments.request.is_some(),
        "--request or --out: there is no folder for what is signed"
    );
    let language = &arguments.default_language;
    let Some(notices) = publish::read(&arguments.notices, language, shell)? else {
        return Ok(None);
    };
    let document = NoticeDocument::compose(repository, language.as_str(), &notices)?;
    let expires = after(now, u64::from(arguments.expires_in));
    let request = attached.propose(&document, now, expires)?;
    publish::warn_of_outlives(&document, expires, shell);
    Ok(Some(request))
}

/// The version that travels.
fn read(arguments: &AttachArguments) -> Result<SigningRequest> {
    let folder = arguments.request.as_ref();
    let folder = folder.context("--repository begins a version, --request goes on with one")?;
    let request = requests::read(folder)?;
    anyhow::ensure!(
        request.root.is_none() && request.targets.is_none(),
        "{}: root and targets are the host's to sign",
        folder.display()
    );
    anyhow::ensure!(
        request.notices.is_some(),
        "{}: no notice role",
        folder.display()
    );
    Ok(request)
}

/// A file with a version or a hash in its name is never written twice with other bytes (MOTD-PUB-5).
fn write(folder: &Path, handover: &Handover) -> Result<()> {
    for (name, bytes) in &handover.files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs_err::create_dir_all(parent)?;
        }
        if path.exists() {
            let length = u64::try_from(bytes.len())?;
            anyhow::ensure!(
                bounded(open_regular(&path)?, length).is_ok_and(|there| there == *bytes),
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
    let mut builder = tempfile::Builder::new();
    builder.prefix(".new-");
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

fn report(
    arguments: &AttachArguments,
    review: &Review,
    handover: Option<&Handover>,
    shell: &mut Shell,
) -> Result<()> {
    if arguments.json {
        let mut object = serde_json::to_value(ReviewBody::of(review))?;
        let files = handover.map(|handover| {
            let names = handover.files.iter().map(|(name, _)| name.clone());
            names.collect::<Vec<_>>()
        });
        if let Some(members) = object.as_object_mut() {
            members.insert("files".to_owned(), json!(files));
        }
        shell.json(&object)?;
        return Ok(());
    }
    let mut signings = review.roles.iter().flat_map(|role| &role.signing);
    shell.talk(if signings.all(Signing::is_enough) {
        "enough people have signed"
    } else {
        "more people have to sign"
    });
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

pub(super) fn counted(notices: usize) -> String {
    match notices {
        1 => "1 notice".to_owned(),
        many => format!("{many} notices"),
    }
}
