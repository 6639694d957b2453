//! This machine and its reader, as an audience asks for them.

use std::path::Path;

use motd_client::rollout_secret;
use motd_core::{ComponentVersions, Environment, LanguageRange, Time, posix_language};

use crate::arguments::MachineArguments;

/// The environment of this machine, in the words of the registries. Without a state folder there is no rollout secret,
/// and none is made.
pub(crate) fn environment<'a>(
    components: &'a dyn ComponentVersions,
    command: Option<String>,
    languages: &[LanguageRange],
    state: Option<&Path>,
    now: Time,
) -> Environment<'a> {
    Environment {
        components,
        os: Some(std::env::consts::OS.to_owned()),
        arch: Some(architecture().to_owned()),
        command,
        languages: if languages.is_empty() {
            from_variables()
        } else {
            languages.to_vec()
        },
        now,
        rollout_secret: state.and_then(|state| rollout_secret(state).ok()),
    }
}

/// The same for a machine and a reader of which some of it was said.
pub(crate) fn described<'a>(
    said: &MachineArguments,
    components: &'a dyn ComponentVersions,
    state: Option<&Path>,
    now: Time,
) -> Environment<'a> {
    let command = said.command.clone();
    let mut environment = environment(components, command, &said.languages, state, now);
    if let Some(os) = &said.os {
        environment.os = Some(os.clone());
    }
    if let Some(arch) = &said.arch {
        environment.arch = Some(arch.clone());
    }
    environment
}

/// What the compiler calls `powerpc64` is two architectures in the registry.
fn architecture() -> &'static str {
    if cfg!(all(target_arch = "powerpc64", target_endian = "little")) {
        "powerpc64le"
    } else {
        std::env::consts::ARCH
    }
}

/// The reader's language as the POSIX variables give it.
fn from_variables() -> Vec<LanguageRange> {
    let variable = |name| std::env::var(name).ok();
    let (all, messages, lang) = (
        variable("LC_ALL"),
        variable("LC_MESSAGES"),
        variable("LANG"),
    );
    posix_language(all.as_deref(), messages.as_deref(), lang.as_deref())
        .map(LanguageRange::from)
        .into_iter()
        .collect()
}
