//! The language of a POSIX environment.

use super::LanguageTag;

/// The language that a POSIX environment asks for; `None` means the document's default language.
///
/// The first of the three variables that is set and not empty decides, even when nothing can be read from it. Codeset
/// and modifier are cut, `@latin` becomes the script `Latn`, and `C` and `POSIX` mean the default. `LANGUAGE` is not
/// looked at. Chapter 3, MOTD-LANG-6; POSIX.1-2017, section 8.2.
#[must_use]
pub fn posix_language(
    lc_all: Option<&str>,
    lc_messages: Option<&str>,
    lang: Option<&str>,
) -> Option<LanguageTag> {
    // MOTD-LANG-6: an empty variable is an unset one.
    let locale = [lc_all, lc_messages, lang]
        .into_iter()
        .flatten()
        .find(|value| !value.is_empty())?;
    let (locale, modifier) = locale.split_once('@').unwrap_or((locale, ""));
    let (locale, _codeset) = locale.split_once('.').unwrap_or((locale, ""));
    if locale == "C" || locale == "POSIX" {
        return None;
    }
    let mut tag = locale.replace('_', "-");
    let has_script = tag
        .split('-')
        .skip(1)
        .any(|subtag| subtag.len() == 4 && subtag.bytes().all(|byte| byte.is_ascii_alphabetic()));
    if modifier == "latin" && !has_script {
        let language = tag.find('-').unwrap_or(tag.len());
        tag.insert_str(language, "-Latn");
    }
    LanguageTag::from_any_case(&tag)
}
