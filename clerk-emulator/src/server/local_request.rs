//! Who may use what the emulator serves beside the API: only this machine, and no website that a browser on it shows.

use std::net::IpAddr;

use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request};

use super::transport::Peer;

/// Returns whether a request without a key may be served: it comes from this machine, is meant for it, and no page of
/// another origin caused it.
///
/// Otherwise, any website that is open in a browser could read and change the state: by a request from its own origin, or
/// by a name of its own that resolves to this machine.
pub(crate) fn is_local_request<B>(request: &Request<B>) -> bool {
    let peer = request.extensions().get::<ConnectInfo<Peer>>();
    let is_peer_local =
        peer.is_some_and(|ConnectInfo(peer)| peer.address.ip().to_canonical().is_loopback());
    is_peer_local && has_local_host_and_origin(request.headers())
}

/// Returns whether a request of any machine was caused by no website: its host is an address or a name without a dot, such
/// as that of a container, and it comes from no other origin. Websites have names with dots.
pub(crate) fn is_not_from_website<B>(request: &Request<B>) -> bool {
    has_host_and_same_origin(request.headers(), |host| {
        let (name, address) = parse_host(host);
        let is_plain = |it: u8| it.is_ascii_alphanumeric() || b"-_".contains(&it);
        address.is_some() || (!name.is_empty() && name.bytes().all(is_plain))
    })
}

fn has_local_host_and_origin(headers: &HeaderMap) -> bool {
    has_host_and_same_origin(headers, is_loopback_host)
}

fn has_host_and_same_origin(headers: &HeaderMap, is_allowed: impl Fn(&str) -> bool) -> bool {
    let text = |name: &str| headers.get(name).map(|it| it.to_str().unwrap_or_default());
    let Some(host) = text("host").filter(|host| is_allowed(host)) else {
        return false;
    };
    match text("origin") {
        Some(origin) => origin.strip_prefix("http://") == Some(host),
        None => true,
    }
}

/// Returns whether a host, which may have a port, names this machine.
fn is_loopback_host(host: &str) -> bool {
    let (name, address) = parse_host(host);
    name.eq_ignore_ascii_case("localhost") || address.is_some_and(|it| it.is_loopback())
}

/// Returns the name of a host, which may have a port, and the address if it is one.
fn parse_host(host: &str) -> (&str, Option<IpAddr>) {
    let is_port = |port: &str| port.bytes().all(|it| it.is_ascii_digit());
    let name = match host.rsplit_once(':') {
        Some((name, port)) if is_port(port) && !name.is_empty() => name,
        _ => host,
    };
    let address = name.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    (name, address.unwrap_or(name).parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::transport::ResetSwitch;

    fn is_local(peer: &str, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::new(());
        let peer = Peer {
            address: peer.parse().expect("an address"),
            switch: ResetSwitch::default(),
        };
        request.extensions_mut().insert(ConnectInfo(peer));
        for (name, value) in headers {
            let name = axum::http::HeaderName::try_from(*name).expect("a name");
            let value = value.parse().expect("a value");
            request.headers_mut().append(name, value);
        }
        is_local_request(&request)
    }

    const PEER: &str = "127.0.0.1:50000";

    #[test]
    fn requests_of_this_machine_are_local() {
        for host in [
            "127.0.0.1:4000",
            "localhost:4000",
            "LocalHost",
            "[::1]:4000",
            "127.0.0.2",
        ] {
            assert!(is_local(PEER, &[("host", host)]), "{host}");
            assert!(
                is_local("[::ffff:127.0.0.1]:50000", &[("host", host)]),
                "{host}"
            );
            let origin = format!("http://{host}");
            assert!(
                is_local(PEER, &[("host", host), ("origin", &origin)]),
                "{host}"
            );
        }
    }

    #[test]
    fn other_machines_names_and_origins_are_not_local() {
        assert!(!is_local("192.0.2.1:50000", &[("host", "localhost:4000")]));
        assert!(!is_local(PEER, &[]));
        for host in [
            "evil.example",
            "evil.example:4000",
            "localhost.evil.example",
            "",
            ":4000",
            "10.0.0.1",
        ] {
            assert!(!is_local(PEER, &[("host", host)]), "{host}");
        }
        for origin in [
            "null",
            "http://evil.example",
            "http://localhost:3000",
            "https://localhost:4000",
            "",
        ] {
            let headers = [("host", "localhost:4000"), ("origin", origin)];
            assert!(!is_local(PEER, &headers), "{origin}");
        }
    }

    #[test]
    fn websites_have_names_with_dots() {
        let is_allowed = |host: &str| {
            let host = host.parse().expect("a value");
            let mut request = Request::new(());
            request.headers_mut().insert("host", host);
            is_not_from_website(&request)
        };
        for host in [
            "clerk:4000",
            "localhost",
            "192.0.2.1:4000",
            "[2001:db8::1]:4000",
        ] {
            assert!(is_allowed(host), "{host}");
        }
        for host in ["evil.example:4000", "", ":4000", "evil.example."] {
            assert!(!is_allowed(host), "{host}");
        }
    }

    #[test]
    fn a_request_whose_peer_is_unknown_is_not_local() {
        let mut request = Request::new(());
        let host = "localhost".parse().expect("a value");
        request.headers_mut().insert("host", host);
        assert!(!is_local_request(&request));
    }
}
