//! The language and the charset of a POSIX environment.

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
    let locale = locale([lc_all, lc_messages, lang])?;
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

/// Whether a POSIX environment says that its terminal is in UTF-8, for [`Frame::with_utf8`](crate::Frame::with_utf8).
///
/// The first of the three variables that is set and not empty decides; where none is, the locale is `POSIX`. The charset
/// stands behind a `.`, or alone (macOS sets `LC_CTYPE=UTF-8`). Chapter 6, MOTD-SHOW-12; POSIX.1-2017, section 8.2.
#[must_use]
pub fn posix_is_utf8(lc_all: Option<&str>, lc_ctype: Option<&str>, lang: Option<&str>) -> bool {
    let locale = locale([lc_all, lc_ctype, lang]).unwrap_or_default();
    let (locale, _modifier) = locale.split_once('@').unwrap_or((locale, ""));
    let (_language, charset) = locale.split_once('.').unwrap_or(("", locale));
    charset.replace('-', "").eq_ignore_ascii_case("utf8")
}

/// What decides of a category's variables. An empty one counts as unset.
fn locale(variables: [Option<&str>; 3]) -> Option<&str> {
    let mut set = variables.into_iter().flatten();
    set.find(|value| !value.is_empty())
}
