//! Tests of published examples: RFC 7515 (A.2, A.3) and RFC 8037 (A.4). None of them is a session token, so a
//! matching signature results in an error about the claims, which are checked after the signature.

use clerk_sdk::jwt::{TokenError, TokenErrorKind, Verifier, VerifyingKey};
use serde_json::{Value, json};

const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

fn outcome(jwk: &Value, token: &str) -> TokenError {
    let key = VerifyingKey::from_jwk(jwk).expect("a published key");
    let verifier = Verifier::new(key);
    verifier
        .verify_cached(token)
        .expect_err("the token is not a session token")
}

/// Changes the first byte of the signature.
fn tampered(token: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').expect("three parts");
    let first = if signature.starts_with('A') { "B" } else { "A" };
    format!("{signed}.{first}{}", &signature[1..])
}

fn check(jwk: &Value, token: &str, after: fn(&TokenError) -> bool) {
    let error = outcome(jwk, token);
    assert!(after(&error), "{error}");
    let error = outcome(jwk, &tampered(token));
    assert!(error.kind() == TokenErrorKind::InvalidSignature, "{error}");
}

#[test]
fn rs256_of_rfc_7515() {
    let jwk = json!({"kty": "RSA", "e": "AQAB", "n": concat!(
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL",
        "-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9",
        "e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAc",
        "o9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
    )});
    let signature = concat!(
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbd",
        "s9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0Gar",
        "ZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9",
        "Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
    );
    let token = format!("eyJhbGciOiJSUzI1NiJ9.{PAYLOAD}.{signature}");
    check(&jwk, &token, |error| {
        (error.kind(), error.claim()) == (TokenErrorKind::MissingClaim, Some("sub"))
    });
}

#[test]
fn es256_of_rfc_7515() {
    let jwk = json!({
        "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    });
    let signature =
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let token = format!("eyJhbGciOiJFUzI1NiJ9.{PAYLOAD}.{signature}");
    check(&jwk, &token, |error| {
        (error.kind(), error.claim()) == (TokenErrorKind::MissingClaim, Some("sub"))
    });
}

#[test]
fn eddsa_of_rfc_8037() {
    let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": x});
    let token = concat!(
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.",
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    );
    // The signed payload is a sentence, not JSON.
    check(&jwk, token, |error| {
        error.to_string() == "the token is malformed: its claims cannot be decoded"
    });
}

/// RFC 7519, 6.1: a token without a signature.
#[test]
fn an_unsecured_token_of_rfc_7519_is_rejected() {
    let token = format!("eyJhbGciOiJub25lIn0.{PAYLOAD}.");
    let error = Verifier::new(super::key()).verify_cached(&token);
    assert!(matches!(
        error.map_err(|error| error.kind()),
        Err(TokenErrorKind::UnsupportedAlgorithm)
    ));
}
