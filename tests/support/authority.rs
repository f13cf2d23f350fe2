//! Certificates: an authority of one's own, and servers that it vouches for.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd,
};
use rustls::ServerConfig;

/// The years in which a certificate is good today.
pub const VALID: [i32; 2] = [2000, 4000];

/// An authority, with a file that says so.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its own certificate, for who is to trust it.
    pub pem: String,
}

impl Authority {
    /// A new authority of this name.
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        Self { issuer, pem }
    }

    /// A certificate for this name that nobody else has signed, and a server that has it. It is an
    /// authority's, as `openssl req -x509` makes them, or a server's.
    pub fn signed_by_itself(name: &str, of_authority: bool) -> (String, ServerConfig) {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = if of_authority {
            IsCa::Ca(BasicConstraints::Unconstrained)
        } else {
            IsCa::ExplicitNoCa
        };
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        (certificate.pem(), configuration(&certificate, &key, &[]))
    }

    /// A server's configuration, with a certificate for this name, valid in these years.
    pub fn server(&self, name: &str, years: [i32; 2], protocols: &[&str]) -> ServerConfig {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(years[0], 1, 1);
        params.not_after = date_time_ymd(years[1], 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        configuration(&certificate, &key, protocols)
    }
}

fn configuration(certificate: &Certificate, key: &KeyPair, protocols: &[&str]) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let key = key.serialize_der().try_into().unwrap();
    let chain = vec![certificate.der().clone()];
    let builder = builder.with_no_client_auth();
    let mut config = builder.with_single_cert(chain, key).unwrap();
    config.alpn_protocols = protocols.iter().map(|&name| name.into()).collect();
    config
}
