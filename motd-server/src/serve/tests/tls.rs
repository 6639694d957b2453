//! TLS by certificate files.

use std::path::{Path, PathBuf};

use super::*;
use crate::publish::PublishError;
use crate::serve::ServeError;
use crate::store::StoreError;

/// Files of a certificate that names itself.
struct Certificate {
    folder: tempfile::TempDir,
}

impl Certificate {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = Self { folder };
        made.write(&made.certificate(), &made.key());
        made
    }

    fn certificate(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    /// Another certificate and its key; the certificate.
    fn write(&self, certificate: &Path, key: &Path) -> reqwest::Certificate {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        // Another file each, so that it can be told from the one before whatever the disk's clock says.
        for (path, text) in [
            (certificate, made.cert.pem()),
            (key, made.signing_key.serialize_pem()),
        ] {
            let file = tempfile::NamedTempFile::new_in(self.folder.path()).unwrap();
            std::fs::write(file.path(), text).unwrap();
            file.persist(path).unwrap();
        }
        reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap()
    }

    fn trusted(&self) -> reqwest::Certificate {
        reqwest::Certificate::from_pem(&std::fs::read(self.certificate()).unwrap()).unwrap()
    }

    fn load(&self) -> Result<Tls, ServeError> {
        Tls::load(&self.certificate(), &self.key())
    }
}

async fn serving(tls: &Arc<Tls>, settings: ServerSettings) -> Server {
    let site = Arc::new(Site::new(files(), 10));
    let tls = Some(Arc::clone(tls));
    started(Service {
        tls,
        ..Service::new(site, settings)
    })
    .await
}

/// A request of a client that trusts this certificate and no other.
async fn get(
    server: &Server,
    trusted: reqwest::Certificate,
    version: reqwest::tls::Version,
) -> reqwest::Result<String> {
    let client = reqwest::Client::builder()
        .tls_certs_only([trusted])
        .tls_version_min(version)
        .tls_version_max(version)
        .resolve("localhost", server.address())
        .no_proxy()
        .build()?;
    let url = format!(
        "https://localhost:{}/metadata/timestamp.json",
        server.address().port()
    );
    let answer = client.get(url).send().await?;
    assert_eq!(answer.version(), reqwest::Version::HTTP_11);
    answer.text().await
}

const TLS: reqwest::tls::Version = reqwest::tls::Version::TLS_1_3;

#[tokio::test]
async fn files_are_served_over_tls_1_2_and_1_3() {
    let certificate = Certificate::new();
    let tls = Arc::new(certificate.load().unwrap());
    let server = serving(&tls, ServerSettings::default()).await;
    for version in [TLS, reqwest::tls::Version::TLS_1_2] {
        let text = get(&server, certificate.trusted(), version).await.unwrap();
        assert_eq!(text, "timestamp");
    }
    // Who speaks plainly is not answered.
    let answer = raw(&server, "/metadata/timestamp.json").await;
    assert!(!answer.contains("HTTP/1.1"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn a_new_certificate_is_taken_up_and_a_broken_one_is_told_once() {
    let certificate = Certificate::new();
    let tls = Arc::new(certificate.load().unwrap());
    let server = serving(&tls, ServerSettings::default()).await;
    let old = certificate.trusted();
    assert!(!tls.reload_if_changed().unwrap());
    let new = certificate.write(&certificate.certificate(), &certificate.key());
    assert!(tls.reload_if_changed().unwrap());
    assert!(!tls.reload_if_changed().unwrap());
    assert_eq!(get(&server, new.clone(), TLS).await.unwrap(), "timestamp");
    get(&server, old, TLS).await.unwrap_err();
    // A key of another certificate: what was served before is served on.
    let elsewhere = certificate.folder.path().join("other.pem");
    certificate.write(&elsewhere, &certificate.key());
    assert!(matches!(
        tls.reload_if_changed(),
        Err(ServeError::Certificate { .. })
    ));
    assert!(!tls.reload_if_changed().unwrap());
    assert!(tls.reload().is_err());
    assert_eq!(get(&server, new, TLS).await.unwrap(), "timestamp");
    server.stop().await;
}

#[test]
fn what_cannot_be_served_with_is_refused_with_its_file() {
    let certificate = Certificate::new();
    let fault = |certificate: &Certificate| certificate.load().unwrap_err().to_string();
    std::fs::write(certificate.certificate(), "").unwrap();
    assert!(fault(&certificate).ends_with("certificate.pem: there is no certificate in it"));
    let certificate = Certificate::new();
    let other = certificate.folder.path().join("other.pem");
    certificate.write(&other, &certificate.key());
    assert!(fault(&certificate).contains("key.pem: not the key of the certificate"));
    std::fs::write(certificate.key(), "secret").unwrap();
    let said = fault(&certificate);
    assert!(
        said.ends_with("key.pem: there is no private key in PEM in it") && !said.contains("secret")
    );
    std::fs::remove_file(certificate.key()).unwrap();
    assert!(matches!(
        certificate.load(),
        Err(ServeError::Store(StoreError::Io(_)))
    ));
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let certificate = Certificate::new();
    std::fs::set_permissions(certificate.key(), std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(
        certificate.load(),
        Err(ServeError::Publish(PublishError::KeyReadableByOthers {
            mode: 0o640,
            ..
        }))
    ));
}

#[cfg(unix)]
#[test]
fn a_key_is_tried_again_when_its_mode_changes() {
    use std::os::unix::fs::PermissionsExt as _;
    let certificate = Certificate::new();
    let tls = certificate.load().unwrap();
    let change = |mode| {
        std::fs::set_permissions(certificate.key(), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    change(0o640);
    tls.reload_if_changed().unwrap_err();
    assert!(!tls.reload_if_changed().unwrap());
    change(0o600);
    assert!(tls.reload_if_changed().unwrap());
}

/// Upkeep looks at both files every second.
#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_a_file_is_told_once() {
    let certificate = Certificate::new();
    let tls = certificate.load().unwrap();
    for path in [certificate.certificate(), certificate.key()] {
        let text = std::fs::read_to_string(&path).unwrap();
        crate::regular::tests::pipe(&path, String::leak(text.clone()));
        let error = tls.reload_if_changed().unwrap_err().to_string();
        assert!(error.ends_with(".pem: not a regular file"), "{error}");
        assert!(!tls.reload_if_changed().unwrap());
        std::fs::remove_file(&path).unwrap();
        let file = tempfile::NamedTempFile::new_in(certificate.folder.path()).unwrap();
        std::fs::write(file.path(), text).unwrap();
        file.persist(&path).unwrap();
        assert!(tls.reload_if_changed().unwrap());
    }
}

#[tokio::test]
async fn a_handshake_that_does_not_come_keeps_nobody_waiting() {
    let certificate = Certificate::new();
    let tls = Arc::new(certificate.load().unwrap());
    let settings = ServerSettings {
        handshake: Duration::from_millis(300),
        ..ServerSettings::default()
    };
    let server = serving(&tls, settings).await;
    let mut silent = connect(&server).await;
    // Others are served beside it.
    assert_eq!(
        get(&server, certificate.trusted(), TLS).await.unwrap(),
        "timestamp"
    );
    assert_eq!(rest(&mut silent).await, "");
    assert!(server.metrics_text().contains("limit=\"handshake\"} 1"));
    server.stop().await;
}
