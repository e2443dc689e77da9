//! Machine tokens: opaque ones are verified by Clerk, JWTs with the instance's keys.

use clerk_sdk::Timestamp;
use clerk_sdk::auth::{MachineVerifier, TokenType};
use clerk_sdk_tests::Signer;
use serde_json::{Value, json};

use super::fixture::{NOW, claims, counting_clients, with_members};
use super::machine_fixture::{API_KEYS, M2M, MachineFixture, OAUTH, token_with, valid_token};

#[tokio::test]
async fn opaque_tokens_are_verified_by_clerk() {
    let fixture = MachineFixture::new().await;
    for (token, path, body, kind) in [
        (
            "ak_secret",
            API_KEYS,
            json!({"secret": "ak_secret"}),
            TokenType::ApiKey,
        ),
        (
            "mt_secret",
            M2M,
            json!({"token": "mt_secret"}),
            TokenType::M2m,
        ),
        (
            "oat_secret",
            OAUTH,
            json!({"access_token": "oat_secret"}),
            TokenType::OAuth,
        ),
    ] {
        fixture.respond(path, 200, &valid_token());
        let machine = fixture.machines.verify(token).await.expect("a valid token");
        assert_eq!((machine.token_type(), machine.id()), (kind, "id_1"));
        assert_eq!(
            (machine.user_id(), machine.organization_id()),
            (Some("user_1"), None)
        );
        assert!(machine.has_scope("a") && !machine.has_scope("c"));
        let request = fixture.clerk.requests().pop().expect("a request");
        assert_eq!(request.path, format!("/v1{path}"));
        let sent: Value = serde_json::from_slice(&request.body).expect("a JSON body");
        assert_eq!(sent, body);
    }
}

#[tokio::test]
async fn tokens_that_clerk_does_not_confirm_as_usable_are_rejected() {
    let mut fixture = MachineFixture::new().await;
    for (token, path) in [("ak_1", API_KEYS), ("mt_1", M2M), ("oat_1", OAUTH)] {
        for (status, body, expected) in [
            (
                200,
                token_with(json!({"revoked": true})),
                "token-invalid: the token was revoked",
            ),
            (
                200,
                token_with(json!({"expired": true})),
                "token-invalid: the token has expired",
            ),
            (
                200,
                token_with(json!({"expired": null, "expiration": NOW * 1000})),
                "token-invalid: the token has expired",
            ),
            (
                200,
                token_with(json!({"subject": null})),
                "token-invalid: the token does not exist",
            ),
            (
                404,
                json!({"errors": []}),
                "token-invalid: the token does not exist",
            ),
            (
                400,
                json!({"errors": []}),
                "token-invalid: the token does not exist",
            ),
            (
                401,
                json!({"errors": []}),
                "secret-key-invalid: cannot verify the token with Clerk",
            ),
            (
                500,
                json!({"errors": []}),
                "unexpected-error: cannot verify the token with Clerk",
            ),
            (
                429,
                json!({"errors": []}),
                "unexpected-error: cannot verify the token with Clerk",
            ),
        ] {
            fixture.forget_tokens();
            fixture.respond(path, status, &body);
            assert_eq!(
                fixture.verify(token).await,
                expected,
                "{path} {status} {body}"
            );
        }
    }
    // An object without an id is no token.
    for (token, path, expected) in [
        (
            "ak_1",
            API_KEYS,
            "unexpected-error: cannot verify the token with Clerk",
        ),
        (
            "mt_1",
            M2M,
            "unexpected-error: cannot verify the token with Clerk",
        ),
        ("oat_1", OAUTH, "token-invalid: the token does not exist"),
    ] {
        fixture.forget_tokens();
        fixture.respond(path, 200, &token_with(json!({"id": ""})));
        assert_eq!(fixture.verify(token).await, expected, "{path}");
    }
    for body in [
        json!({"active": false}),
        json!({}),
        token_with(json!({"active": false})),
    ] {
        fixture.forget_tokens();
        fixture.respond(OAUTH, 200, &body);
        assert_eq!(
            fixture.verify("oat_1").await,
            "token-invalid: the token is not active",
            "{body}"
        );
    }
}

/// The year 2026, before the time of the tests, and 2033, after it.
const PAST: u64 = 1_790_000_000;
const FUTURE: u64 = 2_000_000_000;

#[tokio::test]
async fn expiration_is_in_seconds_or_milliseconds_and_clerks_judgement_is_final() {
    let mut fixture = MachineFixture::new().await;
    let expired = Err("token-invalid");
    for (token, path) in [("ak_1", API_KEYS), ("mt_1", M2M), ("oat_1", OAUTH)] {
        for (says_expired, expiration, expected) in [
            (json!(false), json!(FUTURE), Ok(Some(FUTURE * 1000))),
            (json!(false), json!(FUTURE * 1000), Ok(Some(FUTURE * 1000))),
            // The clock of this machine may be wrong.
            (json!(false), json!(PAST), Ok(Some(PAST * 1000))),
            (json!(false), json!(PAST * 1000), Ok(Some(PAST * 1000))),
            (json!(false), json!(null), Ok(None)),
            (json!(true), json!(FUTURE), expired),
            (json!(true), json!(null), expired),
            // Only without a judgement, the clock decides.
            (json!(null), json!(FUTURE), Ok(Some(FUTURE * 1000))),
            (
                json!(null),
                json!(99_999_999_999_u64),
                Ok(Some(99_999_999_999_000)),
            ),
            (json!(null), json!(PAST), expired),
            (json!(null), json!(PAST * 1000), expired),
            (json!(null), json!(100_000_000_000_u64), expired),
            (json!(null), json!(NOW), expired),
            (json!(null), json!(NOW + 1), Ok(Some((NOW + 1) * 1000))),
            (json!(null), json!(null), Ok(None)),
        ] {
            let mut body = token_with(json!({"expired": says_expired, "expiration": expiration}));
            if says_expired.is_null() {
                body.as_object_mut().expect("an object").remove("expired");
            }
            fixture.forget_tokens();
            fixture.respond(path, 200, &body);
            let machine = fixture.machines.verify(token).await;
            let found = match &machine {
                Ok(machine) => Ok(machine.expires_at().map(Timestamp::as_millis)),
                Err(error) => Err(error.code()),
            };
            let expected = expected.map(|it| it.map(|it| i64::try_from(it).expect("a time")));
            assert_eq!(found, expected, "{path} {body}");
        }
    }
}

#[tokio::test]
async fn m2m_jwts_are_verified_without_a_call() {
    let fixture = MachineFixture::new().await;
    let machine_claims = |changes: Value| {
        let machine = json!({"sub": "mch_1", "sid": null, "v": null, "azp": null, "jti": "mt_1"});
        claims(with_members(machine, changes))
    };
    let signer = Signer::instance();
    let sign = |changes: Value| signer.sign(&machine_claims(changes));
    for (token, expected) in [
        (
            sign(json!({"scopes": "mch_2 mch_3"})),
            "M2m mch_1 mch_2,mch_3",
        ),
        (sign(json!({"aud": ["mch_4"]})), "M2m mch_1 mch_4"),
        (sign(json!({})), "M2m mch_1 "),
        (
            sign(json!({"exp": NOW - 60})),
            "token-verification-failed: the token expired 60 s ago",
        ),
        (
            sign(json!({"exp": null})),
            "token-verification-failed: the token lacks the claim `exp`",
        ),
        (
            Signer::with_other_key("ins_1").sign(&machine_claims(json!({}))),
            "token-verification-failed: the signature of the token does not match",
        ),
        (
            signer.sign_with(
                &json!({"alg": "RS256", "cat": "cl_B7d4PD111AAA"}),
                &machine_claims(json!({})),
            ),
            "token-verification-failed: the token is not a machine token",
        ),
        (
            signer.sign(&claims(json!({}))),
            "token-type-mismatch: the token is not a machine token",
        ),
        (
            "malformed".to_owned(),
            "token-type-mismatch: the token is not a machine token",
        ),
        (
            "".to_owned(),
            "token-type-mismatch: the token is not a machine token",
        ),
    ] {
        assert_eq!(fixture.verify(&token).await, expected);
    }
    assert_eq!(fixture.request_count(), 0);
    let long = format!("ak_{}", "a".repeat(20_000));
    assert!(
        fixture
            .verify(&long)
            .await
            .ends_with("longer than 16384 bytes")
    );
}

#[tokio::test]
async fn oauth_jwts_are_verified_with_their_audience() {
    let mut fixture = MachineFixture::new().await;
    let mut header = Signer::instance().header();
    header["typ"] = json!("at+jwt");
    let token = |changes: Value| {
        let oauth = json!({"sid": null, "client_id": "client_1", "jti": "oat_1"});
        Signer::instance().sign_with(&header, &claims(with_members(oauth, changes)))
    };
    let machine = fixture
        .machines
        .verify(&token(json!({"scope": "a b"})))
        .await;
    let machine = machine.expect("a valid token");
    assert_eq!(
        (machine.client_id(), machine.user_id()),
        (Some("client_1"), Some("user_1"))
    );
    assert_eq!(machine.scopes(), ["a", "b"]);
    assert_eq!(
        fixture
            .verify(&token(json!({"scp": ["c"], "scope": "a"})))
            .await,
        "OAuth user_1 c"
    );

    fixture.machines = fixture.machines.oauth_audiences(["api"]);
    assert_eq!(
        fixture.verify(&token(json!({"aud": "api"}))).await,
        "OAuth user_1 "
    );
    let expected = "token-verification-failed: the token is intended for another audience";
    for aud in [Value::Null, json!("web"), json!([])] {
        assert_eq!(fixture.verify(&token(json!({"aud": aud}))).await, expected);
    }
    let accepts_none = fixture.machines.clone().oauth_audiences([""; 0]);
    let api = token(json!({"aud": "api"}));
    let error = accepts_none
        .verify(&api)
        .await
        .expect_err("no audience is accepted");
    assert_eq!(error.code(), "token-verification-failed");
    // The same applies to opaque tokens.
    for (aud, is_accepted) in [
        (json!(["api"]), true),
        (json!("web"), false),
        (Value::Null, false),
    ] {
        fixture.respond(OAUTH, 200, &token_with(json!({"aud": aud})));
        assert_eq!(fixture.verify("oat_1").await != expected, is_accepted);
    }
}

#[tokio::test]
async fn machine_secret_key_is_used_for_m2m_tokens_only() {
    let mut fixture = MachineFixture::new().await;
    fixture.machines = fixture.machines.machine_secret_key("ak_machine");
    fixture.respond(M2M, 200, &valid_token());
    fixture.respond(API_KEYS, 200, &valid_token());
    fixture.verify("mt_1").await;
    fixture.verify("ak_1").await;
    let keys: Vec<_> = fixture
        .clerk
        .requests()
        .iter()
        .map(|it| it.headers["authorization"].clone())
        .collect();
    assert_eq!(
        keys,
        [
            "Bearer ak_machine",
            &format!("Bearer {}", fixture.clerk.key())
        ]
    );
    let printed = format!("{:?}", fixture.machines);
    assert!(!printed.contains("ak_machine") && !printed.contains(fixture.clerk.key()));
}

#[tokio::test]
async fn all_calls_use_one_http_client() {
    let mut fixture = MachineFixture::new().await;
    let (config, clients) = counting_clients(&fixture.clerk);
    fixture.machines = MachineVerifier::new(config).machine_secret_key("ak_machine");
    let before = clients();
    for _ in 0..3 {
        for (token, path) in [("ak_1", API_KEYS), ("mt_1", M2M), ("oat_1", OAUTH)] {
            fixture.respond(path, 200, &valid_token());
            assert!(fixture.verify(token).await.ends_with("user_1 a,b"));
        }
    }
    assert_eq!(fixture.request_count(), 9);
    assert_eq!(clients(), before);
}
