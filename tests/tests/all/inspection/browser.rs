//! A browser as an inspector has one: it speaks HTTPS with whoever shows the certificate on the pass, keeps cookies, follows nothing
//! by itself, and runs nothing.

use lianhu_core::ids::Hash;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme, StreamOwned,
};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Clone)]
pub(super) struct Browser {
    address: String,
    tls: Arc<ClientConfig>,
    cookies: BTreeMap<String, String>,
    /// What it says a form comes from.
    pub(super) origin: Option<String>,
    pub(super) language: &'static str,
}

impl Browser {
    /// One that goes to the address on this pass and trusts the certificate printed there.
    pub(super) fn new(pass: &Value) -> Self {
        let address = pass["address"].as_str().unwrap().strip_prefix("https://").unwrap();
        let address = address.strip_suffix("/inspection").unwrap().to_owned();
        let certificate = Hash::parse(pass["certificate"].as_str().unwrap()).unwrap();
        let provider = Arc::new(ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(OnThePass(certificate)))
            .with_no_client_auth();
        Self { address, tls: Arc::new(tls), cookies: BTreeMap::new(), origin: None, language: "zh-CN" }
    }

    pub(super) fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, None)
    }

    pub(super) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let coded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", coded(value))).collect();
        self.post_bytes(path, pairs.join("&").as_bytes())
    }

    pub(super) fn post_bytes(&mut self, path: &str, body: &[u8]) -> Answer {
        self.ask("POST", path, Some(body))
    }

    fn ask(&mut self, method: &str, path: &str, body: Option<&[u8]>) -> Answer {
        let line = TcpStream::connect(&self.address).unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let mut line = StreamOwned::new(ClientConnection::new(self.tls.clone(), name).unwrap(), line);
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let origin = self.origin.clone().unwrap_or_else(|| format!("https://{}", self.address));
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\naccept-language: {}\r\ncookie: {}\r\nconnection: close\r\n",
            self.address,
            self.language,
            cookies.join("; ")
        );
        if let Some(body) = body {
            head.push_str(&format!(
                "origin: {origin}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n",
                body.len()
            ));
        }
        line.write_all(format!("{head}\r\n").as_bytes()).unwrap();
        // A body that is refused may be cut off while it is still being sent.
        line.write_all(body.unwrap_or_default()).ok();
        line.flush().ok();
        let mut bytes = Vec::new();
        line.read_to_end(&mut bytes).ok();
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer to {path}: {text}"));
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        let headers: Vec<(String, String)> = lines.filter_map(header).collect();
        for (_, value) in headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, value) = value.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        Answer { status, headers, body: body.to_owned() }
    }
}

/// Trusts the certificate with this fingerprint and no other, as a person does who compared it.
#[derive(Debug)]
struct OnThePass(Hash);

impl ServerCertVerifier for OnThePass {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let same = Hash::of(&[end_entity.as_ref()]) == self.0;
        let refused = Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure);
        if same { Ok(ServerCertVerified::assertion()) } else { Err(refused) }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &ring::default_provider().signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &ring::default_provider().signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
