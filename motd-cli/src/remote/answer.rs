//! What a server answers, bounded, and in words that can be printed.

use anyhow::{Context as _, Result};
use reqwest::{Response, StatusCode};
use serde_json::Value;

/// The longest answer of the publishing interface: a list of proposals with their reviews.
pub(super) const BODY_BYTES: u64 = 16 * 1024 * 1024;

/// The longest sentence of a server that is printed.
const SENTENCE: usize = 300;

/// A body of at most so many bytes.
pub(super) async fn bytes(mut answer: Response, limit: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.ok().context("the answer broke off")? {
        anyhow::ensure!(
            u64::try_from(bytes.len() + chunk.len())? <= limit,
            "the answer is longer than {limit} bytes"
        );
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The code of a refusal; empty where there is none.
pub(super) fn code(body: &[u8]) -> String {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_code = |code: &String| code.len() <= 64 && code.bytes().all(is_word);
    Some(member(body, "code"))
        .filter(is_code)
        .unwrap_or_default()
}

/// Why the server refused, by its code.
pub(super) fn refusal(status: StatusCode, body: &[u8]) -> anyhow::Error {
    let code = code(body);
    if code.is_empty() {
        let status = status.as_u16();
        return match status {
            404 | 405 => anyhow::anyhow!("the server takes no proposals: it answers {status}"),
            _ => anyhow::anyhow!("the server answers {status}"),
        };
    }
    let detail: String = member(body, "detail")
        .chars()
        .map(|letter| {
            if matches!(letter, ' '..='~') {
                letter
            } else {
                '?'
            }
        })
        .take(SENTENCE)
        .collect();
    anyhow::anyhow!("the server refuses it: {detail} [{code}]")
}

fn member(body: &[u8], name: &str) -> String {
    let problem: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = problem.get(name).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_cannot_write_to_the_terminal() {
        let body = br#"{"code":"publisher-version","detail":"\u001b[2Jmotd has version 2\u202e\nall is well"}"#;
        let said = refusal(StatusCode::UNPROCESSABLE_ENTITY, body).to_string();
        assert_eq!(
            said,
            "the server refuses it: ?[2Jmotd has version 2??all is well [publisher-version]"
        );
        for body in [&br#"{"code":"\u001b[2J","detail":"x"}"#[..], b"<html>", b""] {
            let said = refusal(StatusCode::BAD_GATEWAY, body).to_string();
            assert_eq!(said, "the server answers 502");
        }
    }
}
