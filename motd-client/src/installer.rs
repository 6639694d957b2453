//! What an installer says about itself.

use crate::Error;

/// The installer that asks, as the User-Agent names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installer {
    name: String,
    version: String,
}

impl Installer {
    /// An installer such as `pip` in version `24.0`.
    ///
    /// # Errors
    ///
    /// [`Error::Installer`] when one of them is not `[A-Za-z0-9._+-]{1,64}`: anything more could tell users apart.
    pub fn new(name: &str, version: &str) -> Result<Self, Error> {
        let is_token = |text: &str| {
            (1..=64).contains(&text.len())
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte))
        };
        if is_token(name) && is_token(version) {
            Ok(Self {
                name: name.to_owned(),
                version: version.to_owned(),
            })
        } else {
            Err(Error::Installer)
        }
    }

    /// MOTD-PRIV-1: `<installer>/<version> tuf-motd/1.0`, and nothing of the machine.
    #[must_use]
    pub fn user_agent(&self) -> String {
        format!("{}/{} tuf-motd/1.0", self.name, self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_agent_says_nothing_of_the_machine() {
        assert_eq!(
            Installer::new("pip", "24.0").unwrap().user_agent(),
            "pip/24.0 tuf-motd/1.0"
        );
        for (name, version) in [
            ("", "1"),
            ("pip", ""),
            ("pip x", "1"),
            ("pip\r\n", "1"),
            ("pip", "1/2"),
        ] {
            assert!(matches!(
                Installer::new(name, version),
                Err(Error::Installer)
            ));
        }
    }
}
