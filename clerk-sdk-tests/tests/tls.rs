//! TLS for real: a server on loopback with a certificate that the platform trusts, or does not.
//!
//! Which certificates the platform trusts is read from the environment once in a process, so the
//! calls are made by this program started again.
#![cfg(target_os = "linux")]

use std::process::{Command, Output};
use std::sync::Arc;

use clerk_sdk::{ClientConfig, Error, user};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};

/// Where the program that is started again finds the server.
const URL: &str = "TLS_TEST_URL";

/// A server with a certificate of an authority of its own; gives its address and that authority.
async fn serve() -> (String, String) {
    let mut authority = CertificateParams::new(Vec::new()).expect("no names are fine");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let authority = CertifiedIssuer::self_signed(authority, key).expect("it signs itself");
    let key = KeyPair::generate().expect("a key");
    let names = vec!["localhost".to_owned()];
    let certificate = CertificateParams::new(names).expect("a name");
    let certificate = certificate
        .signed_by(&key, &authority)
        .expect("it is signed");

    let provider = Arc::new(ring::default_provider());
    let private = PrivateKeyDer::try_from(key.serialize_der()).expect("it is a key");
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has them")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .expect("they belong together");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A caller that does not trust the certificate ends the handshake.
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let _ = stream.read(&mut [0; 4096]).await;
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{\"id\":\"user_1\"}";
                let _ = stream.write_all(answer).await;
                let _ = stream.shutdown().await;
            }
        }
    });
    (format!("https://localhost:{port}/v1"), authority.pem())
}

/// Starts this program again for one test, with its own idea of what to trust.
async fn call(url: String, trusted: std::path::PathBuf) -> Output {
    let program = std::env::current_exe().expect("it runs");
    tokio::task::spawn_blocking(move || {
        Command::new(program)
            .args(["--exact", "the_call_itself", "--nocapture"])
            .env(URL, url)
            .env("SSL_CERT_FILE", &trusted)
            .env_remove("SSL_CERT_DIR")
            .output()
            .expect("it starts")
    })
    .await
    .expect("it ends")
}

#[tokio::test]
async fn the_key_goes_over_tls_to_a_server_the_platform_trusts_and_to_no_other() {
    let (url, authority) = serve().await;
    let folder = tempfile::tempdir().expect("a folder");
    let trusted = folder.path().join("authority.pem");
    std::fs::write(&trusted, authority).expect("it is written");
    let output = call(url.clone(), trusted).await;
    assert!(output.status.success(), "{output:?}");

    let (_, stranger) = serve().await;
    let untrusted = folder.path().join("stranger.pem");
    std::fs::write(&untrusted, stranger).expect("it is written");
    let output = call(url, untrusted).await;
    assert!(!output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains("no connection for GET /users/{user_id}"),
        "{said}"
    );
}

/// Calls the server that the environment names; without one, there is nothing to call.
#[tokio::test]
async fn the_call_itself() {
    let Ok(url) = std::env::var(URL) else {
        let error =
            user::Client::new(ClientConfig::new("sk_test_key").base_url("https://localhost:1/v1"))
                .get("user_1")
                .await;
        assert!(
            matches!(error, Err(Error::Transport(_))),
            "nobody listens there: {error:?}"
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
