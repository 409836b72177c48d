//! The county's TLS certificate: made at `init`, or given. Phones pin its key, so a renewed certificate must keep it.

use crate::failure::{Failure, Result};
use crate::home::{Home, TLS_CERTIFICATE, TLS_KEY};
use lianhu_core::enrolment_code::Fingerprint;
use lianhu_core::introduction::{Introduced, Introduction};
use lianhu_ledger::Identity;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::ParsedCertificate;
use std::path::Path;
use std::sync::Arc;

/// Makes a key and a certificate for this machine and the county's name. It has no end worth the name: nobody looks
/// at its dates, phones trust the key.
pub(crate) fn make(home: &Home, name: &str) -> Result<()> {
    let made = |error: rcgen::Error| Failure::new("certificate", format!("生成证书失败（{error}）。请再试一次。"));
    let key = KeyPair::generate().map_err(made)?;
    let mut params = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).map_err(made)?;
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, name);
    params.distinguished_name = subject;
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2120, 1, 1);
    let certificate = params.self_signed(&key).map_err(made)?;
    home.keep(TLS_KEY, key.serialize_pem().as_bytes())?;
    home.keep(TLS_CERTIFICATE, certificate.pem().as_bytes())
}

/// Takes over a certificate and its key, after trying them together.
pub(crate) fn take(home: &Home, certificate: &Path, key: &Path) -> Result<()> {
    for (path, name) in [(certificate, TLS_CERTIFICATE), (key, TLS_KEY)] {
        let bytes = std::fs::read(path).map_err(|error| Failure::file(path, &error))?;
        home.keep(name, &bytes)?;
    }
    tls(home).map(drop)
}

/// The fingerprint that phones pin.
pub(crate) fn fingerprint(home: &Home) -> Result<Fingerprint> {
    let chain = chain(home)?;
    let first = chain.first().ok_or_else(unusable)?;
    let certificate = ParsedCertificate::try_from(first).map_err(|_| unusable())?;
    Ok(Fingerprint::of(&certificate.subject_public_key_info()))
}

/// The letter of introduction 介绍信 for this county, signed with the key that phones pin.
pub(crate) fn introduction(home: &Home, county: &Identity) -> Result<Introduction> {
    let introduced = Introduced {
        county: county.county.clone(),
        county_name: county.county_name.clone(),
        county_key: county.county_key,
    };
    let introduced = minicbor::to_vec(&introduced).unwrap_or_default();
    let key = PrivateKeyDer::from_pem_slice(&home.read(TLS_KEY)?).map_err(|_| unusable())?;
    let key = ring::sign::any_supported_type(&key).map_err(|_| unusable())?;
    let schemes = ring::default_provider().signature_verification_algorithms.supported_schemes();
    let signer = key.choose_scheme(&schemes).ok_or_else(unusable)?;
    let signature = signer.sign(&Introduction::message(&introduced)).map_err(|_| unusable())?;
    let certificate = chain(home)?.first().ok_or_else(unusable)?.to_vec();
    Ok(Introduction {
        introduced: introduced.into(),
        certificate: certificate.into(),
        scheme: u16::from(signer.scheme()),
        signature: signature.into(),
        server: None,
    })
}

/// How TLS is spoken here.
pub(crate) fn tls(home: &Home) -> Result<ServerConfig> {
    let key = PrivateKeyDer::from_pem_slice(&home.read(TLS_KEY)?).map_err(|_| unusable())?;
    let chain = chain(home)?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|_| unusable())?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // A phone that comes back is spared the certificate; the key of these tickets lives as long as the process.
    config.ticketer = ring::Ticketer::new().map_err(|_| unusable())?;
    config.send_tls13_tickets = 1;
    Ok(config)
}

fn chain(home: &Home) -> Result<Vec<CertificateDer<'static>>> {
    let pem = home.read(TLS_CERTIFICATE)?;
    CertificateDer::pem_slice_iter(&pem).collect::<std::result::Result<_, _>>().map_err(|_| unusable())
}

fn unusable() -> Failure {
    Failure::new(
        "certificate",
        "证书或私钥用不了：不是 PEM，或两者不是一对。请核对 tls.crt 和 tls.key（或 --cert、--cert-key）。",
    )
}
