//! Tokens of machines: what Clerk says of opaque ones, and what a JWT says of itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use clerk_sdk::auth::{MachineVerifier, TokenKind};
use clerk_sdk::jwt::{Key, Verifier};
use clerk_sdk::{ClientConfig, RetryPolicy};
use clerk_sdk_tests::{Emulator, Signer};
use serde_json::{Value, json};

use super::{NOW, canned, claims, counting_clients};

pub(super) struct Setting {
    pub(super) clerk: Emulator,
    pub(super) now: Arc<AtomicU64>,
    pub(super) machines: MachineVerifier,
}

pub(super) const API_KEYS: &str = "/api_keys/verify";
const M2M: &str = "/m2m_tokens/verify";
const OAUTH: &str = "/oauth_applications/access_tokens/verify";

impl Setting {
    pub(super) async fn new() -> Self {
        Self::with_retry(RetryPolicy::none()).await
    }

    pub(super) async fn with_retry(retry: RetryPolicy) -> Self {
        let clerk = Emulator::start().await.expect("a free port");
        let now = Arc::new(AtomicU64::new(NOW));
        let clock = now.clone();
        let key = Key::from_jwk(&Signer::instance().jwk()).expect("a key");
        let verifier = Verifier::new(key)
            .clock(move || UNIX_EPOCH + Duration::from_secs(clock.load(Ordering::SeqCst)));
        let config = ClientConfig::new(clerk.key())
            .base_url(clerk.url())
            .retry(retry);
        let machines = MachineVerifier::new(config).verifier(verifier);
        Self {
            clerk,
            now,
            machines,
        }
    }

    pub(super) fn answer(&self, path: &str, status: u16, body: &Value) {
        self.clerk.stub(canned("POST", path, status, body));
    }

    pub(super) async fn verify(&self, token: &str) -> String {
        match self.machines.verify(token).await {
            Ok(machine) => format!(
                "{:?} {} {}",
                machine.kind,
                machine.subject,
                machine.scopes.join(",")
            ),
            Err(error) => format!("{}: {error}", error.reason()),
        }
    }
}

pub(super) fn good() -> Value {
    json!({
        "object": "clerk_idp_oauth_access_token", "id": "id_1", "subject": "user_1",
        "scopes": ["a", "b"], "name": "CI", "client_id": "client_1", "revoked": false,
        "expired": false, "expiration": null, "claims": {"tier": "gold"},
    })
}

fn with(changes: Value) -> Value {
    let mut body = good();
    for (name, value) in changes.as_object().expect("an object") {
        body[name] = value.clone();
    }
    body
}

#[tokio::test]
async fn clerk_is_asked_about_opaque_tokens() {
    let setting = Setting::new().await;
    for (token, path, body, kind) in [
        (
            "ak_secret",
            API_KEYS,
            json!({"secret": "ak_secret"}),
            TokenKind::ApiKey,
        ),
        (
            "mt_secret",
            M2M,
            json!({"token": "mt_secret"}),
            TokenKind::M2m,
        ),
        (
            "oat_secret",
            OAUTH,
            json!({"access_token": "oat_secret"}),
            TokenKind::OAuth,
        ),
    ] {
        setting.answer(path, 200, &good());
        let machine = setting.machines.verify(token).await.expect("it is valid");
        assert_eq!((machine.kind, machine.id.as_str()), (kind, "id_1"));
        assert_eq!(
            (machine.user_id(), machine.organization_id()),
            (Some("user_1"), None)
        );
        assert!(machine.has_scope("a") && !machine.has_scope("c"));
        let request = setting.clerk.requests().pop().expect("one was made");
        assert_eq!(request.path, format!("/v1{path}"));
        let sent: Value = serde_json::from_slice(&request.body).expect("it is JSON");
        assert_eq!(sent, body);
    }
}

#[tokio::test]
async fn an_answer_that_does_not_say_that_a_token_is_usable_refuses_it() {
    let setting = Setting::new().await;
    for (token, path) in [("ak_1", API_KEYS), ("mt_1", M2M), ("oat_1", OAUTH)] {
        for (status, body, expected) in [
            (
                200,
                with(json!({"revoked": true})),
                "token-invalid: the token was revoked",
            ),
            (
                200,
                with(json!({"expired": true})),
                "token-invalid: the token has expired",
            ),
            (
                200,
                with(json!({"expiration": NOW * 1000})),
                "token-invalid: the token has expired",
            ),
            (
                200,
                with(json!({"id": ""})),
                "token-invalid: there is no such token",
            ),
            (
                200,
                with(json!({"subject": null})),
                "token-invalid: there is no such token",
            ),
            (
                404,
                json!({"errors": []}),
                "token-invalid: there is no such token",
            ),
            (
                400,
                json!({"errors": []}),
                "token-invalid: there is no such token",
            ),
            (
                401,
                json!({"errors": []}),
                "secret-key-invalid: Clerk could not be asked about the token",
            ),
            (
                500,
                json!({"errors": []}),
                "unexpected-error: Clerk could not be asked about the token",
            ),
            (
                429,
                json!({"errors": []}),
                "unexpected-error: Clerk could not be asked about the token",
            ),
        ] {
            setting.answer(path, status, &body);
            assert_eq!(
                setting.verify(token).await,
                expected,
                "{path} {status} {body}"
            );
        }
    }
    for body in [
        json!({"active": false}),
        json!({}),
        with(json!({"active": false})),
    ] {
        setting.answer(OAUTH, 200, &body);
        assert_eq!(
            setting.verify("oat_1").await,
            "token-invalid: the token is not active",
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_jwt_of_a_machine_is_checked_here() {
    let setting = Setting::new().await;
    let machine = |changes: Value| {
        let mut all = json!({"sub": "mch_1", "sid": null, "v": null, "azp": null, "jti": "mt_1"});
        for (name, value) in changes.as_object().expect("an object") {
            all[name] = value.clone();
        }
        claims(all)
    };
    let signer = Signer::instance();
    let sign = |changes: Value| signer.sign(&machine(changes));
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
            Signer::with_other_key("ins_1").sign(&machine(json!({}))),
            "token-verification-failed: the signature of the token does not match",
        ),
        (
            signer.sign_with(
                &json!({"alg": "RS256", "cat": "cl_B7d4PD111AAA"}),
                &machine(json!({})),
            ),
            "token-verification-failed: the token is not a machine's",
        ),
        (
            signer.sign(&claims(json!({}))),
            "token-type-mismatch: the token is not a machine's",
        ),
        (
            "odd".to_owned(),
            "token-type-mismatch: the token is not a machine's",
        ),
        (
            "".to_owned(),
            "token-type-mismatch: the token is not a machine's",
        ),
    ] {
        assert_eq!(setting.verify(&token).await, expected);
    }
    assert!(
        setting.clerk.requests().is_empty(),
        "nobody had to be asked"
    );
    let long = format!("ak_{}", "a".repeat(20_000));
    assert!(
        setting
            .verify(&long)
            .await
            .ends_with("longer than 16384 bytes")
    );
}

#[tokio::test]
async fn a_jwt_of_an_oauth_client_is_checked_here() {
    let mut setting = Setting::new().await;
    let mut header = Signer::instance().header();
    header["typ"] = json!("at+jwt");
    let token = |changes: Value| {
        let mut all = json!({"sid": null, "client_id": "client_1", "jti": "oat_1"});
        for (name, value) in changes.as_object().expect("an object") {
            all[name] = value.clone();
        }
        Signer::instance().sign_with(&header, &claims(all))
    };
    let machine = setting
        .machines
        .verify(&token(json!({"scope": "a b"})))
        .await;
    let machine = machine.expect("it is valid");
    assert_eq!(
        (machine.client_id.as_deref(), machine.user_id()),
        (Some("client_1"), Some("user_1"))
    );
    assert_eq!(machine.scopes, ["a", "b"]);
    assert_eq!(
        setting
            .verify(&token(json!({"scp": ["c"], "scope": "a"})))
            .await,
        "OAuth user_1 c"
    );

    setting.machines = setting.machines.oauth_audience(["api"]);
    assert_eq!(
        setting.verify(&token(json!({"aud": "api"}))).await,
        "OAuth user_1 "
    );
    let expected = "token-verification-failed: the token is for another audience";
    for aud in [Value::Null, json!("web"), json!([])] {
        assert_eq!(setting.verify(&token(json!({"aud": aud}))).await, expected);
    }
    // Opaque ones likewise.
    for (aud, is_accepted) in [
        (json!(["api"]), true),
        (json!("web"), false),
        (Value::Null, false),
    ] {
        setting.answer(OAUTH, 200, &with(json!({"aud": aud})));
        assert_eq!(setting.verify("oat_1").await != expected, is_accepted);
    }
}

#[tokio::test]
async fn what_clerk_said_is_remembered_for_as_long_as_was_asked() {
    let mut setting = Setting::new().await;
    setting.machines = setting.machines.remember(10, Duration::from_secs(30));
    let asked = |setting: &Setting| setting.clerk.requests().len();

    setting.answer(API_KEYS, 200, &with(json!({"revoked": true})));
    assert!(setting.verify("ak_1").await.starts_with("token-invalid"));
    setting.answer(
        API_KEYS,
        200,
        &with(json!({"expiration": (NOW + 100) * 1000})),
    );
    for _ in 0..3 {
        assert_eq!(setting.verify("ak_1").await, "ApiKey user_1 a,b");
    }
    assert_eq!(
        asked(&setting),
        2,
        "what is revoked is not remembered, what is accepted is"
    );

    setting.now.fetch_add(29, Ordering::SeqCst);
    assert_eq!(setting.verify("ak_1").await, "ApiKey user_1 a,b");
    setting.now.fetch_add(1, Ordering::SeqCst);
    setting.answer(
        API_KEYS,
        200,
        &with(json!({"expiration": (NOW + 40) * 1000})),
    );
    assert_eq!(setting.verify("ak_1").await, "ApiKey user_1 a,b");
    assert_eq!(asked(&setting), 3);

    // It expires within the time that it would be remembered for.
    setting.now.fetch_add(10, Ordering::SeqCst);
    setting.answer(API_KEYS, 200, &with(json!({"expired": true})));
    assert_eq!(
        setting.verify("ak_1").await,
        "token-invalid: the token has expired"
    );
    assert_eq!(asked(&setting), 4);

    // Another token, and other settings, are other questions.
    setting.answer(API_KEYS, 200, &good());
    assert_eq!(setting.verify("ak_2").await, "ApiKey user_1 a,b");
    let other = setting.machines.clone().oauth_audience(["api"]);
    setting.answer(API_KEYS, 404, &json!({"errors": []}));
    assert!(other.verify("ak_2").await.is_err());
}

#[tokio::test]
async fn a_machines_own_key_asks_about_machines_only() {
    let mut setting = Setting::new().await;
    setting.machines = setting.machines.machine_secret_key("ak_machine");
    setting.answer(M2M, 200, &good());
    setting.answer(API_KEYS, 200, &good());
    setting.verify("mt_1").await;
    setting.verify("ak_1").await;
    let keys: Vec<_> = setting
        .clerk
        .requests()
        .iter()
        .map(|it| it.headers["authorization"].clone())
        .collect();
    assert_eq!(
        keys,
        [
            "Bearer ak_machine",
            &format!("Bearer {}", setting.clerk.key())
        ]
    );
    let printed = format!("{:?}", setting.machines);
    assert!(!printed.contains("ak_machine") && !printed.contains(setting.clerk.key()));
}

#[tokio::test]
async fn clerk_is_asked_by_the_same_client_about_every_token() {
    let mut setting = Setting::new().await;
    let (config, clients) = counting_clients(&setting.clerk);
    setting.machines = MachineVerifier::new(config).machine_secret_key("ak_machine");
    let before = clients();
    for _ in 0..3 {
        for (token, path) in [("ak_1", API_KEYS), ("mt_1", M2M), ("oat_1", OAUTH)] {
            setting.answer(path, 200, &good());
            assert!(setting.verify(token).await.ends_with("user_1 a,b"));
        }
    }
    assert_eq!(setting.clerk.requests().len(), 9);
    assert_eq!(clients(), before);
}
