//! Pages whose cookies arrive in one `Cookie` header, or split into several as HTTP/2 allows.

use serde_json::json;

use super::test_client::{TestClient, TestResponse, now, token};

pub(crate) async fn run(client: &TestClient<'_>) {
    let session = format!("__session={}", token(json!({})));
    let since = format!("__client_uat={}", now() - 100);
    let browser = "__clerk_db_jwt=dvb_1";
    // Another application's cookie on a shared domain.
    let foreign = "__session_other=e30.e30.e30";
    for signed_in in [
        [session.as_str(), browser, &since, foreign],
        [foreign, &since, browser, &session],
    ] {
        for headers in splits(&signed_in) {
            let response = page(client, &headers).await;
            let found = (response.status, response.body.as_str());
            assert_eq!(found, (200, "user_1"), "{headers:?}");
        }
    }
    for headers in splits(&[browser, foreign, &since]) {
        let response = page(client, &headers).await;
        assert_eq!(response.status, 307, "{headers:?}");
        let reason = response.header("x-clerk-auth-reason");
        assert_eq!(reason, Some("client-uat-but-no-session-token"));
    }
    malformed_cookie_is_the_only_one_ignored(client, &session, &since).await;
}

/// Returns the values of `Cookie` headers for every way to split the cookies.
fn splits(cookies: &[&str]) -> Vec<Vec<String>> {
    let split = |mask: usize| {
        let mut headers = vec![cookies[0].to_owned()];
        for (gap, cookie) in cookies[1..].iter().enumerate() {
            match headers.last_mut() {
                Some(header) if mask >> gap & 1 == 0 => *header += &format!("; {cookie}"),
                _ => headers.push((*cookie).to_owned()),
            }
        }
        headers
    };
    (0..1 << (cookies.len() - 1)).map(split).collect()
}

async fn page(client: &TestClient<'_>, cookies: &[String]) -> TestResponse {
    let cookies = cookies.iter().map(|it| ("cookie", it.as_str()));
    let headers: Vec<_> = [("sec-fetch-dest", "document")]
        .into_iter()
        .chain(cookies)
        .collect();
    client.get("/page", &headers).await
}

async fn malformed_cookie_is_the_only_one_ignored(
    client: &TestClient<'_>,
    session: &str,
    since: &str,
) {
    for malformed in ["=", "nothing", "a=\u{fffd}", "__session", ";;", "a=\""] {
        let cookies = [malformed, session, since, "__clerk_db_jwt=dvb_1"];
        for headers in splits(&cookies) {
            let response = page(client, &headers).await;
            let found = (response.status, response.body.as_str());
            assert_eq!(found, (200, "user_1"), "{headers:?}");
        }
    }
}
