//! The keys that session tokens are checked with: one, whose private half nobody has.

use serde_json::{Value, json};

const MODULUS: &str = concat!(
    "js_XPgTaaX99BGu2cdJTqZB4c3M065pbvGDcrWt1re1iWiPbylUmG_uWb-4q5w5Yl3diKntH3nmkUA2bRcZ5ZCTwh",
    "DWq1WK6AdzfngdmWYtOUcCBX7moLYg5F8Ej9jWMoR7tuU2EZnFphJSrL4ZLHF-RtxlMoQ69Qydtpr4d80m2X6vujYrL",
    "cTKj9lTsBJT4iJCFVVA2zO6a_ZtC-rA-JZbuXyaZWACDZFV5ITm-lb967ouaqHEyBHqUEOEmXQGZoMSMGNsqklwnrQ4",
    "GL9ofkgyS9BpzesG56kETAz0n6biyxEJ26jDrol53MkcbOVc3skFcNAn2Tvm4krCFfn499Q",
);

pub(crate) fn get() -> Value {
    let key = json!({
        "use": "sig", "kty": "RSA", "kid": "ins_2stand1n0000000000000000001", "alg": "RS256",
        "n": MODULUS, "e": "AQAB",
    });
    json!({ "keys": [key] })
}
