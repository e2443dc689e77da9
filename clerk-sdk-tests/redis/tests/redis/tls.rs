//! A server with TLS: the certificate has to be trusted by the platform.
//!
//! A process reads the trusted certificates from the environment only once, so a child process that runs this program
//! again makes the call.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::{Command, Output};

use clerk_sdk::{RateLimit, RedisFallback, RedisRateLimit};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use crate::recording_backend::{HOUR, RecordingBackend};
use crate::redis_server::RedisServer;

/// The environment variable that contains the URL of the server, for the child process.
const URL_VARIABLE: &str = "REDIS_TLS_TEST_URL";

/// Writes the certificate of a new authority, and one of a server that it has signed with its key, to a folder.
fn write_certificates(folder: &Path) {
    let mut authority = CertificateParams::new(Vec::new()).expect("an authority needs no names");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let authority =
        CertifiedIssuer::self_signed(authority, key).expect("the authority signs its certificate");
    let key = KeyPair::generate().expect("a key");
    let names = vec!["127.0.0.1".to_owned()];
    let certificate = CertificateParams::new(names).expect("an address");
    let certificate = certificate
        .signed_by(&key, &authority)
        .expect("the certificate is signed");
    for (file, content) in [
        ("authority.pem", authority.pem()),
        ("certificate.pem", certificate.pem()),
        ("key.pem", key.serialize_pem()),
    ] {
        std::fs::write(folder.join(file), content).expect("the file is written");
    }
}

/// Makes the call in a child process that trusts the authority of a folder.
async fn call_in_child_process(url: String, trusted: &Path) -> Output {
    let program = std::env::current_exe().expect("the path of this program is known");
    let trusted = trusted.join("authority.pem");
    let run = move || {
        Command::new(program)
            .args(["--exact", "tls::call_the_server_of_the_environment"])
            .arg("--nocapture")
            .env(URL_VARIABLE, url)
            .env("SSL_CERT_FILE", trusted)
            .env_remove("SSL_CERT_DIR")
            .output()
    };
    let output = tokio::task::spawn_blocking(run).await;
    output.expect("no panic").expect("the process starts")
}

#[tokio::test]
async fn a_server_with_tls_is_used_if_the_platform_trusts_its_certificate() {
    let (folder, other) = (tempfile::tempdir(), tempfile::tempdir());
    let (folder, other) = (folder.expect("a folder"), other.expect("a folder"));
    write_certificates(folder.path());
    write_certificates(other.path());
    let Some(redis) = RedisServer::start_with_tls(folder.path()).await else {
        return;
    };
    let output = call_in_child_process(redis.url(), folder.path()).await;
    assert!(output.status.success(), "{output:?}");
    let output = call_in_child_process(redis.url(), other.path()).await;
    assert!(!output.status.success(), "{output:?}");
    let printed = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
    assert!(printed.contains("no connection to Redis"), "{printed}");
}

#[tokio::test]
async fn call_the_server_of_the_environment() {
    let Ok(url) = std::env::var(URL_VARIABLE) else {
        return;
    };
    let limits = RateLimit::new(1, HOUR);
    let limit = RedisRateLimit::new(&url, limits, RedisFallback::Refuse);
    let limit = limit.expect("the URL is valid").max_delay(HOUR);
    limit.connect().await;
    assert_eq!(limit.unavailable_reason(), None);
    let clerk = RecordingBackend::default().clerk(limit);
    let call = clerk.user().get("user_1").await;
    call.expect("Redis grants a permit");
}
