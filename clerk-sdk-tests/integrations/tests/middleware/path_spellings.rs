//! Paths that lead to the gated routes `/required` and `/shop/page`, or that something may take for them.

use super::app::App;
use super::raw_request::send_raw;

/// Checks that no spelling of the path of a gated route admits a signed-out request.
pub(crate) async fn run(app: &App) {
    for path in [
        "/required",
        "/required/",
        "//required",
        "/./required",
        "/x/../required",
        "/x/%2e%2e/required",
        "/%72equired",
        "/required%2f",
        "/%2frequired",
        "/required?x",
        "/Required",
        "/required.",
        "/required%20",
        "/x%2f..%2frequired",
        "/x\\..\\required",
        "/%2572equired",
        "/shop/../required",
        "/shop/page",
        "//shop/page",
        "/shop//page",
        "/shop/./page",
        "/shop/x/../page",
        "/%73hop/page",
        "/shop/%70age",
        "/shop%2fpage",
        "/x/../shop/page",
        "/shop/page/",
        "http://a/shop/page",
        "http://a//required",
        "http://a/x/../required",
    ] {
        let (status, body) = send_raw(app, "GET", path).await;
        // A handler that is reached without the gate responds with 500.
        let is_expected = [301, 308, 400, 401, 404].contains(&status);
        assert!(is_expected, "{path}: {status} {body}");
    }
}
