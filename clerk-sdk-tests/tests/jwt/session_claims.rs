//! Tests of the claims of a verified session token, in both versions of the format.

use std::time::Duration;

use clerk_sdk::jwt::{
    FeatureScope, TokenErrorKind, TokenSessionStatus, Verifier, decode_unverified,
};
use clerk_sdk_tests::Signer;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Clock, NOW, claims, claims_with, verify};

#[test]
fn a_token_of_version_2_has_user_session_and_organization() {
    let session = verify(&claims_with(json!({
        "fva": [3, -1], "pla": "o:pro,u:free", "fea": "o:dashboard,o:teams,u:export",
        "o": {"id": "org_1", "slg": "acme", "rol": "admin", "per": "manage,read", "fpm": "3,2,0"},
    })));
    let session = session.expect("the token is valid");
    assert_eq!(
        (session.user_id(), session.session_id()),
        ("user_1", "sess_1")
    );
    let claims = session.claims();
    assert_eq!(claims.issuer(), Some("https://clerk.example.com"));
    assert_eq!(claims.authorized_party(), Some("https://app.example.com"));
    assert_eq!(claims.id(), Some("token_1"));
    assert_eq!(claims.expires_at().as_millis(), (NOW as i64 + 50) * 1000);
    assert_eq!(
        (claims.version(), claims.status()),
        (2, &TokenSessionStatus::Active)
    );
    assert_eq!(claims.first_factor_age(), Some(Duration::from_secs(180)));
    assert_eq!(claims.second_factor_age(), None);
    let organization = session.organization().expect("an organization is active");
    assert_eq!(organization.id, "org_1");
    assert_eq!(organization.slug, Some("acme"));
    assert_eq!(organization.role, Some("org:admin"));
    let permissions = [
        "org:dashboard:manage",
        "org:dashboard:read",
        "org:teams:read",
    ];
    assert_eq!(organization.permissions(), permissions);
    let features: Vec<_> = claims.features().collect();
    assert_eq!(
        features,
        [
            (FeatureScope::Organization, "dashboard"),
            (FeatureScope::Organization, "teams"),
            (FeatureScope::User, "export"),
        ]
    );
    let plans: Vec<_> = claims.plans().collect();
    assert_eq!(
        plans,
        [
            (FeatureScope::Organization, "pro"),
            (FeatureScope::User, "free")
        ]
    );
}

#[test]
fn a_token_of_version_1_has_the_same_organization() {
    let session = verify(&claims_with(json!({
        "v": null, "sts": null, "jti": null, "org_id": "org_1", "org_slug": "acme",
        "org_role": "org:admin", "org_permissions": ["org:teams:read"],
    })));
    let session = session.expect("the token is valid");
    let organization = session.organization().expect("an organization is active");
    assert_eq!(organization.id, "org_1");
    assert_eq!(organization.slug, Some("acme"));
    assert_eq!(organization.role, Some("org:admin"));
    assert_eq!(organization.permissions(), ["org:teams:read"]);
    assert_eq!(
        (session.claims().version(), session.claims().status()),
        (1, &TokenSessionStatus::Active)
    );
}

#[test]
fn a_null_claim_counts_as_absent() {
    let claims = json!({
        "v": null, "org_id": "org_1", "org_slug": null, "org_role": null, "org_permissions": null,
        "act": null, "azp": null, "fva": null,
    });
    let mut all = claims_with(json!({"v": null, "org_id": "org_1"}));
    for (name, value) in claims.as_object().expect("an object") {
        all[name] = value.clone();
    }
    let session = verify(&all).expect("the token is valid");
    let organization = session.organization().expect("an organization is active");
    assert_eq!((organization.slug, organization.role), (None, None));
    assert!(organization.permissions().is_empty() && session.claims().actor().is_none());
    all["org_id"] = Value::Null;
    assert!(
        verify(&all)
            .expect("the token is valid")
            .organization()
            .is_none()
    );
    all["v"] = json!(2);
    all["o"] = Value::Null;
    assert!(
        verify(&all)
            .expect("the token is valid")
            .organization()
            .is_none()
    );
}

#[test]
fn claims_of_the_other_version_are_custom_claims() {
    // A customized session token of version 1 may have a claim `o`.
    let session = verify(&claims_with(json!({"v": null, "o": {"id": "org_1"}}))).expect("valid");
    assert!(session.organization().is_none());
    assert_eq!(session.claims().custom()["o"], json!({"id": "org_1"}));
    let mut claims = claims_with(json!({"v": null}));
    claims["o"] = Value::Null;
    assert!(verify(&claims).expect("valid").claims().custom().is_empty());
    let session = verify(&claims_with(json!({"org_id": "org_1"}))).expect("valid");
    assert!(session.organization().is_none());
    assert_eq!(session.claims().custom()["org_id"], json!("org_1"));
}

#[test]
fn an_organization_without_permissions_has_none() {
    for compact in [
        json!({"id": "org_1"}),
        json!({"id": "org_1", "per": "read"}),
        json!({"id": "org_1", "fpm": "1"}),
    ] {
        let claims = claims_with(json!({"fea": "o:teams", "o": compact}));
        let session = verify(&claims).expect("valid");
        let organization = session.organization().expect("an organization is active");
        assert!(organization.permissions().is_empty() && organization.role.is_none());
    }
    assert!(verify(&claims()).expect("valid").organization().is_none());
}

#[test]
fn an_impersonating_actor_is_returned() {
    let act = json!({"sub": "user_admin", "iss": "https://dashboard.example", "sid": "sess_9"});
    let session = verify(&claims_with(json!({"act": act}))).expect("valid");
    let actor = session.claims().actor().expect("the session has an actor");
    assert_eq!(actor.subject(), "user_admin");
    assert_eq!(actor.details()["sid"], "sess_9");
    assert!(verify(&claims()).expect("valid").claims().actor().is_none());
}

#[test]
fn custom_claims_deserialize_into_your_own_type() {
    #[derive(Deserialize)]
    struct Mine {
        tier: String,
        seats: Vec<u32>,
    }
    let session = verify(&claims_with(
        json!({"tier": "gold", "seats": [1, 2], "more": null}),
    ));
    let session = session.expect("valid");
    let mine: Mine = session.claims().custom_as().expect("they match the type");
    assert_eq!((mine.tier.as_str(), &mine.seats[..]), ("gold", &[1, 2][..]));
    assert_eq!(
        session.claims().custom().len(),
        2,
        "Clerk's own claims are not among them"
    );
    assert!(session.claims().custom_as::<Vec<u8>>().is_err());
}

#[test]
fn an_audience_is_a_string_or_an_array() {
    for (aud, expected) in [
        (json!("a"), vec!["a"]),
        (json!(["a", "b"]), vec!["a", "b"]),
        (json!([]), vec![]),
    ] {
        let session = verify(&claims_with(json!({"aud": aud}))).expect("valid");
        assert_eq!(session.claims().audience(), expected);
    }
}

#[test]
fn malformed_factor_ages_count_as_absent() {
    for fva in [
        json!([1]),
        json!([1, 2, 3]),
        json!([1, -2]),
        json!([1.5, 2]),
        json!("1,2"),
        json!({}),
    ] {
        let session = verify(&claims_with(json!({"fva": fva}))).expect("valid");
        assert_eq!(session.claims().first_factor_age(), None);
        assert_eq!(session.claims().second_factor_age(), None);
    }
}

#[test]
fn the_error_for_a_claim_of_the_wrong_type_names_it() {
    for (claim, value) in [
        ("sub", json!(7)),
        ("sid", json!(["sess_1"])),
        ("iss", json!({})),
        ("azp", json!(1)),
        ("jti", json!(1)),
        ("aud", json!(1)),
        ("aud", json!(["a", 1])),
        ("act", json!("user_admin")),
        ("act", json!({"sub": 1})),
        ("sts", json!(1)),
        ("v", json!("2")),
        ("v", json!(-1)),
        ("fea", json!(["o:x"])),
        ("pla", json!(1)),
        ("o", json!("org_1")),
        ("o", json!({"id": "org_1", "per": 1})),
    ] {
        let error =
            verify(&claims_with(json!({claim: value.clone()}))).expect_err("the type is wrong");
        assert!(
            (error.kind(), error.claim()) == (TokenErrorKind::InvalidClaim, Some(claim)),
            "{claim} {value}: {error}"
        );
    }
    for permissions in [json!("org:x:y"), json!([1])] {
        let claims =
            claims_with(json!({"v": null, "org_id": "org_1", "org_permissions": permissions}));
        let error = verify(&claims).expect_err("the type is wrong");
        assert!(
            (error.kind(), error.claim())
                == (TokenErrorKind::InvalidClaim, Some("org_permissions"))
        );
    }
}

#[test]
fn the_required_claims_must_be_present() {
    for claim in ["sub", "sid", "exp"] {
        let error =
            verify(&claims_with(json!({claim: Value::Null}))).expect_err("a claim is missing");
        assert!(
            (error.kind(), error.claim()) == (TokenErrorKind::MissingClaim, Some(claim)),
            "{error}"
        );
    }
    let error =
        verify(&claims_with(json!({"o": {"rol": "admin"}}))).expect_err("the id is missing");
    assert!((error.kind(), error.claim()) == (TokenErrorKind::MissingClaim, Some("o.id")));
}

#[test]
fn a_pending_session_is_rejected_unless_accepted() {
    let pending = Signer::instance().sign(&claims_with(json!({"sts": "pending"})));
    let verifier = Verifier::new(super::key()).clock(Clock::new().read());
    assert!(matches!(
        verifier
            .verify_cached(&pending)
            .map_err(|error| error.kind()),
        Err(TokenErrorKind::Pending)
    ));
    let session = verifier
        .accept_pending()
        .verify_cached(&pending)
        .expect("pending sessions are accepted");
    assert_eq!(session.claims().status(), &TokenSessionStatus::Pending);

    let unknown = Signer::instance().sign(&claims_with(json!({"sts": "frozen"})));
    let verifier = super::verifier().accept_pending();
    assert!(matches!(
        verifier
            .verify_cached(&unknown)
            .map_err(|error| error.kind()),
        Err(TokenErrorKind::UnknownStatus)
    ));
}

#[test]
fn decoding_verifies_nothing() {
    let expired = Signer::with_other_key("ins_x").sign(&claims_with(json!({"exp": 1})));
    let claims = decode_unverified(&expired).expect("the token can be decoded");
    assert_eq!(claims.subject(), "user_1");
    assert!(decode_unverified("not.a.token").is_err());
}
