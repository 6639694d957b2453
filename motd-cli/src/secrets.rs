//! What is done before a secret is in memory.

use anyhow::Result;

/// From here on nothing of this process's memory is written to a file when it ends badly, and no other process of the
/// same user can look into it.
#[cfg(unix)]
pub(crate) fn keep_in_memory() -> Result<()> {
    use anyhow::Context as _;
    use rustix::process::{Resource, Rlimit, setrlimit};
    // Its children inherit that: the programs that know a passphrase or hold a key.
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none).context("core dumps cannot be switched off")?;
    // A limit of 0 does not keep Linux from piping the dump into a program. What is started here has the limit alone:
    // the system forgets the other setting when another program begins.
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable)
            .context("core dumps cannot be switched off")?;
    }
    Ok(())
}

/// Elsewhere the system has nothing of the kind.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "it is fallible on Unix")]
pub(crate) fn keep_in_memory() -> Result<()> {
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

    #[test]
    fn there_are_no_core_dumps_afterwards() {
        super::keep_in_memory().unwrap();
        let limit = getrlimit(Resource::Core);
        assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    }
}
