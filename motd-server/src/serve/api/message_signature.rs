//! Who asks: HTTP message signatures (RFC 9421) with the key that signs notices.
//!
//! What a person may only read is not public, and there are no passwords. So the request itself is signed, with
//! Ed25519, over its method, authority, path and query, and for a few minutes only. The text that is signed begins with
//! a quotation mark, and what is signed of metadata with a brace: neither signature can be passed off as the other.

use core::fmt::Write as _;
use std::collections::BTreeMap;

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use motd_core::Time;
use sfv::{BareItem, Dictionary, FieldType as _, InnerList, ListEntry, Parser};

use crate::publish::PublishError;
use crate::publish::key::{PublicKey, Signer};

/// How many seconds `created` may be away from the server's clock.
pub const SKEW_SECONDS: u64 = 300;

/// What signatures for this interface are tagged with.
pub const TAG: &str = "tuf-motd";

const COMPONENTS: [&str; 4] = ["@method", "@authority", "@path", "@query"];
const LABEL: &str = "motd";
const INPUT: &str = "signature-input";
const SIGNATURE: &str = "signature";

/// The parts of a request that are signed.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// Host and port as the `Host` field has them; without the port when it is the scheme's own.
    pub authority: &'a str,
    /// The path.
    pub path: &'a str,
    /// The query, without the question mark.
    pub query: Option<&'a str>,
}

impl Target<'_> {
    /// RFC 9421, section 2.2.
    fn component(&self, name: &str) -> Option<String> {
        Some(match name {
            "@method" => self.method.to_owned(),
            "@authority" => self.authority.to_ascii_lowercase(),
            "@path" => self.path.to_owned(),
            "@query" => format!("?{}", self.query.unwrap_or_default()),
            _ => return None,
        })
    }

    /// RFC 9421, section 2.5.
    fn base(&self, components: &[&str], parameters: &str) -> Option<String> {
        let mut base = String::new();
        for name in components {
            let value = self.component(name)?;
            // Writing to a string does not fail.
            let _ = writeln!(base, "\"{name}\": {value}");
        }
        Some(format!("{base}\"@signature-params\": {parameters}"))
    }
}

/// Signs a request: the values of `Signature-Input` and `Signature`.
///
/// # Errors
///
/// [`PublishError::Signer`] when the key does not sign.
pub fn sign(target: Target<'_>, key: &dyn Signer, now: Time) -> Result<[String; 2], PublishError> {
    let parameters = format!(
        "({});created={};keyid=\"{}\";alg=\"{}\";tag=\"{TAG}\"",
        COMPONENTS.map(|name| format!("\"{name}\"")).join(" "),
        now.unix_seconds(),
        key.public().id(),
        key.public().scheme(),
    );
    // Every one of these components has a value.
    let base = target.base(&COMPONENTS, &parameters).unwrap_or_default();
    let signature = key.sign(base.as_bytes());
    let signature = signature.map_err(|error| PublishError::Signer(Box::new(error)))?;
    let signature = STANDARD.encode(signature);
    Ok([
        format!("{LABEL}={parameters}"),
        format!("{LABEL}=:{signature}:"),
    ])
}

/// Why nobody is known to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureFault {
    /// There is none.
    #[error("the request is not signed")]
    Missing,
    /// It is not one signature over the four components with its four parameters.
    #[error("the request's signature is not of the form that is asked for")]
    Form,
    /// It is for another server, or for two.
    #[error("the request names another server than this one")]
    Authority,
    /// `created` is too far from the server's clock.
    #[error("the request was signed more than {SKEW_SECONDS} seconds before or after now")]
    Time,
    /// The key is nobody's.
    #[error("the request is signed with a key that may not sign here")]
    Key,
    /// It does not verify.
    #[error("the request's signature does not verify")]
    Invalid,
}

impl SignatureFault {
    /// A stable word for it, in kebab-case.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "request-unsigned",
            Self::Form => "request-signature-form",
            Self::Authority => "request-signature-authority",
            Self::Time => "request-signature-time",
            Self::Key => "request-signature-key",
            Self::Invalid => "request-signature-invalid",
        }
    }
}

/// A signature on a request that has the right form and time, and was not verified yet.
#[derive(Debug)]
pub struct Claim {
    /// The key that is said to have signed.
    pub key_id: String,
    base: String,
    signature: Vec<u8>,
}

impl Claim {
    /// Reads the fields of a request.
    ///
    /// # Errors
    ///
    /// [`SignatureFault::Missing`], [`SignatureFault::Form`], [`SignatureFault::Time`].
    pub fn read(
        target: Target<'_>,
        headers: &HeaderMap,
        now: Time,
    ) -> Result<Self, SignatureFault> {
        let field = |name: &str| {
            let mut values = headers.get_all(name).iter();
            let value = values.next().ok_or(SignatureFault::Missing)?;
            let dictionary = Parser::new(value.as_bytes()).parse::<Dictionary>();
            match dictionary.ok().filter(|found| found.len() == 1) {
                Some(dictionary) if values.next().is_none() => Ok(dictionary),
                _ => Err(SignatureFault::Form),
            }
        };
        let (input, signature) = (field(INPUT)?, field(SIGNATURE)?);
        Self::of(target, &input, &signature)
            .ok_or(SignatureFault::Form)
            .and_then(|(claim, created)| {
                let now = i64::try_from(now.unix_seconds()).unwrap_or(i64::MAX);
                if created.abs_diff(now) > SKEW_SECONDS {
                    return Err(SignatureFault::Time);
                }
                Ok(claim)
            })
    }

    fn of(target: Target<'_>, input: &Dictionary, signature: &Dictionary) -> Option<(Self, i64)> {
        let (label, ListEntry::InnerList(list)) = input.first()? else {
            return None;
        };
        let Some(ListEntry::Item(signature)) = signature.get(label) else {
            return None;
        };
        let BareItem::ByteSequence(signature) = &signature.bare_item else {
            return None;
        };
        let names: Vec<&str> = list.items.iter().map(component).collect::<Option<_>>()?;
        let covers_all = COMPONENTS.iter().all(|name| names.contains(name));
        if !covers_all || names.len() != COMPONENTS.len() || list.params.len() != PARAMETERS {
            return None;
        }
        let text = |name: &str| match list.params.get(name)? {
            BareItem::String(text) => Some(text.as_str()),
            _ => None,
        };
        let BareItem::Integer(created) = list.params.get("created")? else {
            return None;
        };
        if text("alg")? != "ed25519" || text("tag")? != TAG {
            return None;
        }
        let claim = Self {
            key_id: text("keyid")?.to_owned(),
            base: target.base(&names, &serialized(list)?)?,
            signature: signature.clone(),
        };
        Some((claim, i64::from(*created)))
    }

    /// Whether one of these people has signed: by then it is they who ask.
    ///
    /// # Errors
    ///
    /// [`SignatureFault::Key`], [`SignatureFault::Invalid`].
    pub fn verify(&self, people: &BTreeMap<String, PublicKey>) -> Result<(), SignatureFault> {
        let key = people.get(&self.key_id).ok_or(SignatureFault::Key)?;
        let verifies = key.verifies(self.base.as_bytes(), &self.signature);
        verifies.then_some(()).ok_or(SignatureFault::Invalid)
    }
}

/// `created`, `keyid`, `alg` and `tag`.
const PARAMETERS: usize = 4;

fn component(item: &sfv::Item) -> Option<&str> {
    match &item.bare_item {
        BareItem::String(name) if item.params.is_empty() => Some(name.as_str()),
        _ => None,
    }
}

/// The components and parameters in the order in which they came, as RFC 9421, section 2.5, writes them.
fn serialized(list: &InnerList) -> Option<String> {
    vec![ListEntry::InnerList(list.clone())].serialize()
}
