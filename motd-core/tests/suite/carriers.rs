//! The proof that a document came through the gate: both carriers against their target entry.

use motd_core::{Code, Document, TargetEntry, Verified};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256, Sha512};

use crate::bases;

fn hexadecimal(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0xF])
        .map(|digit| char::from_digit(u32::from(digit), 16).unwrap())
        .collect()
}

fn hashes(bytes: &[u8]) -> Vec<(String, String)> {
    vec![
        ("sha256".to_owned(), hexadecimal(&Sha256::digest(bytes))),
        ("sha512".to_owned(), hexadecimal(&Sha512::digest(bytes))),
        ("blake2b-256".to_owned(), "00".to_owned()),
    ]
}

fn custom(
    value: &Value,
    length: u64,
    hashes: &[(String, String)],
) -> Result<Verified<Document>, Code> {
    Verified::assert_tuf_verified_custom(
        value,
        &TargetEntry { length, hashes },
        &bases::repository(),
    )
    .map_err(|refusal| refusal.code)
}

fn target(
    bytes: &[u8],
    length: u64,
    hashes: &[(String, String)],
) -> Result<Verified<Document>, Code> {
    Verified::assert_tuf_verified_target(
        bytes,
        &TargetEntry { length, hashes },
        &bases::repository(),
    )
    .map_err(|refusal| refusal.code)
}

#[test]
fn both_carriers_of_one_document() {
    let value = bases::full();
    let bytes = bases::bytes(&value);
    let length = bytes.len() as u64;
    let all = hashes(&bytes);
    for known in [&all[..], &all[..1], &all[1..2]] {
        assert_eq!(
            custom(&value, length, known)
                .unwrap()
                .verified()
                .entries()
                .len(),
            1
        );
        assert_eq!(
            target(&bytes, length, known)
                .unwrap()
                .verified()
                .entries()
                .len(),
            1
        );
    }
}

/// MOTD-CARRY-3, MOTD-CARRY-8: every known hash, at least one, and the length.
#[test]
fn another_length_or_hash() {
    let value = bases::full();
    let bytes = bases::bytes(&value);
    let length = bytes.len() as u64;
    let good = hashes(&bytes);
    let unknown = &good[2..];
    assert_eq!(
        custom(&value, length, unknown).unwrap_err(),
        Code::CarrierNoHash
    );
    assert_eq!(
        custom(&value, length, &[]).unwrap_err(),
        Code::CarrierNoHash
    );
    assert_eq!(
        custom(&value, length + 1, unknown).unwrap_err(),
        Code::CarrierNoHash
    );
    assert_eq!(
        custom(&value, length - 1, &good).unwrap_err(),
        Code::CarrierLength
    );
    assert_eq!(
        target(&bytes, length, unknown).unwrap_err(),
        Code::CarrierNoHash
    );
    assert_eq!(
        target(&bytes, length + 1, &good).unwrap_err(),
        Code::LengthMismatch
    );
    for index in 0..2 {
        let damages: [fn(&mut String); 4] = [
            |hash: &mut String| hash.replace_range(..1, "x"),
            |hash: &mut String| hash.truncate(10),
            |hash: &mut String| hash.push('0'),
            String::clear,
        ];
        for damage in damages {
            let mut bad = good.clone();
            damage(&mut bad[index].1);
            assert_eq!(custom(&value, length, &bad).unwrap_err(), Code::CarrierHash);
            assert_eq!(
                target(&bytes, length, &bad).unwrap_err(),
                Code::HashMismatch
            );
        }
    }
    let mut other = bytes;
    let last = other.len() - 3;
    other[last] = b'1';
    assert_eq!(
        target(&other, length, &good).unwrap_err(),
        Code::HashMismatch
    );
}

/// A float without a fraction is that integer; one with a fraction, or a rounded integer, has other document bytes.
#[test]
fn numbers_of_other_parsers() {
    let value = bases::full();
    let bytes = bases::bytes(&value);
    let mut float = value.clone();
    float["notices"][0]["revision"] = json!(2.0);
    custom(&float, bytes.len() as u64, &hashes(&bytes)).unwrap();
    let mut fraction = value;
    fraction["notices"][0]["revision"] = json!(2.5);
    assert_eq!(
        custom(&fraction, bytes.len() as u64, &hashes(&bytes)).unwrap_err(),
        Code::CarrierLength
    );
    // What cannot be held by a double was rounded, so that it is not what was signed.
    let parsed: Value = serde_json::from_str("{\"a\":9007199254740993}").unwrap();
    let signed = b"{\"a\":9007199254740993}";
    assert_eq!(
        custom(&parsed, signed.len() as u64, &hashes(signed)).unwrap_err(),
        Code::CarrierHash
    );
}

/// The order for the custom value: size, depth, names, equality, document.
#[test]
fn order_of_the_custom_carrier() {
    let mut value = bases::full();
    value["größe"] = json!([[[[[[[[]]]]]]]]);
    value["large"] = json!("a".repeat(16_384));
    assert_eq!(custom(&value, 0, &[]).unwrap_err(), Code::DocumentTooLarge);
    value["large"] = json!(1);
    assert_eq!(custom(&value, 0, &[]).unwrap_err(), Code::TooDeep);
    value["größe"] = json!(1);
    assert_eq!(custom(&value, 0, &[]).unwrap_err(), Code::NameNotAscii);
    value.as_object_mut().unwrap().remove("größe");
    assert_eq!(custom(&value, 0, &[]).unwrap_err(), Code::CarrierNoHash);
    for other in [Value::Null, json!(1), json!("a"), json!([])] {
        let text = other.to_string();
        assert_eq!(
            custom(&other, text.len() as u64, &hashes(text.as_bytes())).unwrap_err(),
            Code::NotAnObject
        );
    }
    let mut foreign = bases::full();
    foreign["repository"] = json!("staging.pypi.org");
    let bytes = bases::bytes(&foreign);
    assert_eq!(
        custom(&foreign, bytes.len() as u64, &hashes(&bytes)).unwrap_err(),
        Code::RepositoryMismatch
    );
    assert_eq!(
        target(&bytes, bytes.len() as u64, &hashes(&bytes)).unwrap_err(),
        Code::RepositoryMismatch
    );
}

/// MOTD-BYTES-1: the custom carrier at its edge, with every kind of escape in it.
#[test]
fn size_of_the_custom_carrier() {
    let mut value = bases::full();
    value["numbers"] = json!([
        0,
        -1,
        1e21,
        1.5e-7,
        9_007_199_254_740_991_u64,
        true,
        false,
        null,
        {},
        [[]]
    ]);
    value["text"] = json!("\u{0}\u{1f}\t\n\r\u{8}\u{c}\"\\/é𝒳\u{7f}");
    value["pad"] = json!("");
    let length = bases::bytes(&value).len();
    for (total, expected) in [(16_384, None), (16_385, Some(Code::DocumentTooLarge))] {
        value["pad"] = json!("a".repeat(total - length));
        let bytes = bases::bytes(&value);
        assert_eq!(bytes.len(), total);
        assert_eq!(
            custom(&value, total as u64, &hashes(&bytes)).err(),
            expected
        );
    }
}

#[test]
fn size_of_the_target_carrier() {
    let bytes = vec![b' '; 65_537];
    assert_eq!(
        target(&bytes, 65_537, &hashes(&bytes)).unwrap_err(),
        Code::DocumentTooLarge
    );
    assert_eq!(
        target(b"{}", 65_537, &hashes(b"{}")).unwrap_err(),
        Code::DocumentTooLarge
    );
}

/// Depth that no parser gave, but a caller's own hands could.
#[test]
fn very_deep_values() {
    let mut value = json!([]);
    for _ in 0..300 {
        value = json!([value]);
    }
    assert_eq!(custom(&value, 0, &[]).unwrap_err(), Code::TooDeep);
}
