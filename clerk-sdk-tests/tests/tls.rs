//! Tests of TLS: calls to a loopback server whose certificate the platform trusts or does not trust.
//!
//! A process reads the trusted certificates from the environment only once, so each call is made by a child process
//! that runs this program again.
#![cfg(target_os = "linux")]

mod support;

use std::path::PathBuf;
use std::process::Output;
use std::sync::Arc;

use clerk_sdk::{ClientConfig, Error, user};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer};

/// The environment variable that contains the URL of the server, for the child process.
const URL_VARIABLE: &str = "TLS_TEST_URL";

/// Starts a server with a certificate of a new authority. Returns the base URL and the PEM of the authority.
async fn serve() -> (String, String) {
    let mut authority = CertificateParams::new(Vec::new()).expect("an authority needs no names");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let authority =
        CertifiedIssuer::self_signed(authority, key).expect("the authority signs its certificate");
    let key = KeyPair::generate().expect("a key");
    let names = vec!["localhost".to_owned()];
    let certificate = CertificateParams::new(names).expect("a name");
    let certificate = certificate
        .signed_by(&key, &authority)
        .expect("the certificate is signed");

    let provider = Arc::new(aws_lc_rs::default_provider());
    let private = PrivateKeyDer::try_from(key.serialize_der()).expect("the key is valid");
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("aws-lc supports the default versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .expect("the key belongs to the certificate");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let port = listener.local_addr().expect("the listener is bound").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that does not trust the certificate aborts the handshake.
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let _ = stream.read(&mut [0; 4096]).await;
                let response = b"HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{\"id\":\"user_1\"}";
                let _ = stream.write_all(response).await;
                let _ = stream.shutdown().await;
            }
        }
    });
    (format!("https://localhost:{port}/v1"), authority.pem())
}

/// Calls the server in a child process that trusts the authorities in a PEM file.
async fn call_in_child_process(url: String, trusted: PathBuf) -> Output {
    let test = "call_the_server_of_the_environment";
    support::run_trusting(trusted, test, (URL_VARIABLE, url)).await
}

#[tokio::test]
async fn the_server_certificate_must_be_trusted_by_the_platform() {
    let (url, authority) = serve().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let trusted = folder.path().join("authority.pem");
    std::fs::write(&trusted, authority).expect("the file is written");
    let output = call_in_child_process(url.clone(), trusted).await;
    assert!(output.status.success(), "{output:?}");

    let (_, other_authority) = serve().await;
    let untrusted = folder.path().join("other_authority.pem");
    std::fs::write(&untrusted, other_authority).expect("the file is written");
    let output = call_in_child_process(url, untrusted).await;
    assert!(!output.status.success(), "{output:?}");
    let printed = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
    assert!(
        printed.contains("no connection for GET /users/{user_id}")
            && printed.contains("the certificate of the server is not valid, or not trusted"),
        "{printed}"
    );
}

#[tokio::test]
async fn without_certificates_a_call_fails_at_once_and_says_what_to_do() {
    let (url, _) = serve().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "").expect("the file is written");
    let output = call_in_child_process(url, empty.clone()).await;
    let printed = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
    assert!(
        printed.contains("invalid TLS configuration: no certificates of authorities were loaded")
            && printed.contains("install the package `ca-certificates`")
            && !printed.contains("attempts"),
        "{printed}"
    );

    // Plain http needs no certificates.
    let response = b"HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{\"id\":\"user_1\"}";
    let (url, _) = support::raw_server(response).await;
    let output = call_in_child_process(url, empty).await;
    assert!(output.status.success(), "{output:?}");
}

/// Calls the server in the environment variable. If it is not set, expects the call to fail, so that this also passes
/// as an ordinary test.
#[tokio::test]
async fn call_the_server_of_the_environment() {
    let Ok(url) = std::env::var(URL_VARIABLE) else {
        let error =
            user::Client::new(ClientConfig::new("sk_test_key").base_url("https://localhost:1/v1"))
                .get("user_1")
                .await;
        assert!(
            matches!(error, Err(Error::Transport(_))),
            "nothing listens on the port: {error:?}"
        );
        return;
    };
    let client = user::Client::new(ClientConfig::new("sk_test_key").base_url(url));
    let user = client
        .get("user_1")
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(user.id, "user_1");
}
