//! Switched off, or asked for where nothing is shown otherwise: the environment variable `MOTD`. Chapter 6, section 6.13.

/// What the variable `MOTD`, or a setting of the installer, asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Switch {
    /// Notices as usual.
    #[default]
    On,
    /// `critical`: where nothing would be displayed, one line for each critical notice.
    Critical,
    /// `off`: no request, and no file touched.
    Off,
}

impl Switch {
    /// Reads the variable's value; any other value is as if it were unset.
    #[must_use]
    pub fn of_value(value: Option<&str>) -> Self {
        match value {
            Some("off") => Self::Off,
            Some("critical") => Self::Critical,
            _ => Self::On,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_values_mean_something() {
        for (value, expected) in [
            (None, Switch::On),
            (Some(""), Switch::On),
            (Some("OFF"), Switch::On),
            (Some("0"), Switch::On),
            (Some("off"), Switch::Off),
            (Some("critical"), Switch::Critical),
        ] {
            assert_eq!(Switch::of_value(value), expected, "{value:?}");
        }
    }
}
