//! Keys in this process and their files; the other holders of keys and the encryption have files of their own.

#[cfg(unix)]
mod agent;
#[cfg(unix)]
mod command;
mod encrypted;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::Ed25519KeyPair;
use sha2::{Digest as _, Sha256};

use super::*;
use crate::publish::PublishError;

/// The first test vector of RFC 8032, 7.1.
const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const PUBLIC: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

/// The key of that seed as `openssl genpkey -algorithm ed25519` writes it.
const PEM: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";

fn key() -> SigningKey {
    SigningKey::assert_test_seed(hex::decode(SEED).unwrap().try_into().unwrap())
}

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.as_bytes().to_vec()).unwrap()
}

/// The key of a file that needs no passphrase.
fn plain(text: &str) -> Result<SigningKey, PublishError> {
    match KeyFile::from_pem(text)? {
        KeyFile::Plain(key) => Ok(key),
        KeyFile::Encrypted(_) => panic!("it is encrypted"),
    }
}

/// Another program, or a word on the test that goes without it.
fn has(program: &str, argument: &str) -> bool {
    let found = std::process::Command::new(program)
        .arg(argument)
        .stdin(std::process::Stdio::null())
        .output()
        .is_ok();
    if !found {
        let required = std::env::var_os("MOTD_REQUIRE_INTEROP").is_some_and(|value| value == "1");
        assert!(!required, "skipped: needs {program}");
        eprintln!("skipped: needs {program}");
    }
    found
}

#[test]
fn a_seed_gives_the_public_key_of_rfc_8032() {
    assert_eq!(key().key_object()["keyval"]["public"], PUBLIC);
}

#[test]
fn the_key_id_is_the_hash_of_the_canonical_key_object() {
    let key = key();
    assert_eq!(key_id(&key.key_object()), Some(key.key_id()));
    let canonical =
        format!(r#"{{"keytype":"ed25519","keyval":{{"public":"{PUBLIC}"}},"scheme":"ed25519"}}"#);
    assert_eq!(key.key_id(), hex::encode(Sha256::digest(canonical)));
}

#[test]
fn pem_reads_back_and_is_as_openssl_writes_it() {
    let text = key().to_pem().unwrap();
    assert_eq!(plain(&text).unwrap().key_id(), key().key_id());
    assert_eq!(*text, PEM);
    let windows = PEM.replace('\n', "\r\n");
    assert_eq!(plain(&windows).unwrap().key_id(), key().key_id());
}

#[test]
fn both_versions_of_pkcs8_are_read_and_a_wrong_public_half_is_refused() {
    let der = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let der = der.as_ref().to_vec();
    assert!(SigningKey::from_pkcs8_der(&der).is_ok());
    let mut wrong = der.clone();
    *wrong.last_mut().unwrap() ^= 1;
    for der in [&wrong[..], &der[..40]] {
        assert!(matches!(
            SigningKey::from_pkcs8_der(der),
            Err(PublishError::KeyMalformed)
        ));
    }
}

#[test]
fn what_is_no_key_is_refused() {
    for text in [
        "",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ] {
        assert!(matches!(
            KeyFile::from_pem(text),
            Err(PublishError::KeyMalformed)
        ));
    }
}

#[test]
fn a_passphrase_is_one_line() {
    for bytes in [&b""[..], b"a\n", b"a\r", b"a\0b", &[b'a'; 1025]] {
        assert!(matches!(
            Passphrase::new(bytes.to_vec()),
            Err(PublishError::PassphraseForm)
        ));
    }
    assert!(Passphrase::new(vec![b'a'; 1024]).is_ok());
    assert!(Passphrase::new(vec![0xff, b' ']).is_ok());
}

/// Every error that a key or a passphrase can cause, and every type that holds one.
#[test]
fn no_debug_form_and_no_error_shows_a_secret() {
    const CANARY: &str = "canary-Xq7";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pem");
    let secret = passphrase(CANARY);
    let text = key().to_encrypted_pem(&secret).unwrap();
    let KeyFile::Encrypted(encrypted) = KeyFile::from_pem(&text).unwrap() else {
        panic!("it is not encrypted");
    };
    key().create_file(&path, Some(&secret)).unwrap();
    let seed = hex::decode(SEED).unwrap();
    let mut errors = vec![
        encrypted.open(&passphrase("canary-Xq7 ")).unwrap_err(),
        Passphrase::new(format!("{CANARY}\n").into_bytes()).unwrap_err(),
        key().create_file(&path, Some(&secret)).unwrap_err(),
        key()
            .create_file(&folder.path().join("no/folder"), Some(&secret))
            .unwrap_err(),
        key()
            .replace_file(&folder.path().join("nothing"), &secret)
            .unwrap_err(),
        SigningKey::load(&path).unwrap_err(),
        // The seed where something else is expected.
        KeyFile::from_pem(&PEM.replace("PRIVATE", "PUBLIC")).unwrap_err(),
        KeyFile::from_pem(&PEM.replace("MC4CAQ", "MC4CAg")).unwrap_err(),
        KeyFile::from_pem(SEED).unwrap_err(),
    ];
    errors.push(SigningKey::from_pkcs8_der(&seed).unwrap_err());
    let shown: Vec<String> = errors
        .iter()
        .flat_map(|error| {
            [
                format!("{error:?}"),
                format!("{error:#?}"),
                error.to_string(),
            ]
        })
        .chain([
            format!("{secret:?} {encrypted:?} {:?}", key()),
            format!("{secret:#?} {encrypted:#?} {:#?}", key()),
            format!("{:?}", KeyFile::from_pem(PEM).unwrap()),
        ])
        .collect();
    for shown in shown {
        for secret in [CANARY, SEED, "157, 97", "nWGxne", "MC4CAQ", "99, 97, 110"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

#[test]
fn a_file_is_private_and_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pem");
    key().create_file(&path, None).unwrap();
    assert_eq!(SigningKey::load(&path).unwrap().key_id(), key().key_id());
    let other = SigningKey::generate().unwrap();
    for passphrase in [None, Some(&passphrase("p"))] {
        assert!(matches!(
            other.create_file(&path, passphrase),
            Err(PublishError::KeyExists { .. })
        ));
    }
    assert_eq!(SigningKey::load(&path).unwrap().key_id(), key().key_id());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(mode(&path), 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(
            SigningKey::load(&path),
            Err(PublishError::KeyReadableByOthers { mode: 0o640, .. })
        ));
    }
}

#[test]
fn a_file_that_is_replaced_is_private_whole_and_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pem");
    key().create_file(&path, None).unwrap();
    key().replace_file(&path, &passphrase("new")).unwrap();
    let KeyFile::Encrypted(encrypted) = KeyFile::read(&path).unwrap() else {
        panic!("it is not encrypted");
    };
    let opened = encrypted.open(&passphrase("new")).unwrap();
    assert_eq!(opened.public(), key().public());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    #[cfg(unix)]
    {
        assert_eq!(mode(&path), 0o600);
        // A link stays one, and what it leads to is replaced.
        let link = folder.path().join("link.pem");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        key().replace_file(&link, &passphrase("newer")).unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        let KeyFile::Encrypted(encrypted) = KeyFile::read(&path).unwrap() else {
            panic!("it is not encrypted");
        };
        encrypted.open(&passphrase("newer")).unwrap();
    }
}

/// A server reads its online keys whenever it signs.
#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_a_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.pem");
    crate::regular::tests::pipe(&path, PEM);
    let error = SigningKey::load(&path).unwrap_err().to_string();
    assert!(error.ends_with("key.pem: not a regular file"), "{error}");
}

/// Without a bound the reading would never end.
#[cfg(unix)]
#[test]
fn a_file_without_an_end_is_not_read_to_its_end() {
    use std::os::unix::fs::OpenOptionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long");
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(&path);
    file.unwrap().set_len(1 << 42).unwrap();
    assert!(matches!(
        KeyFile::read(&path),
        Err(PublishError::KeyMalformed)
    ));
}

#[cfg(unix)]
fn mode(path: &std::path::Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().unwrap().permissions().mode() & 0o777
}
