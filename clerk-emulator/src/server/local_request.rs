//! Who may use what the emulator serves beside the API: only this machine, and no website that a browser on it shows.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request};

/// Returns whether a request without a key may be served: it comes from this machine, is meant for it, and no page of
/// another origin caused it.
///
/// Otherwise, any website that is open in a browser could read and change the state: by a request from its own origin, or
/// by a name of its own that resolves to this machine.
pub(crate) fn is_local_request<B>(request: &Request<B>) -> bool {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let is_peer_local =
        peer.is_some_and(|ConnectInfo(peer)| peer.ip().to_canonical().is_loopback());
    is_peer_local && has_local_host_and_origin(request.headers())
}

fn has_local_host_and_origin(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|it| it.to_str().unwrap_or_default());
    let Some(host) = text("host").filter(|host| is_loopback_host(host)) else {
        return false;
    };
    match text("origin") {
        Some(origin) => origin.strip_prefix("http://") == Some(host),
        None => true,
    }
}

/// Returns whether a host, which may have a port, names this machine.
fn is_loopback_host(host: &str) -> bool {
    let is_port = |port: &str| port.bytes().all(|it| it.is_ascii_digit());
    let name = match host.rsplit_once(':') {
        Some((name, port)) if is_port(port) && !name.is_empty() => name,
        _ => host,
    };
    let address = name.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let address = address.unwrap_or(name).parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|it| it.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_local(peer: &str, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::new(());
        let peer: SocketAddr = peer.parse().expect("an address");
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
    fn a_request_whose_peer_is_unknown_is_not_local() {
        let mut request = Request::new(());
        let host = "localhost".parse().expect("a value");
        request.headers_mut().insert("host", host);
        assert!(!is_local_request(&request));
    }
}
