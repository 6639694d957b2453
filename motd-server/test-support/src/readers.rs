//! Clients in other languages: python-tuf and tuf-js.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::needs::variable;

/// A reader in another language: its program and script.
#[derive(Debug)]
pub struct Reader {
    program: PathBuf,
    script: PathBuf,
    node_path: Option<PathBuf>,
}

impl Reader {
    /// A script in Python, where python-tuf is at hand.
    #[must_use]
    pub fn python(script: &str) -> Option<Self> {
        let program = variable("MOTD_PYTHON", "python-tuf")?;
        Some(Self {
            program,
            script: interop(script),
            node_path: None,
        })
    }

    /// A script in JavaScript, where tuf-js is at hand.
    #[must_use]
    pub fn node(script: &str) -> Option<Self> {
        let node_path = variable("MOTD_NODE_PATH", "tuf-js")?;
        Some(Self {
            program: "node".into(),
            script: interop(script),
            node_path: Some(node_path),
        })
    }

    /// The command that runs the script.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .arg(&self.script)
            .env("NO_PROXY", "127.0.0.1")
            .env("no_proxy", "127.0.0.1");
        if let Some(path) = &self.node_path {
            command.env("NODE_PATH", path);
        }
        command
    }

    /// What the reader sees.
    ///
    /// # Errors
    /// What the reader says when it sees nothing.
    pub fn read(&self, base: &str, root: &Path, folder: &Path) -> Result<Value, String> {
        let output = self
            .command()
            .arg(base)
            .arg(root)
            .arg(folder)
            .output()
            .unwrap();
        if output.status.success() {
            Ok(serde_json::from_slice(&output.stdout).unwrap())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }
}

fn interop(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/interop")
        .join(name)
}
