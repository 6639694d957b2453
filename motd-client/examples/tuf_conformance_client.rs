//! The client that the official conformance suite for TUF clients drives, by its command line protocol:
//! <https://github.com/theupdateframework/tuf-conformance/blob/main/CLIENT-CLI.md>.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use motd_client::{CheckConfig, Installer, Session};
use motd_core::Time;

type CommandResult<T> = Result<T, Box<dyn std::error::Error>>;

const TARGET_BYTES: u64 = 50_000_000;

#[derive(Default)]
struct SuiteArguments {
    metadata_dir: PathBuf,
    metadata_url: String,
    target_names: Vec<String>,
    target_dir: PathBuf,
    target_base_url: Option<String>,
    command: Vec<String>,
}

fn arguments() -> CommandResult<SuiteArguments> {
    let mut arguments = SuiteArguments::default();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or("a value is missing");
        match word.as_str() {
            "--metadata-dir" => arguments.metadata_dir = value()?.into(),
            "--metadata-url" => arguments.metadata_url = value()?,
            "--target-name" => arguments.target_names.push(value()?),
            "--target-dir" => arguments.target_dir = value()?.into(),
            "--target-base-url" => arguments.target_base_url = Some(value()?),
            _ => arguments.command.push(word),
        }
    }
    Ok(arguments)
}

/// Where the first trusted root is kept: beside the folder that the suite looks into.
fn trusted_root(metadata_dir: &Path) -> PathBuf {
    metadata_dir.with_extension("trusted-root")
}

fn session(arguments: &SuiteArguments) -> CommandResult<Session> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let mut config = CheckConfig::new(
        fs::read(trusted_root(&arguments.metadata_dir))?,
        "tuf-conformance".parse()?,
        arguments.metadata_url.parse()?,
        Installer::new("tuf-conformance", "1")?,
        Time::from_unix_seconds(now.as_secs().try_into()?).ok_or("the clock is wrong")?,
    )?
    .with_state_dir(arguments.metadata_dir.with_extension("state"));
    if let Some(url) = &arguments.target_base_url {
        config = config.with_targets_url(url.parse()?)?;
    }
    let session = Session::open(config).map_err(|failure| failure.to_string())?;
    Ok(session.in_order())
}

/// Writes what is trusted where the suite looks for it.
fn write_metadata(session: &mut Session, folder: &Path) -> CommandResult<()> {
    for role in ["root", "timestamp", "snapshot", "targets"] {
        if let Some(bytes) = session.metadata(role) {
            fs::write(folder.join(format!("{role}.json")), bytes)?;
        }
    }
    // A delegated role's name is its signer's and no file name.
    for (number, role) in session
        .roles()
        .iter()
        .filter(|role| *role != "targets")
        .enumerate()
    {
        if let Some(bytes) = session.metadata(role) {
            fs::write(folder.join(format!("delegated-{number}.json")), bytes)?;
        }
    }
    Ok(())
}

async fn download(session: &mut Session, arguments: &SuiteArguments) -> CommandResult<()> {
    for name in &arguments.target_names {
        let target = session
            .find(name)
            .await
            .map_err(|failure| failure.to_string())?;
        let target = target.ok_or("no role has the target")?;
        let file: String = name
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { '_' })
            .collect();
        let path = arguments.target_dir.join(file);
        if fs::read(&path).is_ok_and(|bytes| target.matches(&bytes)) {
            continue;
        }
        let bytes = session
            .download(&target, TARGET_BYTES)
            .await
            .map_err(|failure| failure.to_string())?;
        fs::write(path, bytes)?;
    }
    Ok(())
}

async fn run() -> CommandResult<()> {
    let arguments = arguments()?;
    match arguments
        .command
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()[..]
    {
        ["init", root] => {
            fs::copy(root, trusted_root(&arguments.metadata_dir))?;
            fs::copy(root, arguments.metadata_dir.join("root.json"))?;
            Ok(())
        }
        [command @ ("refresh" | "download")] => {
            let mut session = session(&arguments)?;
            let refreshed = session.refresh().await;
            write_metadata(&mut session, &arguments.metadata_dir)?;
            refreshed.map_err(|failure| failure.to_string())?;
            if command == "download" {
                let outcome = download(&mut session, &arguments).await;
                write_metadata(&mut session, &arguments.metadata_dir)?;
                outcome?;
            }
            Ok(())
        }
        _ => Err("init ROOT, refresh or download".into()),
    }
}

#[expect(clippy::print_stderr, reason = "the suite shows what a client says")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
