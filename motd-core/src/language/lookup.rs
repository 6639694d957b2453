//! RFC 4647 lookup, with Chinese through its scripts.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::LanguageTag;

/// What is looked for when a reader wants this language, the best first: the tag, then the tag cut from its end
/// (RFC 4647, section 3.4).
pub(crate) fn candidates(wanted: &LanguageTag) -> Vec<String> {
    let mut candidates = Vec::new();
    let mut tag = String::from(wanted.as_str());
    loop {
        candidates.push(tag.clone());
        // MOTD-LANG-5: a reader in Taipei is not helped by simplified characters, nor by English before `zh-Hant`.
        tag = match tag.as_str() {
            "zh-TW" | "zh-HK" | "zh-MO" => format!("zh-Hant-{}", tag.get(3..).unwrap_or_default()),
            "zh-CN" | "zh-SG" => format!("zh-Hans-{}", tag.get(3..).unwrap_or_default()),
            _ => match cut(&tag) {
                Some(shorter) => String::from(shorter),
                None => return candidates,
            },
        };
    }
}

/// The tag without its last subtag, nor a singleton that would then be last.
fn cut(tag: &str) -> Option<&str> {
    let (shorter, _) = tag.rsplit_once('-')?;
    match shorter.rsplit_once('-') {
        Some((before, singleton)) if singleton.len() == 1 => Some(before),
        _ => Some(shorter),
    }
}
