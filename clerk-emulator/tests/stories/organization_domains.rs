//! Domains of organizations.

use serde_json::json;

use crate::support::{Story, fault, id};

#[tokio::test]
async fn a_domain_is_created_verified_and_deleted() {
    let story = Story::begin().await;
    let (organization, _) = story.organization("one").await;
    let path = format!("/organizations/{organization}/domains");
    let created = story
        .post(&path, json!({ "name": "Example.org", "verified": false }))
        .await;
    assert_eq!(created["name"], "example.org");
    assert_eq!(created["verification"]["status"], "unverified");
    assert_eq!(created["ownership_verification"], json!(null));
    let domain = format!("{path}/{}", id(&created));
    let body = json!({ "verified": true, "enrollment_mode": "automatic_invitation" });
    let updated = story.patch(&domain, body).await;
    assert_eq!(updated["verification"]["status"], "verified");
    assert_eq!(updated["enrollment_mode"], "automatic_invitation");
    let verify = format!("{domain}/verify_ownership");
    let verified = story.ok("POST", &verify, None).await;
    assert_eq!(
        verified["ownership_verification"]["strategy"],
        "manual_override"
    );
    assert_eq!(story.ok("POST", &verify, None).await, verified);
    story.delete(&domain).await;
    assert_eq!(story.get(&path).await["total_count"], 0);
    let kinds = story.event_kinds();
    let expected = ["created", "updated", "updated", "deleted"];
    assert_eq!(
        kinds[kinds.len() - 4..],
        expected.map(|it| format!("organizationDomain.{it}"))
    );
}

#[tokio::test]
async fn invalid_domains_are_rejected() {
    let story = Story::begin().await;
    let (one, _) = story.organization("one").await;
    let (two, _) = story.organization("two").await;
    let path = format!("/organizations/{one}/domains");
    story
        .post(
            &format!("/organizations/{two}/domains"),
            json!({ "name": "example.com" }),
        )
        .await;
    for (body, expected) in [
        (json!({}), fault(422, "form_param_missing", "name")),
        (
            json!({ "name": "example" }),
            fault(422, "form_param_format_invalid", "name"),
        ),
        (
            json!({ "name": "gmail.com" }),
            fault(422, "organization_domain_common", "name"),
        ),
        (
            json!({ "name": "example.com" }),
            fault(422, "organization_domain_already_exists", "name"),
        ),
        (
            json!({ "name": "example.org", "enrollment_mode": "x" }),
            fault(422, "form_param_value_invalid", "enrollment_mode"),
        ),
    ] {
        assert_eq!(
            story.error("POST", &path, Some(body.clone())).await,
            expected,
            "{body}"
        );
    }
    let settings = json!({ "domains_enrollment_modes": [] });
    story
        .patch("/instance/organization_settings", settings)
        .await;
    let body = json!({ "name": "example.org", "enrollment_mode": "automatic_invitation" });
    let error = story.error("POST", &path, Some(body)).await;
    assert_eq!(
        error,
        fault(403, "organization_domain_enrollment_mode_not_enabled", "")
    );
    for number in 0..10 {
        story
            .post(&path, json!({ "name": format!("{number}.example.org") }))
            .await;
    }
    let error = story
        .error("POST", &path, Some(json!({ "name": "x.example.org" })))
        .await;
    assert_eq!(error, fault(403, "organization_domain_quota_exceeded", ""));
}

#[tokio::test]
async fn lists_of_domains_are_filtered() {
    let story = Story::begin().await;
    let (one, _) = story.organization("one").await;
    let (two, _) = story.organization("two").await;
    let path = format!("/organizations/{one}/domains");
    story
        .post(
            &path,
            json!({ "name": "a.org", "enrollment_mode": "enterprise_sso" }),
        )
        .await;
    story
        .post(&path, json!({ "name": "b.org", "verified": false }))
        .await;
    story
        .post(
            &format!("/organizations/{two}/domains"),
            json!({ "name": "c.org" }),
        )
        .await;
    let all = "/organization_domains";
    for (query, expected) in [
        (all.to_owned(), vec!["c.org", "b.org", "a.org"]),
        (
            format!("{all}?order_by=name"),
            vec!["a.org", "b.org", "c.org"],
        ),
        (
            format!("{all}?organization_id={one}"),
            vec!["b.org", "a.org"],
        ),
        (format!("{all}?verified=false"), vec!["b.org"]),
        (
            format!("{all}?enrollment_mode=manual_invitation,enterprise_sso"),
            vec!["c.org", "b.org", "a.org"],
        ),
        (
            format!("{all}?enrollment_mode=-enterprise_sso"),
            vec!["c.org", "b.org"],
        ),
        (format!("{all}?query=A.o"), vec!["a.org"]),
        (format!("{all}?query={two}"), vec!["c.org"]),
        (
            format!("{all}?domains=a.org&domains=c.org"),
            vec!["c.org", "a.org"],
        ),
        (format!("{path}?verified=true"), vec!["a.org"]),
    ] {
        let page = story.get(&query).await;
        let found = page["data"].as_array().expect("a list").iter();
        let found: Vec<_> = found.map(|it| &it["name"]).collect();
        assert_eq!(found, expected, "{query}");
        assert_eq!(page["total_count"], json!(expected.len()), "{query}");
    }
    let error = story.error("GET", &format!("{all}?query=%20"), None).await;
    assert_eq!(error, fault(422, "form_param_value_invalid", "query"));
}
