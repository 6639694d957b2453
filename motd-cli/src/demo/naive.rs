//! The baseline of the mailing list: a notice from the index, fetched like everything else and shown as it comes.
//!
//! It stands for the notice readers that exist: it trusts the link, follows redirects, reads whatever the parser
//! gives, and quotes the server when something goes wrong. It is given TLS for granted: the attacker here is one
//! that TLS does not stop, such as a mirror, a CDN, an intercepting proxy or a stolen certificate.

use std::fmt::Write as _;
use std::time::Duration;

/// A patient person would interrupt it then; the demo cannot wait longer.
pub(crate) const PATIENCE: Duration = Duration::from_millis(400);

/// More than that is not read, so that the demo ends; the client itself has no bound.
pub(crate) const ENOUGH: usize = 4 * 1024 * 1024;

/// What a run of the naive client did.
#[derive(Debug, Default)]
pub(crate) struct NaiveOutcome {
    /// What it put on the screen.
    pub(crate) screen: String,
    /// It was still waiting when the demo lost patience.
    pub(crate) hung: bool,
    /// Body bytes that it took.
    pub(crate) bytes: usize,
}

/// Fetches `url` and shows what it holds.
pub(crate) async fn check(url: &str) -> NaiveOutcome {
    let mut seen = NaiveOutcome::default();
    if tokio::time::timeout(PATIENCE, fetch(url, &mut seen))
        .await
        .is_err()
    {
        seen.hung = true;
    }
    seen
}

async fn fetch(url: &str, seen: &mut NaiveOutcome) {
    let client = reqwest::Client::builder().no_proxy().build();
    let answer = match client {
        Ok(client) => client.get(url).send().await,
        Err(error) => Err(error),
    };
    let mut answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            return line(
                &mut seen.screen,
                &format!("warning: could not fetch notices: {error}"),
            );
        }
    };
    let status = answer.status();
    let reason = answer
        .extensions()
        .get::<hyper::ext::ReasonPhrase>()
        .map(|reason| reason.as_bytes().to_vec());
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        seen.bytes += chunk.len();
        body.extend_from_slice(&chunk);
        if seen.bytes >= ENOUGH {
            break;
        }
    }
    let text = String::from_utf8_lossy(&body);
    if !status.is_success() {
        let reason = reason
            .map(|reason| String::from_utf8_lossy(&reason).into_owned())
            .unwrap_or_default();
        return line(
            &mut seen.screen,
            &format!("warning: {} {reason}: {text}", status.as_u16()),
        );
    }
    show(&text, &mut seen.screen);
}

/// Shows a document; on a fault it does what tools do, and quotes what it could not read.
fn show(text: &str, screen: &mut String) {
    let document: serde_json::Value = match serde_json::from_str(text) {
        Ok(document) => document,
        Err(error) => {
            let quoted: String = text.chars().take(200).collect();
            return line(
                screen,
                &format!("warning: notices are not JSON ({error}): {quoted}"),
            );
        }
    };
    for notice in document["notices"].as_array().into_iter().flatten() {
        let english = &notice["text"]["en"];
        line(screen, english["title"].as_str().unwrap_or_default());
        for paragraph in english["body"].as_array().into_iter().flatten() {
            line(screen, paragraph.as_str().unwrap_or_default());
        }
    }
}

fn line(screen: &mut String, text: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(screen, "{text}");
}
