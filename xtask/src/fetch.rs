//! Reading an upstream document, from a file or from the network.

use std::fs::File;
use std::io::Read;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::redirect::{Attempt, Policy};

/// No document of Clerk's comes near this; a wrong address might.
const MOST_BYTES: usize = 20 * 1024 * 1024;
const MOST_REDIRECTS: usize = 10;
const CONNECT: Duration = Duration::from_secs(10);
const WHOLE: Duration = Duration::from_secs(60);

/// The bytes at a path or a URL.
pub(crate) fn fetch(from: &str) -> Result<Vec<u8>> {
    if is_url(from) {
        download(from)
    } else {
        read(from)
    }
}

/// Whether `from` is an address rather than a path.
pub(crate) fn is_url(from: &str) -> bool {
    from.starts_with("https://") || from.starts_with("http://")
}

fn read(path: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = File::open(path).with_context(|| format!("{path} cannot be read"))?;
    let most = MOST_BYTES as u64 + 1;
    file.take(most)
        .read_to_end(&mut bytes)
        .with_context(|| format!("{path} cannot be read"))?;
    within_limit(bytes, path)
}

fn download(url: &str) -> Result<Vec<u8>> {
    let plain = url.starts_with("http://");
    if plain && !is_loopback(url) {
        bail!("{url} is not encrypted: use https");
    }
    // Another program may have chosen before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut client = reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .timeout(WHOLE)
        .redirect(Policy::custom(redirect));
    if plain {
        // A proxy of the environment would look for this machine's server on its own.
        client = client.no_proxy();
    }
    let client = client.build().context("no HTTP client can be made")?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no runtime can be made")?;
    let bytes = runtime.block_on(async {
        let mut response = client.get(url).send().await?.error_for_status()?;
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MOST_BYTES {
                break;
            }
        }
        Ok::<_, reqwest::Error>(bytes)
    });
    within_limit(
        bytes.with_context(|| format!("{url} cannot be fetched"))?,
        url,
    )
}

/// Follows a few redirects, each to an encrypted address.
fn redirect(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    if attempt.url().scheme() != "https" {
        attempt.error("it redirects to an address that is not encrypted")
    } else if attempt.previous().len() > MOST_REDIRECTS {
        attempt.error("it redirects too often")
    } else {
        attempt.follow()
    }
}

fn is_loopback(url: &str) -> bool {
    let url = reqwest::Url::parse(url).ok();
    match url.as_ref().and_then(reqwest::Url::host_str) {
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

fn within_limit(bytes: Vec<u8>, from: &str) -> Result<Vec<u8>> {
    if bytes.len() > MOST_BYTES {
        bail!("{from} is longer than {MOST_BYTES} bytes, so it is not an API's document");
    }
    Ok(bytes)
}
