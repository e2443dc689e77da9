//! Calls of the default client, which uses HTTP/2 if TLS negotiates it.
//!
//! A process reads the trusted certificates from the environment only once, so the calls are made by a child process
//! that runs this program again.

use std::sync::Arc;

use clerk_sdk::user;
use futures_util::future::join_all;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer};

use crate::calls::config;
use crate::interruption::{INTERNAL_ERROR, Interruption, NO_ERROR, Processed, go_away};
use crate::server::{Plan, Protocol, start_with_tls};
use crate::support::run_trusting;

/// The environment variable that contains the URLs of the servers, for the child process.
const URLS_VARIABLE: &str = "INTERRUPTIONS_TEST_URLS";

/// The test that the child process runs.
const TEST: &str = "tls_calls::an_interruption_loses_no_idempotent_call_of_the_default_client";

const UNDER_WAY: usize = 200;

/// Creates a certificate that is its own authority. Returns its PEM too.
fn acceptor() -> (TlsAcceptor, String) {
    let names = ["localhost".to_owned()];
    let own = rcgen::generate_simple_self_signed(names).expect("a certificate");
    let private = PrivateKeyDer::try_from(own.signing_key.serialize_der()).expect("a valid key");
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("aws-lc supports the default versions")
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], private)
        .expect("the key belongs to the certificate");
    config.alpn_protocols = vec![b"h2".to_vec()];
    (TlsAcceptor::from(Arc::new(config)), own.cert.pem())
}

#[tokio::test]
async fn an_interruption_loses_no_idempotent_call_of_the_default_client() {
    if let Ok(urls) = std::env::var(URLS_VARIABLE) {
        return call_servers(&urls).await;
    }
    let (acceptor, certificate) = acceptor();
    let interruptions = [
        Interruption::Status(503, None),
        Interruption::Reset,
        Interruption::RefusedStream,
        go_away(NO_ERROR, Processed::None, false),
        go_away(INTERNAL_ERROR, Processed::All, true),
        Interruption::Frozen,
    ];
    let servers = interruptions.map(|interruption| {
        let plan = Plan {
            protocol: Protocol::Http2,
            warm_up: 1,
            under_way: UNDER_WAY,
            interruption,
        };
        start_with_tls(plan, acceptor.clone())
    });
    let (urls, arrivals): (Vec<_>, Vec<_>) = join_all(servers).await.into_iter().unzip();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let trusted = folder.path().join("certificate.pem");
    std::fs::write(&trusted, certificate).expect("the file is written");
    let output = run_trusting(trusted, TEST, (URLS_VARIABLE, urls.join(" "))).await;
    assert!(output.status.success(), "{output:?}");
    for (interruption, arrivals) in interruptions.iter().zip(arrivals) {
        assert_eq!(arrivals.count(), 1 + 2 * UNDER_WAY, "{interruption:?}");
    }
}

/// Makes the calls in the child process.
async fn call_servers(urls: &str) {
    let calls = urls.split(' ').map(|url| async move {
        let client = user::Client::new(config(url));
        client.get("user_1").await.expect("the warm-up succeeds");
        let results = join_all((0..UNDER_WAY).map(|_| client.get("user_1"))).await;
        for result in results {
            result.unwrap_or_else(|error| panic!("{url}: {error}"));
        }
    });
    join_all(calls).await;
}
