//! The text of metadata: what all parsers of JSON read alike. Section 6.4.

/// Most containers that nest in one file. MOTD-GATE-6.
const DEPTH: usize = 64;
/// 2^53 - 1, the last integer that every reader has.
const LARGEST: u64 = 9_007_199_254_740_991;

/// Whether a text, if it is one of JSON, nests no deeper than [`DEPTH`], has integers alone, none beyond [`LARGEST`], and no
/// half of a surrogate pair. Elsewhere parsers differ, in what they take and in what they make of it.
pub(crate) fn is_alike(text: &[u8]) -> bool {
    let mut depth = 0_usize;
    let mut rest = text;
    while let [first, behind @ ..] = rest {
        rest = match first {
            b'"' => match after_string(behind) {
                Some(after) => after,
                None => return false,
            },
            b'-' | b'0'..=b'9' => {
                let of_number =
                    |byte: &&u8| matches!(byte, b'-' | b'+' | b'.' | b'0'..=b'9' | b'e' | b'E');
                let (number, after) = rest.split_at(rest.iter().take_while(of_number).count());
                if !is_integer(number) {
                    return false;
                }
                after
            }
            _ => behind,
        };
        match first {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH {
            return false;
        }
    }
    true
}

fn is_integer(number: &[u8]) -> bool {
    let digits = number.strip_prefix(b"-").unwrap_or(number);
    let all_digits = digits.iter().all(u8::is_ascii_digit);
    let magnitude = std::str::from_utf8(digits).ok();
    let magnitude = magnitude.and_then(|digits| digits.parse::<u64>().ok());
    magnitude.is_some_and(|magnitude| {
        let negative_zero = magnitude == 0 && digits.len() < number.len();
        all_digits && magnitude <= LARGEST && !negative_zero
    })
}

/// What stands behind a string whose first quotation mark was read; `None` with a lone surrogate, or without an end.
fn after_string(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        let place = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
        rest = rest.get(place..)?;
        if let Some(after) = rest.strip_prefix(b"\"") {
            return Some(after);
        }
        let (unit, after) = escape(rest)?;
        rest = match unit {
            0xD800..=0xDBFF => match escape(after)? {
                (0xDC00..=0xDFFF, after) => after,
                _ => return None,
            },
            0xDC00..=0xDFFF => return None,
            _ => after,
        };
    }
}

/// The UTF-16 code unit of an escape at the start of a text, 0 for one without digits, and what stands behind it.
fn escape(text: &[u8]) -> Option<(u16, &[u8])> {
    match text {
        [b'\\', b'u', rest @ ..] => {
            let (digits, after) = rest.split_at_checked(4)?;
            let digits = std::str::from_utf8(digits).ok()?;
            Some((u16::from_str_radix(digits, 16).ok()?, after))
        }
        [b'\\', _, after @ ..] => Some((0, after)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_parsers_read_alike() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        for text in [
            &nested(64),
            r#"{"a":[1,-1,0,9007199254740991,-9007199254740991,true,false,null]}"#,
            r#"{"1.5":"-0","e":"\ud83d\ude00 \\\\ud800 \" [[ é"}"#,
        ] {
            assert!(is_alike(text.as_bytes()), "{text}");
        }
        for text in [
            &nested(65),
            "1.0",
            "1e0",
            "1E9",
            "-0",
            "9007199254740992",
            "-9007199254740992",
            "99999999999999999999999",
            r#""\ud800""#,
            r#""\udc00""#,
            r#""\ud800\ud800""#,
            r#""\ud800x""#,
            r#"{"\ud83d":1}"#,
        ] {
            assert!(!is_alike(text.as_bytes()), "{text}");
        }
    }
}
