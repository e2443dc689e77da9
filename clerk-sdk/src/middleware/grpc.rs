//! Rejections for gRPC clients, which read a body as messages: the status is in the headers, and there is no body
//! ("Trailers-Only").

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Response};
use percent_encoding::{AsciiSet, CONTROLS, percent_encode};

use super::rejection::Rejection;

/// The bytes that are encoded in `grpc-message`, besides those that are not ASCII.
const ENCODED_IN_MESSAGE: &AsciiSet = &CONTROLS.add(b'%');

/// Returns the response to a rejected gRPC request, or `None` if the request is not one.
pub(super) fn grpc_response(parts: &Parts, rejection: &Rejection) -> Option<Response<Bytes>> {
    let content_type = grpc_content_type(parts)?;
    let mut response = Response::new(Bytes::new());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, content_type.clone());
    let status = HeaderValue::from(rejection.grpc_code());
    headers.insert(HeaderName::from_static("grpc-status"), status);
    let message = rejection.to_string();
    let message = percent_encode(message.as_bytes(), ENCODED_IN_MESSAGE).to_string();
    if let Ok(message) = HeaderValue::try_from(message) {
        headers.insert(HeaderName::from_static("grpc-message"), message);
    }
    Some(response)
}

/// Returns the content type of a request if it is that of gRPC or gRPC-Web.
///
/// Both only send `POST` requests. Caches keep a response with status 200 to a `GET` request, and would send it to other
/// clients that request the same page.
fn grpc_content_type(parts: &Parts) -> Option<&HeaderValue> {
    if parts.method != Method::POST {
        return None;
    }
    let content_type = parts.headers.get(CONTENT_TYPE)?;
    let media_type = content_type.to_str().ok()?.split(';').next()?.trim();
    let (media_type, _) = media_type.split_once('+').unwrap_or((media_type, ""));
    let known = [
        "application/grpc",
        "application/grpc-web",
        "application/grpc-web-text",
    ];
    let is_grpc = known.iter().any(|it| media_type.eq_ignore_ascii_case(it));
    is_grpc.then_some(content_type)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::AuthErrorReason;

    #[test]
    fn only_posted_requests_are_grpc() {
        for (method, is_grpc) in [("POST", true), ("GET", false), ("HEAD", false)] {
            let request = http::Request::builder().method(method);
            let request = request.header(CONTENT_TYPE, "application/grpc").body(());
            let (parts, ()) = request.expect("a request").into_parts();
            let rejection = Rejection::SignedOut(AuthErrorReason::NoToken);
            let response = grpc_response(&parts, &rejection);
            assert_eq!(response.is_some(), is_grpc, "{method}");
        }
    }

    #[test]
    fn grpc_requests_are_recognized_by_their_content_type() {
        for (content_type, is_grpc) in [
            ("application/grpc", true),
            ("application/grpc+proto", true),
            ("Application/gRPC+json; charset=utf-8", true),
            ("application/grpc ; x", true),
            ("application/grpc-web", true),
            ("application/grpc-web+proto", true),
            ("application/grpc-web-text+proto", true),
            ("application/grpcs", false),
            ("application/json", false),
            ("text/application/grpc", false),
            ("", false),
        ] {
            let request = http::Request::post("/").header(CONTENT_TYPE, content_type);
            let (parts, ()) = request.body(()).expect("a request").into_parts();
            let rejection = Rejection::SignedOut(AuthErrorReason::NoToken);
            let response = grpc_response(&parts, &rejection);
            assert_eq!(response.is_some(), is_grpc, "{content_type}");
        }
    }
}
