//! The pinned key: over TLS the phone talks to the holder of one key and to nobody else. No authority is asked and no
//! clock: a phone's clock may be wrong by years, and a county may have made its certificate itself.

use lianhu_core::enrolment_code::Fingerprint;
use lianhu_core::ids::Hash;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The certificate that was shown last with the right key, by the fingerprint a browser shows of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown(Arc<Mutex<Option<Hash>>>);

impl Shown {
    pub(super) fn last(&self) -> Option<Hash> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says whether somebody with another key has answered since it was last asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Stranger(Arc<AtomicBool>);

impl Stranger {
    pub(super) fn take(&self) -> bool {
        self.0.swap(false, Ordering::SeqCst)
    }

    fn noticed(&self) -> Error {
        self.0.store(true, Ordering::SeqCst);
        Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure)
    }
}

#[derive(Debug)]
struct PinnedKey {
    pin: Fingerprint,
    provider: Arc<CryptoProvider>,
    stranger: Stranger,
    shown: Shown,
}

/// How TLS is spoken with the holder of this key.
pub(super) fn config(pin: Fingerprint, stranger: Stranger, shown: Shown) -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Arc::new(PinnedKey { pin, provider: provider.clone(), stranger, shown });
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

impl ServerCertVerifier for PinnedKey {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let certificate = ParsedCertificate::try_from(end_entity).map_err(|_| self.stranger.noticed())?;
        if Fingerprint::of(&certificate.subject_public_key_info()) == self.pin {
            *self.shown.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Hash::of(&[end_entity.as_ref()]));
            Ok(ServerCertVerified::assertion())
        } else {
            Err(self.stranger.noticed())
        }
    }

    // Whoever shows the county's certificate must also sign with its key: a certificate is no secret.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms).map_err(|_| self.stranger.noticed())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms).map_err(|_| self.stranger.noticed())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
