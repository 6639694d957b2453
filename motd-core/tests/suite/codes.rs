//! The registry of reason codes.

use std::collections::BTreeSet;

use motd_core::{Code, Level};

#[test]
fn names_are_unique_and_kebab_case() {
    let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(names.len(), Code::ALL.len());
    for name in names {
        assert!(
            name.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{name}"
        );
    }
}

#[test]
fn every_code_is_complete() {
    for code in Code::ALL {
        assert!(!code.stages().is_empty(), "{code}");
        let (area, number) = code
            .requirement()
            .strip_prefix("MOTD-")
            .unwrap()
            .rsplit_once('-')
            .unwrap();
        assert!(
            area.bytes().all(|byte| byte.is_ascii_uppercase()) && number.parse::<u8>().is_ok(),
            "{code}"
        );
        for text in [Some(code.fact()), code.hint()].into_iter().flatten() {
            assert!(
                !text.is_empty()
                    && !text.ends_with('.')
                    && text.bytes().all(|byte| (0x20..=0x7E).contains(&byte)),
                "{code}"
            );
        }
        assert!(!code.level().as_str().is_empty());
        assert!(code.stages().iter().all(|stage| !stage.as_str().is_empty()));
    }
}

/// The debug form of a variant is its name in another case: a line of the table cannot be about another variant.
#[test]
fn names_follow_their_variants() {
    for code in Code::ALL {
        let joined = code
            .as_str()
            .split('-')
            .fold(String::new(), |joined, word| {
                joined + &word[..1].to_uppercase() + &word[1..]
            });
        assert_eq!(joined, format!("{code:?}"));
    }
}

/// A code's level and where it can be found agree.
#[test]
fn levels_and_stages() {
    use motd_core::Stage;
    for code in Code::ALL {
        let expected: &[Stage] = match code.level() {
            Level::Document => &[Stage::Document],
            Level::Notice => &[Stage::Notice],
            Level::Publisher => &[Stage::Publication],
            _ => continue,
        };
        assert_eq!(code.stages(), expected, "{code}");
    }
}
