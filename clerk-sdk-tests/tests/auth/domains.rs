//! Satellite domains, which leave signing in to a primary one.

use clerk_sdk::auth::Authenticator;
use serde_json::json;

use super::{DEVELOPMENT, NOW, PRODUCTION, authenticator, location, navigation, summary, token};

fn satellite(key: &str) -> Authenticator {
    authenticator(key).satellite("satellite.example", "https://app.example.com/sign-in?x=1")
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
