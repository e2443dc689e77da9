//! Tests of what a session contains.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use clerk_sdk::jwt::{FeatureScope, Reverification, TokenSessionStatus};
use clerk_sdk::test_util::TestSession;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{MINUTE, ada, now};

#[test]
fn a_session_is_as_it_is_described() {
    let session = ada().auth();
    let claims = session.claims();
    assert_eq!(session.user_id(), "user_ada");
    assert_eq!(session.session_id(), "sess_ada");
    assert_eq!(claims.issuer(), Some("https://clerk.app.example.com"));
    assert_eq!(claims.authorized_party(), Some("https://app.example.com"));
    assert_eq!(claims.audience(), ["api"]);
    assert_eq!(claims.version(), 2);
    assert_eq!(claims.actor().map(|it| it.subject()), Some("user_support"));
    assert_eq!(claims.first_factor_age(), Some(MINUTE * 3));
    assert_eq!(claims.second_factor_age(), Some(MINUTE * 70));
    assert_eq!(
        Value::from(claims.custom().clone()),
        json!({"tier": "gold"})
    );
    let organization = session.organization().expect("an organization");
    assert_eq!(
        (organization.id, organization.slug),
        ("org_1", Some("acme"))
    );
    assert_eq!(organization.role, Some("org:admin"));
    let permissions = ["org:teams:read", "org:teams:manage", "org:invoices:read"];
    assert_eq!(organization.permissions(), permissions);
    let features: Vec<_> = claims.features().collect();
    assert_eq!(
        features,
        [
            (FeatureScope::User, "beta"),
            (FeatureScope::Both, "teams"),
            (FeatureScope::Organization, "export"),
            (FeatureScope::Organization, "invoices"),
        ]
    );
    let has = || session.has();
    assert!(has().role("admin").permission("teams:read").is_granted());
    assert!(has().plan("org:pro").plan("user:plus").is_granted());
    assert!(!has().permission("invoices:manage").is_granted());
    assert!(!has().permission("beta:read").is_granted());
    assert!(!has().reverification(Reverification::STRICT).is_granted());
}

#[test]
fn a_user_has_just_signed_in_by_default() {
    let session = TestSession::new("user_1").issued_at(now()).auth();
    let claims = session.claims();
    let seconds = |seconds: u64| Some(Duration::from_secs(seconds));
    let since_now = |at: clerk_sdk::Timestamp| SystemTime::from(at).duration_since(now()).ok();
    assert_eq!(since_now(claims.expires_at()), seconds(3600));
    assert_eq!(claims.issued_at().and_then(since_now), seconds(0));
    assert_eq!(claims.status(), &TokenSessionStatus::Active);
    assert!(session.organization().is_none());
    assert_eq!(claims.custom(), &Map::new());
    let has = || session.has();
    assert!(has().reverification(Reverification::STRICT).is_granted());
    assert!(!has().role("admin").is_granted() && !has().plan("pro").is_granted());
}

#[test]
fn a_session_that_cannot_exist_is_a_mistake_in_the_test() {
    let user = || TestSession::new("user_1");
    let member = || user().organization("org_1", "member");
    for (session, message) in [
        (
            user().permissions(["org:invoices:read"]),
            "the session has permissions, but no organization",
        ),
        (
            user().features(["org:export"]),
            "`org:export` belongs to an organization, but the session has none",
        ),
        (
            user().plan("org:pro"),
            "`org:pro` belongs to an organization, but the session has none",
        ),
        (
            member().permissions(["org:sys_memberships:read"]),
            "session tokens have no system permissions such as `org:sys_memberships:read`",
        ),
        (
            member().permissions(["read"]),
            "a permission is `org:feature:permission`, not `read`",
        ),
        (
            member().permissions(["org:a,b:read"]),
            "`org:a,b:read` is not a feature, plan or permission",
        ),
        (
            member().features(["team:export"]),
            "a feature or plan is `slug`, `org:slug` or `user:slug`, not `team:export`",
        ),
        (
            user().claim("azp", 7),
            "not the claims of a session: the claim `azp` of the token is invalid",
        ),
    ] {
        let panicked = std::panic::catch_unwind(|| session.auth());
        let panic = panicked.expect_err("the session cannot exist");
        let shown = match panic.downcast::<String>() {
            Ok(message) => *message,
            Err(panic) => (*panic.downcast::<&str>().expect("a message")).to_owned(),
        };
        assert_eq!(shown, message);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn a_session_has_the_permissions_that_it_was_given_and_no_others(
        features in prop::collection::vec("(org:|user:)?[abc]", 0..6),
        permissions in prop::collection::btree_set("org:[abcd]:[klmn]", 0..12),
    ) {
        let session = TestSession::new("user_1").organization("org_1", "member");
        let session = session.features(features.clone()).permissions(permissions.clone()).auth();
        let own = session.organization().expect("an organization").permissions();
        prop_assert_eq!(&own.into_iter().collect::<BTreeSet<_>>(), &permissions);
        for feature in features {
            prop_assert!(session.has().feature(&feature).is_granted(), "{}", feature);
        }
        for permission in permissions {
            let feature = permission.rsplit_once(':').expect("a feature").0;
            prop_assert!(session.has().feature(feature).is_granted(), "{}", feature);
        }
    }
}
