//! A letter of introduction, held against the code of the slip: signed by the key that the code names, or worth nothing.

use lianhu_core::enrolment_code::Fingerprint;
use lianhu_core::introduction::{Introduced, Introduction};
use rustls::SignatureScheme;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::server::ParsedCertificate;
use webpki::EndEntityCert;

/// Whom the letter introduces, if the key with this fingerprint signed it.
pub(crate) fn introduced(letter: &Introduction, pin: Fingerprint) -> Option<Introduced> {
    let certificate = CertificateDer::from(letter.certificate.as_slice());
    let key = ParsedCertificate::try_from(&certificate).ok()?.subject_public_key_info();
    if Fingerprint::of(&key) != pin {
        return None;
    }
    let holder = EndEntityCert::try_from(&certificate).ok()?;
    let known = ring::default_provider().signature_verification_algorithms.mapping;
    let scheme = SignatureScheme::from(letter.scheme);
    let message = Introduction::message(&letter.introduced);
    let mut algorithms = known.iter().filter(|(name, _)| *name == scheme).flat_map(|(_, algorithms)| *algorithms);
    let signed = algorithms.any(|algorithm| holder.verify_signature(*algorithm, &message, &letter.signature).is_ok());
    letter.introduced().filter(|_| signed)
}
