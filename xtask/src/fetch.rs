//! Fetches the bytes of an upstream document from a file or over the network, within limits.

use std::fs::File;
use std::io::Read;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::Url;
use reqwest::redirect::{Action, Attempt, Policy};

/// Far more than any of Clerk's documents; a wrong URL may lead to a larger file.
const MAX_DOCUMENT_BYTES: usize = 20 * 1024 * 1024;
const MAX_REDIRECTS: usize = 10;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(60);

/// Fetches the bytes at a path or a URL.
pub(crate) fn fetch(location: &str) -> Result<Vec<u8>> {
    let bytes = if is_url(location) {
        download(location)?
    } else {
        read_file(location).with_context(|| format!("{location} cannot be read"))?
    };
    if bytes.len() > MAX_DOCUMENT_BYTES {
        bail!(
            "{location} is larger than {MAX_DOCUMENT_BYTES} bytes: it is not an OpenAPI document"
        );
    }
    Ok(bytes)
}

/// Returns whether `location` is a URL rather than a path.
pub(crate) fn is_url(location: &str) -> bool {
    location.starts_with("https://") || location.starts_with("http://")
}

/// Reads a file, up to one byte beyond the limit.
fn read_file(path: &str) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = File::open(path)?;
    file.take(MAX_DOCUMENT_BYTES as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Downloads a document, and stops once it is larger than the limit.
fn download(url: &str) -> Result<Vec<u8>> {
    let client = http_client(url)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the async runtime")?;
    let bytes = runtime.block_on(async {
        let mut response = client.get(url).send().await?.error_for_status()?;
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MAX_DOCUMENT_BYTES {
                break;
            }
        }
        Ok::<_, reqwest::Error>(bytes)
    });
    bytes.with_context(|| format!("{url} cannot be fetched"))
}

fn http_client(url: &str) -> Result<reqwest::Client> {
    let is_plain_http = url.starts_with("http://");
    if is_plain_http && !is_loopback(url) {
        bail!("{url} is not encrypted: use https");
    }
    let mut builder = reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TIMEOUT)
        .redirect(Policy::custom(follow_https_redirect));
    if is_plain_http {
        // A proxy would resolve the loopback address to itself.
        builder = builder.no_proxy();
    }
    builder.build().context("cannot create the HTTP client")
}

/// Follows a limited number of redirects, and only to https URLs.
fn follow_https_redirect(attempt: Attempt<'_>) -> Action {
    if attempt.url().scheme() != "https" {
        attempt.error("the redirect target is not encrypted")
    } else if attempt.previous().len() > MAX_REDIRECTS {
        attempt.error("too many redirects")
    } else {
        attempt.follow()
    }
}

fn is_loopback(url: &str) -> bool {
    let url = Url::parse(url).ok();
    match url.as_ref().and_then(Url::host_str) {
        Some("localhost") => true,
        Some(host) => {
            let address = host.trim_start_matches('[').trim_end_matches(']');
            address
                .parse()
                .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
        }
        None => false,
    }
}
