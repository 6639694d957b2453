//! TLS by certificate files, which are read again without a restart.
//!
//! Kept beside `axum-server`: its reload looks neither at the permissions of the key nor at whether a file has changed.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use sha2::{Digest as _, Sha256};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{DEFAULT_VERSIONS, ServerConfig};
use tokio_rustls::server::TlsStream;
use zeroize::Zeroizing;

use super::ServerSettings;
use super::metrics::{Limit, Metrics};
use super::stream::BoundedStream;
use crate::regular::open_regular;
use crate::serve::ServeError;

/// More than any chain of certificates has.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// A certificate and its key, in files.
#[derive(Debug)]
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    config: ArcSwap<ServerConfig>,
    read: Mutex<[FileDigest; 2]>,
}

/// What tells one state of a file from another: the SHA-256 of what it holds, and of its mode and owner.
type FileDigest = Option<[u8; 32]>;

impl Tls {
    /// Reads the chain of certificates, the server's own first, and its key: PEM, and the key's file readable by its
    /// owner alone.
    ///
    /// # Errors
    ///
    /// [`ServeError::Publish`], [`ServeError::Certificate`], [`ServeError::Store`].
    pub fn load(certificate: &Path, key: &Path) -> Result<Self, ServeError> {
        let digests = [certificate, key].map(digest);
        Ok(Self {
            config: ArcSwap::from_pointee(read(certificate, key)?),
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            read: Mutex::new(digests),
        })
    }

    /// Reads the files again. Connections that are open keep what they have; after an error so does everybody.
    ///
    /// # Errors
    ///
    /// As [`Tls::load`].
    pub fn reload(&self) -> Result<(), ServeError> {
        let digests = [&*self.certificate, &*self.key].map(digest);
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = digests;
        self.config
            .store(Arc::new(read(&self.certificate, &self.key)?));
        tracing::info!("a certificate was taken up");
        Ok(())
    }

    /// Reads the files again if one of them is another than when they were read last, well or not: what is broken is
    /// told once. Whether they were read.
    ///
    /// # Errors
    ///
    /// As [`Tls::load`].
    pub fn reload_if_changed(&self) -> Result<bool, ServeError> {
        let digests = [&*self.certificate, &*self.key].map(digest);
        if *self.read.lock().unwrap_or_else(PoisonError::into_inner) == digests {
            return Ok(false);
        }
        self.reload().map(|()| true)
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.config.load_full())
    }
}

/// The handshake, within its time.
pub(crate) async fn handshake(
    acceptor: &TlsAcceptor,
    stream: BoundedStream,
    settings: &ServerSettings,
    metrics: &Metrics,
) -> Option<TlsStream<BoundedStream>> {
    let accepted = tokio::time::timeout(settings.handshake, acceptor.accept(stream)).await;
    if accepted.is_err() {
        metrics.limit(Limit::Handshake);
    }
    accepted.ok()?.ok()
}

/// Not by its time: two files that are written within one tick of the clock have the same.
fn digest(path: &Path) -> FileDigest {
    let mut bytes = Zeroizing::new(Vec::new());
    let file = open_regular(path).ok()?;
    let mut hash = Sha256::new();
    // A key that was refused because others could read it is good after its mode was changed.
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = file.metadata().ok()?;
        hash.update(
            [metadata.mode(), metadata.uid(), metadata.gid()]
                .map(u32::to_ne_bytes)
                .concat(),
        );
    }
    file.take(MAX_FILE_BYTES).read_to_end(&mut bytes).ok()?;
    hash.update(&*bytes);
    Some(hash.finalize().into())
}

fn read(certificate: &Path, key: &Path) -> Result<ServerConfig, ServeError> {
    let fault = |path: &Path, what| ServeError::Certificate {
        path: path.to_owned(),
        what,
    };
    let mut bytes = Vec::new();
    open_regular(certificate)?
        .take(MAX_FILE_BYTES)
        .read_to_end(&mut bytes)?;
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&bytes)
        .collect::<Result<_, _>>()
        .map_err(|_| fault(certificate, "not PEM"))?;
    if chain.is_empty() {
        return Err(fault(certificate, "there is no certificate in it"));
    }
    let bytes: Zeroizing<Vec<u8>> = crate::publish::key::read_private(key)?;
    let key_der = PrivateKeyDer::from_pem_slice(&bytes)
        .map_err(|_| fault(key, "there is no private key in PEM in it"))?;
    // The backend is named: nothing depends on which one another library made the process's own.
    let builder = ServerConfig::builder_with_provider(aws_lc_rs::default_provider().into());
    let mut config = builder
        .with_protocol_versions(DEFAULT_VERSIONS)
        .map_err(|_| fault(certificate, "no version of TLS can be spoken"))?
        .with_no_client_auth()
        .with_single_cert(chain, key_der)
        .map_err(|_| {
            fault(
                key,
                "not the key of the certificate, or of a kind that is not known",
            )
        })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
