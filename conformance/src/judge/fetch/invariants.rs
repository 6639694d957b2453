//! What holds of every answer of a server, whatever its case asks.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::judge::folder::Copy;

/// So many bytes of a file in an error are not there by chance.
const PIECE: usize = 32;

/// What is wrong with an answer. `files` are those of the folder that the server was given, published or not.
pub(in crate::judge) fn broken(request: &Value, answer: &Value, files: &Copy) -> Vec<String> {
    // Without a status there was no answer.
    let Some(status) = answer["status"].as_u64() else {
        return Vec::new();
    };
    let text = |member: &str| request[member].as_str().unwrap_or_default();
    let (method, path) = (text("method"), text("path"));
    let headers = &answer["headers"];
    let mut wrong = Vec::new();
    let cookie = &headers["set-cookie"];
    if !cookie.is_null() {
        wrong.push(format!("MOTD-SRV-8: a cookie is set: {cookie}"));
    }
    // 304 leads nowhere else.
    if (300..400).contains(&status) && status != 304 {
        let place = &headers["location"];
        wrong.push(format!("MOTD-SRV-8: {status} redirects to {place}"));
    }
    if method == "HEAD" && answer["length"] != 0 {
        let length = &answer["length"];
        wrong.push(format!("MOTD-SRV-4: there is a body of {length} bytes"));
    }
    if status == 200 && is_of_json(path) && !headers["content-type"].as_str().is_some_and(is_json) {
        let kind = &headers["content-type"];
        wrong.push(format!(
            "MOTD-SRV-7: the Content-Type is {kind}, not application/json"
        ));
    }
    if status == 404 && is_kept(path, &answer["cache"]) {
        let field = &headers["cache-control"];
        wrong.push(format!(
            "MOTD-SRV-3: that the file is absent may be kept: {field}"
        ));
    }
    if status >= 400 {
        let body = answer["body"].as_str().unwrap_or_default();
        let body = STANDARD.decode(body).unwrap_or_default();
        wrong.extend(told(&body, path, files).map(|what| format!("MOTD-SRV-5: the error {what}")));
    }
    wrong
        .into_iter()
        .map(|wrong| format!("{wrong} ({method} {path})"))
        .collect()
}

/// Whether whatever is published at this path is metadata or a document.
fn is_of_json(path: &str) -> bool {
    path.starts_with("metadata/") || path.starts_with("targets/motd/")
}

/// Whether a field of RFC 9110, section 8.3, says `application/json`, with any parameters.
fn is_json(field: &str) -> bool {
    let (kind, parameters) = field.split_once(';').unwrap_or((field, ""));
    let is_token = |text: &str| {
        let is_symbol = |byte: u8| b"!#$%&'*+-.^_`|~".contains(&byte);
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || is_symbol(byte))
    };
    let is_quoted = |text: &str| {
        let inner = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        inner.is_some_and(|inner| !inner.contains('"'))
    };
    kind.trim().eq_ignore_ascii_case("application/json")
        && parameters.split(';').map(str::trim).all(|parameter| {
            let pair = parameter.split_once('=');
            parameter.is_empty()
                || pair.is_some_and(|(name, value)| {
                    is_token(name) && (is_token(value) || is_quoted(value))
                })
        })
}

/// MOTD-SRV-3: whether a cache may keep the 404 of version-prefixed metadata, or that of a root for more than a minute. A
/// shared cache goes by `s-maxage` where there is one (RFC 9111, section 5.2.2.10).
fn is_kept(path: &str, cache: &Value) -> bool {
    const MINUTE: u64 = 60;
    let name = path.strip_prefix("metadata/").unwrap_or_default();
    let (version, rest) = name.split_once('.').unwrap_or_default();
    let role = rest.strip_suffix(".json");
    let is_versioned = !version.is_empty()
        && version.bytes().all(|byte| byte.is_ascii_digit())
        && role.is_some_and(|role| !role.contains('/'));
    let is_short = |age: &Value| age.as_u64().is_some_and(|seconds| seconds <= MINUTE);
    let is_a_minute_at_most = is_short(&cache["max-age"])
        && (cache["s-maxage"].is_null() || is_short(&cache["s-maxage"]));
    is_versioned && cache["no-store"].is_null() && !(role == Some("root") && is_a_minute_at_most)
}

/// What an error tells of the files; it may repeat the path that was asked for.
fn told(body: &[u8], path: &str, files: &Copy) -> Option<String> {
    let asked = [path.to_owned(), decoded(path)];
    let has = |part: &[u8]| !part.is_empty() && body.windows(part.len()).any(|here| here == part);
    for (file, bytes) in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if !asked.iter().any(|asked| asked.contains(&*name)) && has(name.as_bytes()) {
            return Some(format!("names {}", file.display()));
        }
        if bytes.len() < PIECE && has(bytes.trim_ascii()) {
            return Some(format!("has the text of {}", file.display()));
        }
    }
    let pieces: HashSet<&[u8]> = body.windows(PIECE).collect();
    let (file, _) = files
        .iter()
        .find(|(_, bytes)| bytes.chunks(PIECE).any(|piece| pieces.contains(piece)))?;
    Some(format!("has a part of {}", file.display()))
}

/// With its percent-encoding decoded once.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = path.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|digits| hex::decode(digits).ok());
        if let Some(code) = code {
            bytes.extend(code);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests;
