//! The TLS library of the default client. The operating system's takes precedence, because it is on by choice, and
//! rustls by default.

use crate::backend::error::BackendError;

/// Configures rustls. A client for plain http needs no certificates, so their absence fails only if it `needs_tls`.
#[cfg(all(feature = "__rustls", not(feature = "native-tls")))]
pub(super) fn configure(
    builder: reqwest::ClientBuilder,
    needs_tls: bool,
) -> Result<reqwest::ClientBuilder, BackendError> {
    let config = match rustls_config::trusting_platform() {
        Ok(config) => config,
        Err(error) if needs_tls => return Err(BackendError::setup("TLS configuration", error)),
        Err(_) => rustls_config::trusting_nobody()
            .map_err(|error| BackendError::setup("TLS configuration", error.to_string()))?,
    };
    Ok(builder.tls_backend_preconfigured(config))
}

/// Selects the operating system's library.
#[cfg(feature = "native-tls")]
pub(super) fn configure(
    builder: reqwest::ClientBuilder,
    _needs_tls: bool,
) -> Result<reqwest::ClientBuilder, BackendError> {
    Ok(builder.tls_backend_native())
}

/// Without a TLS library, a client can only connect with plain http: a base URL with `https` is rejected before.
#[cfg(not(any(feature = "__rustls", feature = "native-tls")))]
pub(super) fn configure(
    builder: reqwest::ClientBuilder,
    _needs_tls: bool,
) -> Result<reqwest::ClientBuilder, BackendError> {
    Ok(builder)
}

#[cfg(all(feature = "__rustls", not(feature = "native-tls")))]
mod rustls_config {
    use std::sync::{Arc, OnceLock};

    use rustls::client::WantsClientCert;
    use rustls::crypto::CryptoProvider;
    use rustls::{ClientConfig, ConfigBuilder, Error, RootCertStore, WantsVerifier};
    use rustls_platform_verifier::Verifier;

    /// Trusts the certificates of the platform. They are loaded once: that takes longer than everything else when a
    /// client is created.
    ///
    /// # Errors
    ///
    /// Says what to do if there are no certificates.
    pub(super) fn trusting_platform() -> Result<ClientConfig, String> {
        static CONFIG: OnceLock<ClientConfig> = OnceLock::new();

        if let Some(config) = CONFIG.get() {
            return Ok(config.clone());
        }
        let config = load().map_err(|error| {
            format!(
                "no certificates of authorities were loaded: install the package `ca-certificates`, set SSL_CERT_FILE \
                 or SSL_CERT_DIR, or enable the feature `webpki-roots` of clerk-sdk ({error})"
            )
        })?;
        Ok(CONFIG.get_or_init(|| config).clone())
    }

    fn load() -> Result<ClientConfig, Error> {
        let provider = provider();
        let verifier = verifier(provider.clone())?;
        let builder = builder(provider)?.dangerous();
        let builder = builder.with_custom_certificate_verifier(Arc::new(verifier));
        Ok(finish(builder))
    }

    /// Trusts no certificate, and so connects only with plain http.
    pub(super) fn trusting_nobody() -> Result<ClientConfig, Error> {
        let builder = builder(provider())?.with_root_certificates(RootCertStore::empty());
        Ok(finish(builder))
    }

    /// The provider of the process if the program has installed one, as reqwest does.
    fn provider() -> Arc<CryptoProvider> {
        let installed = CryptoProvider::get_default().cloned();
        #[cfg(feature = "rustls")]
        let own = rustls::crypto::aws_lc_rs::default_provider;
        #[cfg(not(feature = "rustls"))]
        let own = rustls::crypto::ring::default_provider;
        installed.unwrap_or_else(|| Arc::new(own()))
    }

    #[cfg(feature = "webpki-roots")]
    fn verifier(provider: Arc<CryptoProvider>) -> Result<Verifier, Error> {
        let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned();
        Verifier::new_with_extra_roots(roots, provider)
    }

    #[cfg(not(feature = "webpki-roots"))]
    fn verifier(provider: Arc<CryptoProvider>) -> Result<Verifier, Error> {
        Verifier::new(provider)
    }

    fn builder(
        provider: Arc<CryptoProvider>,
    ) -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, Error> {
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()
    }

    fn finish(builder: ConfigBuilder<ClientConfig, WantsClientCert>) -> ClientConfig {
        let mut config = builder.with_no_client_auth();
        if cfg!(feature = "http2") {
            config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        }
        config
    }
}
