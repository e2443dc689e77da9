//! Tests of the authorization checks of a session.

use clerk_sdk::jwt::{
    AuthorizationCheck, AuthorizationError, Reverification, ReverificationLevel, SessionAuth,
};
use serde_json::{Value, json};

use super::{claims_with, verify};

fn session(changes: Value) -> SessionAuth {
    verify(&claims_with(changes)).expect("the token is valid")
}

fn member() -> SessionAuth {
    session(json!({
        "fva": [5, 20], "pla": "o:pro,u:free", "fea": "o:invoices,u:export,uo:chat",
        "o": {"id": "org_1", "rol": "admin", "per": "read,write", "fpm": "1,0,2"},
    }))
}

#[test]
fn each_condition_is_checked_against_the_token() {
    let session = member();
    let passing: [fn(AuthorizationCheck<'_>) -> AuthorizationCheck<'_>; 14] = [
        |has| has.role("admin"),
        |has| has.role("org:admin"),
        |has| has.role("org:org:admin"),
        |has| has.permission("invoices:read"),
        |has| has.permission("org:invoices:read"),
        |has| has.permission("chat:write"),
        |has| has.feature("invoices"),
        |has| has.feature("org:invoices"),
        |has| has.feature("user:chat"),
        |has| has.plan("pro"),
        |has| has.plan("o:pro"),
        |has| has.plan("u:free"),
        |has| has.reverification(Reverification::MODERATE),
        |has| {
            has.role("admin")
                .permission("invoices:read")
                .plan("pro")
                .feature("chat")
        },
    ];
    for (index, conditions) in passing.into_iter().enumerate() {
        assert!(conditions(session.has()).is_granted(), "{index}");
    }
    let failing: [fn(AuthorizationCheck<'_>) -> AuthorizationCheck<'_>; 13] = [
        |has| has,
        |has| has.role("member"),
        |has| has.role(""),
        |has| has.permission("invoices:write"),
        |has| has.permission("export:read"),
        |has| has.permission(""),
        |has| has.feature("user:invoices"),
        |has| has.feature("x:invoices"),
        |has| has.plan("u:pro"),
        |has| has.plan("enterprise"),
        |has| has.reverification(Reverification::STRICT),
        |has| has.role("admin").permission("invoices:write"),
        |has| has.permission("invoices:write").role("admin"),
    ];
    for (index, conditions) in failing.into_iter().enumerate() {
        assert!(!conditions(session.has()).is_granted(), "{index}");
    }
}

#[test]
fn without_an_organization_there_is_no_role_and_no_permission() {
    let session = session(json!({"fea": "o:invoices"}));
    assert!(!session.has().role("admin").is_granted());
    assert!(!session.has().permission("invoices:read").is_granted());
    assert!(session.has().feature("invoices").is_granted());
}

#[test]
fn reverification_depends_on_the_level() {
    let (first, second, both) = (
        ReverificationLevel::FirstFactor,
        ReverificationLevel::SecondFactor,
        ReverificationLevel::MultiFactor,
    );
    for (ages, level, minutes, expected) in [
        ([5, 20], first, 6, true),
        ([5, 20], first, 5, false),
        ([5, 20], second, 21, true),
        ([5, 20], second, 20, false),
        ([5, 20], both, 21, true),
        ([5, 20], both, 20, false),
        ([30, 20], both, 25, false),
        // The first factor is sufficient for users without a second factor.
        ([5, -1], second, 6, true),
        ([5, -1], both, 6, true),
        ([5, -1], both, 5, false),
        ([-1, 5], first, 10, false),
        ([-1, 5], second, 10, true),
        ([-1, 5], both, 10, false),
        ([-1, -1], first, 10, false),
        ([-1, -1], second, 10, false),
        ([-1, -1], both, 10, false),
        ([0, 0], both, 0, false),
        ([0, 0], both, 1, true),
    ] {
        let session = session(json!({"fva": ages}));
        let holds = session
            .has()
            .reverification(Reverification::new(level, minutes))
            .is_granted();
        assert_eq!(holds, expected, "{ages:?} {level:?} {minutes}");
    }
    let unknown = session(json!({}));
    assert!(
        !unknown
            .has()
            .reverification(Reverification::LAX)
            .is_granted()
    );
}

#[test]
fn require_returns_the_first_condition_that_does_not_hold() {
    let session = member();
    assert!(session.has().role("admin").require().is_ok());
    let refusal =
        |has: AuthorizationCheck<'_>| has.require().expect_err("a condition does not hold");
    let message = |has: AuthorizationCheck<'_>| refusal(has).to_string();
    assert_eq!(
        message(session.has().role("owner")),
        "the role `org:owner` is required"
    );
    let both = session
        .has()
        .role("admin")
        .permission("invoices:write")
        .plan("enterprise");
    assert_eq!(
        message(both),
        "the permission `org:invoices:write` is required"
    );
    assert_eq!(
        message(session.has().feature("sso")),
        "the feature `sso` is required"
    );
    assert_eq!(
        message(session.has().plan("enterprise")),
        "the plan `enterprise` is required"
    );
    let strict = session.has().reverification(Reverification::STRICT);
    assert_eq!(
        message(strict),
        "verification of a second factor within 10 minutes is required"
    );
    assert_eq!(
        message(session.has()),
        "the check has no condition, so access is denied"
    );
    assert!(
        matches!(refusal(session.has().role("owner")), AuthorizationError::Role(role) if role == "org:owner")
    );
}
