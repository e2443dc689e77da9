//! The TLS library of the default client. The operating system's takes precedence, because it is on by choice, and
//! rustls by default.

use crate::backend::error::BackendError;

/// Selects the cryptography provider; without one, reqwest requires a process-wide provider.
#[cfg(all(feature = "rustls", not(feature = "native-tls")))]
pub(super) fn configure(
    builder: reqwest::ClientBuilder,
) -> Result<reqwest::ClientBuilder, BackendError> {
    use std::sync::OnceLock;

    /// The platform's certificates are loaded once: that takes longer than everything else when a client is created.
    static CONFIG: OnceLock<rustls::ClientConfig> = OnceLock::new();

    let config = match CONFIG.get() {
        Some(config) => config,
        None => {
            let config = rustls_config().map_err(BackendError::connect)?;
            CONFIG.get_or_init(|| config)
        }
    };
    Ok(builder.tls_backend_preconfigured(config.clone()))
}

#[cfg(all(feature = "rustls", not(feature = "native-tls")))]
fn rustls_config() -> Result<rustls::ClientConfig, rustls::Error> {
    use rustls_platform_verifier::BuilderVerifierExt;

    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)?
        .with_no_client_auth();
    if cfg!(feature = "http2") {
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    }
    Ok(config)
}

/// Selects the operating system's library.
#[cfg(feature = "native-tls")]
pub(super) fn configure(
    builder: reqwest::ClientBuilder,
) -> Result<reqwest::ClientBuilder, BackendError> {
    Ok(builder.tls_backend_native())
}

/// Without a TLS library, a client can only connect to this machine: a base URL with `https` is rejected before.
#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
pub(super) fn configure(
    builder: reqwest::ClientBuilder,
) -> Result<reqwest::ClientBuilder, BackendError> {
    Ok(builder)
}
