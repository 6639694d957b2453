//! The languages of a notice, each by itself.

use alloc::string::String;
use alloc::vec::Vec;

use super::object::Object;
use crate::document::LanguageVerdict;
use crate::json::Value;
use crate::notice::Text;
use crate::place::At;
use crate::text::{PARAGRAPH, TITLE, TextRule};
use crate::{Code, LanguageTag, Refusal, language, limits};

/// Judges `text`: the texts that are kept, sorted by tag, and a verdict for every language.
pub(super) fn judge(
    notice: &Object<'_, '_>,
    default_language: &LanguageTag,
    verdicts: &mut Vec<LanguageVerdict>,
) -> Result<Vec<(LanguageTag, Text)>, Refusal> {
    let at = notice.at.member("text");
    // MOTD-TEXT-9.
    let members = notice
        .member("text")
        .and_then(Value::as_object)
        .ok_or_else(|| at.refuse(Code::TextMalformed))?;
    // MOTD-TEXT-10: bad ones are counted, or a flood of them would be free.
    if members.len() > limits::LANGUAGES {
        return Err(at.refuse(Code::LanguagesTooMany));
    }
    let mut texts = Vec::with_capacity(members.len());
    for (position, (name, value)) in members.iter().enumerate() {
        let tag: Option<LanguageTag> = name.parse().ok();
        let judged = match &tag {
            Some(tag) => language(value, at.language(tag.as_str())),
            // MOTD-LANG-1: only well-formed tags stand in a place.
            None if language::is_well_formed(name) => {
                Err(at.language(name).refuse(Code::LanguageTagMalformed))
            }
            None => Err(at.item(position).refuse(Code::LanguageTagMalformed)),
        };
        // MOTD-LANG-2: a bad translation drops that language only.
        let verdict = match (judged, &tag) {
            (Ok(text), Some(tag)) => {
                texts.push((tag.clone(), text));
                Ok(())
            }
            (Ok(_), None) => Ok(()),
            (Err(refusal), _) => Err(refusal),
        };
        verdicts.push(LanguageVerdict {
            position,
            tag,
            verdict,
        });
    }
    // MOTD-LANG-3: without the default language some reader would be left with nothing, or with a guess.
    match verdicts
        .iter()
        .find(|verdict| verdict.tag.as_ref() == Some(default_language))
    {
        None => Err(at.refuse(Code::DefaultLanguageMissing)),
        Some(LanguageVerdict {
            verdict: Err(refusal),
            ..
        }) => Err(refusal.clone()),
        Some(_) => Ok(texts),
    }
}

fn language(value: &Value, at: At<'_>) -> Result<Text, Refusal> {
    // MOTD-TEXT-2: an entry that is no object has no title.
    let entry = Object {
        members: value.as_object().unwrap_or_default(),
        at,
    };
    let title =
        string(entry.member("title"), TITLE).map_err(|code| at.refuse_member("title", code))?;
    // MOTD-TEXT-4.
    let body = entry
        .array("body", 0..=limits::PARAGRAPHS, Code::BodyMalformed)?
        .ok_or_else(|| at.refuse_member("body", Code::BodyMalformed))?;
    let at = at.member("body");
    let body = body
        .iter()
        .enumerate()
        .map(|(index, item)| {
            string(Some(item), PARAGRAPH).map_err(|code| at.item(index).refuse(code))
        })
        .collect::<Result<_, _>>()?;
    Ok(Text { title, body })
}

fn string(value: Option<&Value>, rule: TextRule) -> Result<String, Code> {
    // MOTD-TEXT-2, MOTD-TEXT-3.
    let text = value.and_then(Value::as_str).ok_or(rule.malformed)?;
    rule.judge(text)?;
    // MOTD-TEXT-8: handed on as it is.
    Ok(String::from(text))
}
