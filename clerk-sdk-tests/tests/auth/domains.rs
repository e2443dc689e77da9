//! Satellite domains, which leave signing in to a primary one.

use clerk_sdk::auth::Authenticator;
use http::{HeaderValue, Method};
use serde_json::json;

use super::{DEVELOPMENT, NOW, PRODUCTION, authenticator, location, navigation, summary, token};

fn satellite(key: &str) -> Authenticator {
    let satellite =
        authenticator(key).satellite("satellite.example", "https://app.example.com/sign-in?x=1");
    satellite.expect("it is one")
}

#[tokio::test]
async fn a_satellite_asks_when_it_is_told_to() {
    let state = satellite(PRODUCTION)
        .authenticate(&navigation(PRODUCTION, "/", ""))
        .await;
    assert_eq!(summary(&state), "signed-out session-token-and-uat-missing");

    let asking = navigation(PRODUCTION, "/a?__clerk_synced=false", "");
    let state = satellite(PRODUCTION).authenticate(&asking).await;
    assert_eq!(summary(&state), "handshake satellite-needs-syncing");
    assert_eq!(
        location(&state).0,
        "https://clerk.satellite.example/v1/client/handshake"
    );

    let answered = navigation(PRODUCTION, "/a?__clerk_synced=true", "");
    let state = satellite(PRODUCTION).authenticate(&answered).await;
    assert_eq!(summary(&state), "signed-out session-token-and-uat-missing");

    let cookies = format!("__session={}; __client_uat={}", token(json!({})), NOW - 100);
    let state = satellite(PRODUCTION)
        .authenticate(&navigation(PRODUCTION, "/", &cookies))
        .await;
    assert_eq!(summary(&state), "signed-in user_1");
}

#[tokio::test]
async fn a_satellite_in_development_asks_by_the_sign_in_page() {
    let asking = navigation(DEVELOPMENT, "/a?__clerk_synced=false", "");
    let state = satellite(DEVELOPMENT).authenticate(&asking).await;
    let (address, params) = location(&state);
    assert_eq!(address, "https://app.example.com/sign-in");
    assert_eq!(params["x"], "1");
    assert_eq!(
        params["__clerk_redirect_url"],
        "https://app.example.com/a?__clerk_synced=false"
    );

    let counted = state.headers()["set-cookie"].to_str().expect("it is text");
    assert!(counted.starts_with("__clerk_redirect_count=1;"));
    let again = navigation(
        DEVELOPMENT,
        "/a?__clerk_synced=false",
        "__clerk_redirect_count=3",
    );
    let state = satellite(DEVELOPMENT).authenticate(&again).await;
    assert_eq!(summary(&state), "signed-out handshake-loop");

    let answered = navigation(
        DEVELOPMENT,
        "/a?__clerk_synced=true&__clerk_db_jwt=dvb_1",
        "",
    );
    let state = satellite(DEVELOPMENT).authenticate(&answered).await;
    assert_eq!(summary(&state), "handshake dev-browser-sync");
}

#[tokio::test]
async fn the_primary_domain_answers_satellites_that_it_knows() {
    let verifier = super::verifier().authorized_parties([super::APP, "http://satellite.test:4000"]);
    let primary = authenticator(DEVELOPMENT).verifier(verifier);
    let asked = |target: &str| {
        let uri = format!("/sign-in?__clerk_redirect_url={target}");
        navigation(DEVELOPMENT, &uri, "__clerk_db_jwt=dvb_1")
    };
    let known = asked("http%3A%2F%2Fsatellite.test%3A4000%2Fa%3Fb%3D1%26__clerk_synced%3Dfalse");
    let state = primary.authenticate(&known).await;
    assert_eq!(summary(&state), "handshake primary-responds-to-syncing");
    let (address, params) = location(&state);
    assert_eq!(address, "http://satellite.test:4000/a");
    assert_eq!(params["b"], "1");
    assert_eq!(params["__clerk_synced"], "true");
    assert_eq!(params["__clerk_db_jwt"], "dvb_1");

    // A call is not sent anywhere: it is what its cookies say.
    for (method, destination) in [(Method::POST, "document"), (Method::GET, "empty")] {
        let mut call = known.clone();
        call.method = method;
        let destination = HeaderValue::from_static(destination);
        call.headers.insert("sec-fetch-dest", destination);
        let state = primary.authenticate(&call).await;
        assert_eq!(summary(&state), "signed-out session-token-and-uat-missing");
        assert!(state.redirect().is_none());
    }

    // Anybody can write a link: the name of the browser goes to nobody else.
    for target in [
        "https://evil.example/",
        "http://satellite.test:4000.evil.example/",
        "http://satellite.test:4000@evil.example/",
        "https://satellite.test:4000/",
        "//evil.example",
        "/relative",
        "javascript:alert(1)",
        "odd url",
    ] {
        let target = target
            .replace(':', "%3A")
            .replace('/', "%2F")
            .replace(' ', "%20")
            .replace('@', "%40");
        let state = primary.authenticate(&asked(&target)).await;
        assert_eq!(
            summary(&state),
            "signed-out session-token-and-uat-missing",
            "{target}"
        );
        assert!(state.redirect().is_none());
    }
    // In production this is nobody's way of asking.
    let state = authenticator(PRODUCTION).authenticate(&known).await;
    assert!(state.redirect().is_none());
}

#[tokio::test]
async fn a_satellite_may_ask_about_every_browser_without_cookies() {
    let satellite = satellite(PRODUCTION).sync_satellite();
    let cookies = format!("__session={}; __client_uat={}", token(json!({})), NOW - 100);
    for (uri, cookies, expected) in [
        ("/", "", "handshake satellite-needs-syncing"),
        ("/", "__client_uat=0", "handshake satellite-needs-syncing"),
        (
            "/?__clerk_synced=true",
            "",
            "signed-out session-token-and-uat-missing",
        ),
        ("/", &cookies, "signed-in user_1"),
    ] {
        let parts = navigation(PRODUCTION, uri, cookies);
        let state = satellite.authenticate(&parts).await;
        assert_eq!(summary(&state), expected, "{uri} {cookies}");
    }
    let call = super::request("/", &[("sec-fetch-dest", "empty")]);
    let state = satellite.authenticate(&call).await;
    assert_eq!(summary(&state), "signed-out session-token-and-uat-missing");
}

#[tokio::test]
async fn a_sign_in_page_may_be_in_the_fragment() {
    let satellite = authenticator(DEVELOPMENT).satellite("localhost:3001", "http://localhost/#/in");
    let satellite = satellite.expect("it is one");
    let asking = navigation(DEVELOPMENT, "/a?__clerk_synced=false", "");
    let state = satellite.authenticate(&asking).await;
    let location = state.redirect().expect("it is sent").to_str();
    let location = location.expect("an address is text");
    assert!(
        location.starts_with("http://localhost/?__clerk_redirect_url="),
        "{location}"
    );
    assert!(location.ends_with("#/in"), "{location}");
}

#[test]
fn what_cannot_be_a_satellite_is_refused_when_it_is_set() {
    for (domain, sign_in_url, what) in [
        ("", "https://app.example.com/in", "its domain is a host"),
        (
            "https://satellite.example",
            "https://app.example.com/in",
            "its domain is a host",
        ),
        ("satellite.example", "", "is not whole"),
        ("satellite.example", "/sign-in", "is not whole"),
        ("satellite.example", "app.example.com/in", "is not whole"),
        ("satellite.example", "ftp://app.example.com", "is not whole"),
        (
            "satellite.example",
            "https://satellite.example/in",
            "the satellite's own",
        ),
    ] {
        let refused = authenticator(PRODUCTION).satellite(domain, sign_in_url);
        let error = refused.expect_err("it is none").to_string();
        assert!(error.contains(what), "{domain} {sign_in_url}: {error}");
    }
}
