//! The scenarios with tokens of machines, which every framework must pass.

use clerk_sdk_tests::Emulator;
use serde_json::{Value, json};

use super::scenarios::respond;
use super::test_client::{TestClient, token};

pub(crate) async fn run(client: &TestClient<'_>, clerk: &Emulator) {
    machines_are_admitted_if_their_tokens_are_accepted(client, clerk).await;
    machines_get_403_if_a_user_is_required(client, clerk).await;
    machine_extractors_take_their_kind_of_token(client, clerk).await;
}

async fn machines_are_admitted_if_their_tokens_are_accepted(
    client: &TestClient<'_>,
    clerk: &Emulator,
) {
    let respond_with =
        |status: u16, body: Value| respond(clerk, "POST", "/api_keys/verify", status, &body);
    let key = json!({"id": "ak_1", "subject": "org_1", "scopes": ["read"], "name": "CI",
                     "revoked": false, "expired": false});
    respond_with(200, key.clone());
    let response = client.get_with_token("/machines", "ak_secret").await;
    assert_eq!((response.status, response.body.as_str()), (200, "org_1"));
    let response = client.get_with_token("/machines", &token(json!({}))).await;
    assert_eq!((response.status, response.body.as_str()), (200, "user_1"));

    let mut revoked = key;
    revoked["revoked"] = json!(true);
    respond_with(200, revoked);
    let response = client.get_with_token("/machines", "ak_revoked").await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (401, "token-invalid")
    );
    respond_with(404, json!({"errors": []}));
    let response = client.get_with_token("/machines", "ak_unknown").await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (401, "token-invalid")
    );
    respond_with(500, json!({"errors": []}));
    let response = client.get_with_token("/machines", "ak_unverified").await;
    assert_eq!(
        response.status, 503,
        "Clerk did not say whether the key is valid"
    );
    assert_eq!(response.header("retry-after"), Some("5"));
}

async fn machines_get_403_if_a_user_is_required(client: &TestClient<'_>, clerk: &Emulator) {
    let key = json!({"id": "ak_1", "subject": "org_1", "scopes": [], "name": "CI",
                     "revoked": false, "expired": false});
    for path in ["/users-only", "/permitted-users-only"] {
        respond(clerk, "POST", "/api_keys/verify", 200, &key);
        let response = client.get_with_token(path, "ak_secret").await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (403, "forbidden")
        );
        let challenge = response.header("www-authenticate");
        assert_eq!(challenge, Some(r#"Bearer error="insufficient_scope""#));
        assert_eq!(client.get(path, &[]).await.status, 401, "{path}");
    }
}

async fn machine_extractors_take_their_kind_of_token(client: &TestClient<'_>, clerk: &Emulator) {
    let machine = json!({"object": "clerk_idp_oauth_access_token", "id": "id_1", "subject": "org_1", "scopes": [],
                         "name": "CI", "client_id": "client_1", "revoked": false, "expired": false});
    let kinds = [
        ("/api-key", "ak_secret", "/api_keys/verify"),
        ("/m2m-token", "mt_secret", "/m2m_tokens/verify"),
        (
            "/oauth-token",
            "oat_secret",
            "/oauth_applications/access_tokens/verify",
        ),
    ];
    for (own_path, token, verify) in kinds {
        for (path, ..) in kinds {
            respond(clerk, "POST", verify, 200, &machine);
            let response = client.get_with_token(path, token).await;
            if path == own_path {
                assert_eq!((response.status, response.body.as_str()), (200, "org_1"));
            } else {
                assert_eq!(
                    (response.status, response.code().as_str()),
                    (403, "forbidden")
                );
            }
        }
        respond(clerk, "POST", verify, 200, &machine);
        let response = client.get_with_token("/machine", token).await;
        assert_eq!((response.status, response.body.as_str()), (200, "org_1"));
    }
    for (path, ..) in kinds.into_iter().chain([("/machine", "", "")]) {
        let response = client.get_with_token(path, &token(json!({}))).await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (403, "forbidden"),
            "{path}"
        );
        assert_eq!(client.get(path, &[]).await.status, 401, "{path}");
    }
}
