//! The organization that a page's URL names is activated by a handshake.

use clerk_sdk::auth::{Authenticator, OrganizationSync};
use http::HeaderValue;
use serde_json::{Value, json};

use super::fixture::{
    NOW, PRODUCTION, authenticator, bearer_request, location, navigation, summary, token,
};

fn syncing() -> Authenticator {
    let sync = OrganizationSync::new()
        .organization_patterns([
            "/orgs/:slug",
            "/orgs/:slug/(.*)",
            "/by-id/:id",
            "/app/:any/orgs/:slug/(.*)",
        ])
        .expect("valid patterns")
        .personal_account_patterns(["/me", "/me/(.*)", "/orgs/(.*)"]);
    authenticator(PRODUCTION).sync_organization(sync.expect("valid patterns"))
}

/// Returns session cookies with this active organization.
fn cookies(organization: &Value) -> String {
    let session = token(json!({"o": organization}));
    format!("__session={session}; __client_uat={}", NOW - 100)
}

fn acme() -> Value {
    json!({"id": "org_acme", "slg": "acme", "rol": "admin"})
}

/// The expectations are what `@clerk/backend` 3.25 does.
#[tokio::test]
async fn page_of_another_organization_starts_a_handshake_that_activates_it() {
    let without_slug = json!({"id": "org_acme", "rol": "admin"});
    // The path, the active organization, and the organization to activate if another one is active.
    for (path, active, expected) in [
        ("/orgs/acme", acme(), None),
        ("/orgs/acme/settings/x", acme(), None),
        ("/orgs/acme/", acme(), None),
        ("/ORGS/acme", acme(), None),
        ("/orgs/other", acme(), Some("other")),
        ("/orgs/other/settings", acme(), Some("other")),
        ("/orgs/Acme", acme(), Some("Acme")),
        ("/orgs/org_acme", acme(), Some("org_acme")),
        ("/orgs/acme", without_slug, Some("acme")),
        ("/orgs/acme", Value::Null, Some("acme")),
        ("/orgs/a%20b/x", acme(), Some("a%20b")),
        ("/by-id/org_acme", acme(), None),
        ("/by-id/org_other", acme(), Some("org_other")),
        ("/by-id/acme", acme(), Some("acme")),
        ("/app/any/orgs/other/", acme(), Some("other")),
        // The patterns of organizations take precedence over `/orgs/(.*)`.
        ("/orgs/", acme(), Some("")),
        ("/me", acme(), Some("")),
        ("/me/settings", acme(), Some("")),
        ("/me", Value::Null, None),
        ("/by-id/org_other/x", acme(), None),
        ("/app/any/orgs/other", acme(), None),
        ("/orgs", acme(), None),
        ("/menu", acme(), None),
        ("//orgs/other", acme(), None),
        ("/", acme(), None),
    ] {
        let parts = navigation(PRODUCTION, path, &cookies(&active));
        let state = syncing().authenticate(&parts).await;
        let Some(expected) = expected else {
            assert_eq!(summary(&state), "signed-in user_1", "{path} {active}");
            continue;
        };
        let reason = "active-organization-mismatch";
        assert_eq!(summary(&state), format!("handshake {reason}"), "{path}");
        let (url, params) = location(&state);
        assert_eq!(url, "https://clerk.emulator.test/v1/client/handshake");
        assert_eq!(params["organization_id"], expected, "{path}");
        assert_eq!(params["__clerk_hs_reason"], reason);
    }
}

#[tokio::test]
async fn handshakes_with_other_reasons_activate_the_organization_too() {
    let parts = navigation(PRODUCTION, "/orgs/other/x", "__client_uat=1");
    let (_, params) = location(&syncing().authenticate(&parts).await);
    assert_eq!(params["organization_id"], "other");
    let parts = navigation(PRODUCTION, "/elsewhere", "__client_uat=1");
    let (_, params) = location(&syncing().authenticate(&parts).await);
    assert!(!params.contains_key("organization_id"));
}

#[tokio::test]
async fn session_is_kept_if_the_organization_cannot_be_activated() {
    let cookies = cookies(&acme());
    let mut call = navigation(PRODUCTION, "/orgs/other", &cookies);
    let destination = HeaderValue::from_static("empty");
    call.headers.insert("sec-fetch-dest", destination);
    let looping = format!("{cookies}; __clerk_redirect_count=3");
    let looping = navigation(PRODUCTION, "/orgs/other", &looping);
    let mut bearer = bearer_request(&token(json!({"o": acme()})));
    bearer.uri = "/orgs/other".parse().expect("a path");
    let destination = HeaderValue::from_static("document");
    bearer.headers.insert("sec-fetch-dest", destination);
    for parts in [call, looping, bearer] {
        let state = syncing().authenticate(&parts).await;
        assert_eq!(summary(&state), "signed-in user_1");
        assert!(state.redirect().is_none() && state.headers().is_empty());
    }
}

#[test]
fn unsupported_patterns_are_rejected() {
    for (pattern, problem) in [
        ("", "must start with a slash"),
        ("orgs/:slug", "must start with a slash"),
        ("/orgs", "needs one parameter"),
        ("/orgs/:name", "needs one parameter"),
        ("/:id/:slug", "needs one parameter"),
        ("/orgs/:", "needs a name"),
        ("/orgs/:slug?", "a segment of its own"),
        ("/orgs/:slug-x", "a segment of its own"),
        ("/orgs/:slug(.*)", "a segment of its own"),
        ("/orgs//:slug", "an empty segment"),
        ("/(.*)/:slug", "a form other than"),
        ("/x:slug", "a form other than"),
        ("/{orgs}/:slug", "a form other than"),
    ] {
        let result = OrganizationSync::new().organization_patterns([pattern]);
        let error = result.expect_err("it is not supported").to_string();
        assert!(error.contains(problem), "{pattern}: {error}");
    }
}
