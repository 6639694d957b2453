//! Encrypted files: what OpenSSL and this crate give each other, what opens them, and what they may cost.

use std::path::Path;
use std::process::Command;

use pkcs8::der::Encode as _;
use pkcs8::der::asn1::OctetStringRef;
use pkcs8::pkcs5::EncryptionScheme;
use pkcs8::pkcs5::pbes2::{
    EncryptionScheme as Cipher, Kdf, Parameters, Pbkdf2Params, Pbkdf2Prf, Salt, ScryptParams,
};
use pkcs8::{EncryptedPrivateKeyInfoRef, LineEnding, SecretDocument};
use proptest::prelude::*;

use super::*;

const CIPHER: Cipher = Cipher::Aes256Cbc { iv: [7; 16] };

fn salt() -> Salt {
    Salt::new([9; 16]).unwrap()
}

fn pbkdf2(iteration_count: u32) -> Pbkdf2Params {
    Pbkdf2Params {
        salt: salt(),
        iteration_count,
        key_length: None,
        prf: Pbkdf2Prf::HmacWithSha256,
    }
}

fn scrypt(cost_parameter: u64, block_size: u16, parallelization: u16) -> Kdf {
    Kdf::Scrypt(ScryptParams {
        salt: salt(),
        cost_parameter,
        block_size,
        parallelization,
        key_length: None,
    })
}

fn der(kdf: Kdf, encryption: Cipher, ciphertext: &[u8]) -> Vec<u8> {
    EncryptedPrivateKeyInfoRef {
        encryption_algorithm: EncryptionScheme::Pbes2(Parameters { kdf, encryption }),
        encrypted_data: OctetStringRef::new(ciphertext).unwrap(),
    }
    .to_der()
    .unwrap()
}

/// The test key under the passphrase `right`, at next to no cost.
fn cheap() -> Vec<u8> {
    let kdf = Kdf::Pbkdf2(pbkdf2(1));
    let parameters = Parameters {
        kdf: kdf.clone(),
        encryption: CIPHER,
    };
    let plain = key().to_pkcs8_der().unwrap();
    let ciphertext = parameters.encrypt(b"right", plain.as_bytes()).unwrap();
    der(kdf, CIPHER, &ciphertext)
}

fn encrypted(text: &str) -> EncryptedKey {
    match KeyFile::from_pem(text).unwrap() {
        KeyFile::Encrypted(key) => key,
        KeyFile::Plain(_) => panic!("it is not encrypted"),
    }
}

#[test]
fn the_right_passphrase_opens_it_and_no_other() {
    let text = key().to_encrypted_pem(&passphrase("right")).unwrap();
    let opened = encrypted(&text).open(&passphrase("right")).unwrap();
    assert_eq!(opened.public(), key().public());
    assert!(matches!(
        encrypted(&text).open(&passphrase("wrong")),
        Err(Error::Passphrase)
    ));
    assert!(!text.contains("MC4CAQ"));
    // A salt of its own each time: two files under one passphrase have nothing in common.
    let again = key().to_encrypted_pem(&passphrase("right")).unwrap();
    assert_ne!(text, again);
}

/// One wrong passphrase in 256 gives padding that looks right. It must not look like a damaged file.
#[test]
fn every_wrong_passphrase_gives_the_same_error() {
    let file = EncryptedKey::from_der(&cheap()).unwrap();
    file.open(&passphrase("right")).unwrap();
    for number in 0..4000 {
        assert!(matches!(
            file.open(&passphrase(&format!("wrong {number}"))),
            Err(Error::Passphrase)
        ));
    }
}

#[test]
fn a_file_that_asks_for_too_much_is_refused_before_any_work() {
    let cases = [
        (Kdf::Pbkdf2(pbkdf2(u32::MAX)), CIPHER),
        (Kdf::Pbkdf2(pbkdf2(10_000_001)), CIPHER),
        (Kdf::Pbkdf2(pbkdf2(0)), CIPHER),
        // Not a power of two, and what the package would fall over.
        (scrypt(0, 8, 1), CIPHER),
        (scrypt(1, 8, 1), CIPHER),
        (scrypt(3, 8, 1), CIPHER),
        (scrypt(16_384, 0, 1), CIPHER),
        (scrypt(16_384, 8, 0), CIPHER),
        // 512 MiB, 8 TiB, overflow.
        (scrypt(1 << 19, 8, 1), CIPHER),
        (scrypt(2, u16::MAX, u16::MAX), CIPHER),
        (scrypt(1 << 33, 8, 1), CIPHER),
        (scrypt(1 << 63, u16::MAX, u16::MAX), CIPHER),
        // Little memory, for hours.
        (scrypt(1 << 14, 8, 1 << 14), CIPHER),
        // Ciphers and hashes that nobody needs.
        (Kdf::Pbkdf2(pbkdf2(2048)), Cipher::Aes128Cbc { iv: [7; 16] }),
        (
            Kdf::Pbkdf2(pbkdf2(2048)),
            Cipher::Aes256Gcm { nonce: [7; 12] },
        ),
        (
            Kdf::Pbkdf2(Pbkdf2Params {
                prf: Pbkdf2Prf::HmacWithSha1,
                ..pbkdf2(2048)
            }),
            CIPHER,
        ),
    ];
    for (kdf, cipher) in cases {
        let case = format!("{kdf:?} {cipher:?}");
        let der = der(kdf, cipher, &[0; 64]);
        let text = SecretDocument::try_from(der).unwrap();
        let text = text
            .to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF)
            .unwrap();
        assert!(
            matches!(KeyFile::from_pem(&text), Err(Error::KeyEncryption { .. })),
            "{case}"
        );
    }
}

#[test]
fn what_is_still_allowed_is_read() {
    for kdf in [
        Kdf::Pbkdf2(pbkdf2(10_000_000)),
        scrypt(1 << 15, 8, 1),
        scrypt(1 << 17, 8, 1),
        scrypt(1 << 14, 8, 5),
    ] {
        EncryptedKey::from_der(&der(kdf, CIPHER, &[0; 64])).unwrap();
    }
}

#[test]
fn a_ciphertext_is_no_longer_than_a_key() {
    let long = der(Kdf::Pbkdf2(pbkdf2(1)), CIPHER, &[0; 1040]);
    assert!(matches!(
        EncryptedKey::from_der(&long),
        Err(Error::KeyMalformed)
    ));
    // A ciphertext of no whole blocks opens with no passphrase.
    for length in [0, 1, 15, 17] {
        let odd = der(Kdf::Pbkdf2(pbkdf2(1)), CIPHER, &vec![0; length]);
        let file = EncryptedKey::from_der(&odd).unwrap();
        assert!(matches!(
            file.open(&passphrase("right")),
            Err(Error::Passphrase)
        ));
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = EncryptedKey::from_der(&bytes);
    }

    #[test]
    fn no_damage_makes_it_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut damaged = cheap();
        let at = at.index(damaged.len());
        damaged[at] = byte;
        let _ = EncryptedKey::from_der(&damaged);
    }
}

/// OpenSSL with a passphrase in a file, in this folder.
fn openssl(folder: &Path, words: &str) -> Vec<u8> {
    let output = Command::new("openssl")
        .args(words.split(' '))
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{words}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

#[test]
fn what_openssl_encrypts_is_read() {
    if !has("openssl", "version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("pass"), "of openssl \u{e9}\n").unwrap();
    for words in [
        // PBKDF2 as it is without further words.
        "genpkey -algorithm ed25519 -aes-256-cbc -pass file:pass -out key.pem",
        "pkcs8 -topk8 -in plain.pem -passout file:pass -out key.pem",
        "pkcs8 -topk8 -in plain.pem -iter 600000 -passout file:pass -out key.pem",
        "pkcs8 -topk8 -in plain.pem -scrypt -passout file:pass -out key.pem",
    ] {
        openssl(path, "genpkey -algorithm ed25519 -out plain.pem");
        openssl(path, words);
        let text = std::fs::read_to_string(path.join("key.pem")).unwrap();
        let opened = encrypted(&text)
            .open(&passphrase("of openssl \u{e9}"))
            .unwrap();
        let plain = openssl(path, "pkey -in key.pem -passin file:pass");
        assert_eq!(opened.to_pem().unwrap().as_bytes(), plain, "{words}");
    }
}

#[test]
fn openssl_reads_what_is_encrypted_here() {
    if !has("openssl", "version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("pass"), "of motd\n").unwrap();
    key()
        .create_file(&path.join("key.pem"), Some(&passphrase("of motd")))
        .unwrap();
    let plain = openssl(path, "pkey -in key.pem -passin file:pass");
    assert_eq!(String::from_utf8(plain).unwrap(), PEM);
}
