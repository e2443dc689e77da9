//! A satellite domain syncs with its primary domain, where users sign in.

use clerk_sdk::auth::Authenticator;
use http::{HeaderValue, Method};
use serde_json::json;

use super::fixture::{
    APP, DEVELOPMENT, NOW, PRODUCTION, authenticator, location, navigation, request, summary,
    token, verifier,
};

fn satellite(key: &str) -> Authenticator {
    let satellite =
        authenticator(key).satellite("satellite.example", "https://app.example.com/sign-in?x=1");
    satellite.expect("a valid satellite domain")
}

#[tokio::test]
async fn satellite_syncs_if_the_url_contains_synced_false() {
    let state = satellite(PRODUCTION)
        .authenticate(&navigation(PRODUCTION, "/", ""))
        .await;
    assert_eq!(summary(&state), "signed-out session-token-and-uat-missing");

    let unsynced = navigation(PRODUCTION, "/a?__clerk_synced=false", "");
    let state = satellite(PRODUCTION).authenticate(&unsynced).await;
    assert_eq!(summary(&state), "handshake satellite-needs-syncing");
    assert_eq!(
        location(&state).0,
        "https://clerk.satellite.example/v1/client/handshake"
    );

    let synced = navigation(PRODUCTION, "/a?__clerk_synced=true", "");
    let state = satellite(PRODUCTION).authenticate(&synced).await;
    assert_eq!(summary(&state), "signed-out session-token-and-uat-missing");

    let own = token(json!({"iss": "https://clerk.satellite.example"}));
    let cookies = format!("__session={own}; __client_uat={}", NOW - 100);
    let state = satellite(PRODUCTION)
        .authenticate(&navigation(PRODUCTION, "/", &cookies))
        .await;
    assert_eq!(summary(&state), "signed-in user_1");
}

#[tokio::test]
async fn cookies_without_suffix_are_those_of_the_satellites_own_frontend_api() {
    let none = "signed-out session-token-and-uat-missing";
    let (primary_issuer, own_issuer) = (
        "https://clerk.emulator.test",
        "https://clerk.satellite.example",
    );
    for (key, issuer, plain) in [
        (PRODUCTION, own_issuer, "signed-in user_1"),
        (PRODUCTION, primary_issuer, none),
        (DEVELOPMENT, own_issuer, none),
        (DEVELOPMENT, primary_issuer, "signed-in user_1"),
    ] {
        let (session, uat) = (token(json!({"iss": issuer})), NOW - 100);
        let unsuffixed = format!("__clerk_db_jwt=d; __session={session}; __client_uat={uat}");
        let suffixed = format!("__session_{{s}}={session}; __client_uat_{{s}}={uat}");
        let both = format!("{unsuffixed}; {suffixed}");
        for (cookies, expected) in [(&unsuffixed, plain), (&both, "signed-in user_1")] {
            let parts = navigation(key, "/?__clerk_synced=true", cookies);
            let state = satellite(key).authenticate(&parts).await;
            assert_eq!(summary(&state), expected, "{key} {issuer}");
        }
    }
}

#[tokio::test]
async fn satellite_in_development_syncs_through_the_sign_in_page() {
    let unsynced = navigation(DEVELOPMENT, "/a?__clerk_synced=false", "");
    let state = satellite(DEVELOPMENT).authenticate(&unsynced).await;
    let (address, params) = location(&state);
    assert_eq!(address, "https://app.example.com/sign-in");
    assert_eq!(params["x"], "1");
    assert_eq!(
        params["__clerk_redirect_url"],
        "https://app.example.com/a?__clerk_synced=false"
    );

    let count_cookie = state.headers()["set-cookie"]
        .to_str()
        .expect("an ASCII header");
    assert!(count_cookie.starts_with("__clerk_redirect_count=1;"));
    let looping = navigation(
        DEVELOPMENT,
        "/a?__clerk_synced=false",
        "__clerk_redirect_count=3",
    );
    let state = satellite(DEVELOPMENT).authenticate(&looping).await;
    assert_eq!(summary(&state), "signed-out handshake-loop");

    let synced = navigation(
        DEVELOPMENT,
        "/a?__clerk_synced=true&__clerk_db_jwt=dvb_1",
        "",
    );
    let state = satellite(DEVELOPMENT).authenticate(&synced).await;
    assert_eq!(summary(&state), "handshake dev-browser-sync");
}

#[tokio::test]
async fn primary_domain_returns_browsers_to_authorized_satellites_only() {
    let verifier = verifier().authorized_parties([APP, "http://satellite.test:4000"]);
    let verifier = verifier.expect("two origins");
    let primary = authenticator(DEVELOPMENT).verifier(verifier);
    let return_to = |target: &str| {
        let uri = format!("/sign-in?__clerk_redirect_url={target}");
        navigation(DEVELOPMENT, &uri, "__clerk_db_jwt=dvb_1")
    };
    let authorized =
        return_to("http%3A%2F%2Fsatellite.test%3A4000%2Fa%3Fb%3D1%26__clerk_synced%3Dfalse");
    let state = primary.authenticate(&authorized).await;
    assert_eq!(summary(&state), "handshake primary-responds-to-syncing");
    let (address, params) = location(&state);
    assert_eq!(address, "http://satellite.test:4000/a");
    assert_eq!(params["b"], "1");
    assert_eq!(params["__clerk_synced"], "true");
    assert_eq!(params["__clerk_db_jwt"], "dvb_1");

    // Only navigations are redirected.
    for (method, destination) in [(Method::POST, "document"), (Method::GET, "empty")] {
        let mut call = authorized.clone();
        call.method = method;
        let destination = HeaderValue::from_static(destination);
        call.headers.insert("sec-fetch-dest", destination);
        let state = primary.authenticate(&call).await;
        assert_eq!(summary(&state), "signed-out session-token-and-uat-missing");
        assert!(state.redirect().is_none());
    }

    // Anyone can create a link, so the browser's credential is sent to authorized parties only.
    for target in [
        "https://evil.example/",
        "http://satellite.test:4000.evil.example/",
        "http://satellite.test:4000@evil.example/",
        "https://satellite.test:4000/",
        "//evil.example",
        "/relative",
        "javascript:alert(1)",
        "malformed url",
    ] {
        let target = target
            .replace(':', "%3A")
            .replace('/', "%2F")
            .replace(' ', "%20")
            .replace('@', "%40");
        let state = primary.authenticate(&return_to(&target)).await;
        assert_eq!(
            summary(&state),
            "signed-out session-token-and-uat-missing",
            "{target}"
        );
        assert!(state.redirect().is_none());
    }
    // Production instances sync by handshakes instead.
    let state = authenticator(PRODUCTION).authenticate(&authorized).await;
    assert!(state.redirect().is_none());
}

#[tokio::test]
async fn sync_satellite_syncs_every_browser_without_session_cookies() {
    let satellite = satellite(PRODUCTION).sync_satellite();
    let own = token(json!({"iss": "https://clerk.satellite.example"}));
    let cookies = format!("__session={own}; __client_uat={}", NOW - 100);
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
    let call = request("/", &[("sec-fetch-dest", "empty")]);
    let state = satellite.authenticate(&call).await;
    assert_eq!(summary(&state), "signed-out session-token-and-uat-missing");
}

#[tokio::test]
async fn sign_in_url_may_have_a_fragment() {
    let satellite = authenticator(DEVELOPMENT).satellite("localhost:3001", "http://localhost/#/in");
    let satellite = satellite.expect("a valid satellite domain");
    let unsynced = navigation(DEVELOPMENT, "/a?__clerk_synced=false", "");
    let state = satellite.authenticate(&unsynced).await;
    let location = state.redirect().expect("a redirect").to_str();
    let location = location.expect("a URL is ASCII");
    assert!(
        location.starts_with("http://localhost/?__clerk_redirect_url="),
        "{location}"
    );
    assert!(location.ends_with("#/in"), "{location}");
}

#[test]
fn invalid_satellite_configuration_is_rejected() {
    for (domain, sign_in_url, expected) in [
        (
            "",
            "https://app.example.com/in",
            "invalid domain: it must be a host",
        ),
        (
            "https://satellite.example",
            "https://app.example.com/in",
            "invalid domain: it must be a host",
        ),
        ("satellite.example", "", "must be absolute"),
        ("satellite.example", "/sign-in", "must be absolute"),
        (
            "satellite.example",
            "app.example.com/in",
            "must be absolute",
        ),
        (
            "satellite.example",
            "ftp://app.example.com",
            "must be absolute",
        ),
        (
            "satellite.example",
            "https://satellite.example/in",
            "not on the satellite domain",
        ),
    ] {
        let result = authenticator(PRODUCTION).satellite(domain, sign_in_url);
        let error = result.expect_err("an invalid satellite domain").to_string();
        assert!(error.contains(expected), "{domain} {sign_in_url}: {error}");
    }
}
