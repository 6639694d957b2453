//! Version schemes: which strings are versions, and in what order.

use alloc::boxed::Box;

use super::deb::Deb;
use super::intdot::IntDot;
use super::pypi::Pypi;
use super::rpm::Rpm;
use super::semver::SemVer;
use crate::{Purl, limits};

/// A version scheme that this crate implements. Chapter 4, sections 4.6 and 4.10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// `pypi`: PEP 440.
    Pypi,
    /// `semver`: Semantic Versioning 2.0.0.
    Semver,
    /// `cargo`: the same under the purl type's name.
    Cargo,
    /// `npm`: the same under the purl type's name.
    Npm,
    /// `intdot`: numbers with dots.
    Intdot,
    /// `deb`: Debian's order, of the feature `deb-rpm`.
    Deb,
    /// `rpm`: RPM's order, of the feature `deb-rpm`.
    Rpm,
}

impl Scheme {
    /// The scheme with this name, when it is implemented.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "pypi" => Some(Self::Pypi),
            "semver" => Some(Self::Semver),
            "cargo" => Some(Self::Cargo),
            "npm" => Some(Self::Npm),
            "intdot" => Some(Self::Intdot),
            "deb" => Some(Self::Deb),
            "rpm" => Some(Self::Rpm),
            _ => None,
        }
    }

    /// The scheme's name in the registry.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pypi => "pypi",
            Self::Semver => "semver",
            Self::Cargo => "cargo",
            Self::Npm => "npm",
            Self::Intdot => "intdot",
            Self::Deb => "deb",
            Self::Rpm => "rpm",
        }
    }

    /// Whether a component with this purl may be ranged over in this scheme. Chapter 4, MOTD-VERS-2.
    #[must_use]
    pub fn is_allowed_for(self, purl: &Purl) -> bool {
        match self {
            Self::Semver | Self::Intdot => true,
            Self::Pypi | Self::Cargo | Self::Npm | Self::Deb | Self::Rpm => {
                purl.kind() == "generic" || purl.kind() == self.as_str()
            }
        }
    }
}

/// A version, read under its scheme. Only versions of one order are compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(Reading);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reading {
    Pypi(Pypi),
    /// Boxed, since it is the largest by far.
    SemVer(Box<SemVer>),
    IntDot(IntDot),
    Deb(Deb),
    Rpm(Rpm),
}

impl Version {
    /// Reads a version; `None` when it is none under this scheme, or longer than [`limits::VERSION_BYTES`].
    #[must_use]
    pub fn parse(scheme: Scheme, text: &str) -> Option<Self> {
        if text.len() > limits::VERSION_BYTES {
            return None;
        }
        let reading = match scheme {
            // MOTD-VERS-7: PEP 440; numbers of any size.
            Scheme::Pypi => Reading::Pypi(Pypi::parse(text)?),
            // MOTD-VERS-8: strict SemVer, build metadata ignored.
            Scheme::Semver | Scheme::Cargo | Scheme::Npm => {
                Reading::SemVer(Box::new(SemVer::parse(text)?))
            }
            // MOTD-VERS-9: number by number.
            Scheme::Intdot => Reading::IntDot(IntDot::parse(text)?),
            // MOTD-VERS-11: Debian's order, in which a tilde is before the end.
            Scheme::Deb => Reading::Deb(Deb::parse(text)?),
            // MOTD-VERS-12: RPM's order.
            Scheme::Rpm => Reading::Rpm(Rpm::parse(text)?),
        };
        Some(Self(reading))
    }
}
