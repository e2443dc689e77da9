//! The SDK over real HTTP, against the emulator: state, keys, errors, pages, files.

use clerk_sdk::{
    Clerk, ClientConfig, Error, File, Null, RetryPolicy, organization, organization_membership,
    user,
};
use clerk_sdk_tests::{Emulator, StubbedResponse};
use serde_json::json;

async fn start() -> (Emulator, Clerk) {
    let server = Emulator::start().await.expect("it starts");
    let clerk = Clerk::new(ClientConfig::new(server.key()).base_url(server.url()));
    (server, clerk)
}

#[tokio::test]
async fn a_user_is_made_found_changed_and_deleted() {
    let (_server, clerk) = start().await;
    let params = user::CreateParams::new()
        .email_address(["ada@example.com"])
        .first_name("Ada")
        .last_name("L");
    let ada = clerk.user().create(&params).await.expect("it is made");
    assert!(ada.trace_id().is_some());
    assert_eq!(ada.email_addresses[0].email_address, "ada@example.com");

    let params = user::UpdateParams::new()
        .first_name("Augusta")
        .last_name(Null);
    let changed = clerk
        .user()
        .update(&ada.id, &params)
        .await
        .expect("it is changed");
    assert_eq!(
        (changed.first_name.as_deref(), changed.last_name.as_deref()),
        (Some("Augusta"), None)
    );

    clerk.user().delete(&ada.id).await.expect("it is deleted");
    let error = clerk.user().get(&ada.id).await.expect_err("it is gone");
    assert!(error.is_not_found() && error.has_code("resource_not_found"));
    assert!(error.trace_id().is_some());
}

#[tokio::test]
async fn a_taken_address_is_an_api_error_with_its_parameter() {
    let (_server, clerk) = start().await;
    let params = user::CreateParams::new().email_address(["ada@example.com"]);
    clerk.user().create(&params).await.expect("it is free");
    let Err(Error::Api(error)) = clerk.user().create(&params).await else {
        panic!("it is taken");
    };
    assert_eq!(error.status(), 422);
    let meta = error.errors()[0].meta.as_ref().expect("it has details");
    assert_eq!(meta["param_name"], "email_address");
}

#[tokio::test]
async fn lists_page_and_filter() {
    let (_server, clerk) = start().await;
    for name in ["ada", "grace", "alan"] {
        clerk
            .user()
            .create(&user::CreateParams::new().username(name))
            .await
            .expect("it is made");
    }
    let params = user::ListParams::new()
        .order_by("username")
        .limit(2)
        .offset(1);
    let names: Vec<_> = clerk
        .user()
        .list(&params)
        .await
        .expect("it lists")
        .into_iter()
        .map(|it| it.username)
        .collect();
    assert_eq!(names, [Some("alan".to_owned()), Some("grace".to_owned())]);
    let params = user::ListParams::new().username(["ada", "grace"]);
    assert_eq!(clerk.user().list(&params).await.expect("it lists").len(), 2);
    let count = clerk
        .user()
        .count(&user::CountParams::new())
        .await
        .expect("it counts");
    assert_eq!(count.total_count, 3);
    let error = clerk
        .user()
        .list(&user::ListParams::new().limit(501))
        .await
        .expect_err("too many");
    assert_eq!(error.status().map(|it| it.as_u16()), Some(422));
}

#[tokio::test]
async fn organizations_have_members_and_metadata() {
    let (_server, clerk) = start().await;
    let ada = clerk
        .user()
        .create(&user::CreateParams::new().first_name("Ada"))
        .await
        .expect("it is made");
    let params = organization::CreateParams::new("Clerk Inc").created_by(&ada.id);
    let org = clerk
        .organization()
        .create(&params)
        .await
        .expect("it is made");
    let bob = clerk
        .user()
        .create(&user::CreateParams::new())
        .await
        .expect("it is made");
    let params = organization_membership::CreateParams::new(&bob.id, "org:member");
    clerk
        .organization_membership()
        .create(&org.id, &params)
        .await
        .expect("it is made");

    let params = organization_membership::ListParams::new()
        .limit(1)
        .order_by("created_at");
    let page = clerk
        .organization_membership()
        .list(&org.id, &params)
        .await
        .expect("it lists");
    assert_eq!((page.len(), page.total_count), (1, Some(2)));
    assert_eq!(
        page[0]
            .public_user_data
            .as_ref()
            .map(|it| it.user_id.as_str()),
        Some(ada.id.as_str())
    );

    let object = |value: serde_json::Value| value.as_object().expect("it is one").clone();
    let metadata = |value| organization::UpdateMetadataParams::new().public_metadata(object(value));
    clerk
        .organization()
        .update_metadata(&org.id, &metadata(json!({"a": 1, "b": {"c": 2}})))
        .await
        .expect("it merges");
    let org = clerk
        .organization()
        .update_metadata(&org.id, &metadata(json!({"a": null, "b": {"d": 3}})))
        .await
        .expect("it merges");
    assert_eq!(org.public_metadata, object(json!({"b": {"c": 2, "d": 3}})));

    clerk
        .organization()
        .delete(&org.id)
        .await
        .expect("it is deleted");
    let memberships = clerk
        .user()
        .list_organization_memberships(&ada.id, &Default::default())
        .await
        .expect("it lists");
    assert!(memberships.is_empty());
}

#[tokio::test]
async fn two_clients_with_two_keys_see_two_instances_at_once() {
    let (server, one) = start().await;
    server.add_key("sk_test_other");
    let other = Clerk::new(ClientConfig::new("sk_test_other").base_url(server.url()));
    let params = user::CreateParams::new().email_address(["ada@example.com"]);
    let (first, second) = (one.user(), other.user());
    let (first, second) = tokio::join!(first.create(&params), second.create(&params));
    let (first, second) = (first.expect("it is free here"), second.expect("and there"));
    assert_ne!(first.id, second.id);
    assert!(
        one.user()
            .get(&second.id)
            .await
            .expect_err("it is elsewhere")
            .is_not_found()
    );
    let wrong = Clerk::new(ClientConfig::new("sk_test_wrong").base_url(server.url()));
    let error = wrong
        .user()
        .get(&first.id)
        .await
        .expect_err("the key is unknown");
    assert_eq!(error.status().map(|it| it.as_u16()), Some(401));
}

#[tokio::test]
async fn a_file_arrives_byte_for_byte_from_memory_and_from_disk() {
    let (server, clerk) = start().await;
    // Every byte, a boundary's look-alike, and line breaks.
    let mut bytes: Vec<u8> = (0..=255).collect();
    bytes.extend_from_slice(
        b"\r\n--clerk-sdk-0000000000000000\r\n--clerk-sdk-0000000000000000--\r\n",
    );

    let ada = clerk
        .user()
        .create(&user::CreateParams::new())
        .await
        .expect("it is made");
    let file = File::new("a \"quoted\"\r\nname.png", bytes.clone());
    let params = user::UpdateProfileImageParams::new(file);
    assert!(
        clerk
            .user()
            .update_profile_image(&ada.id, &params)
            .await
            .expect("it is taken")
            .has_image
    );

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("logo.webp");
    std::fs::write(&path, &bytes).expect("it is written");
    let org = clerk
        .organization()
        .create(&organization::CreateParams::new("Clerk"))
        .await
        .expect("it is made");
    let file = File::from_path(&path).await.expect("it is read");
    let params = organization::UpdateLogoParams::new(file).uploader_user_id(&ada.id);
    assert!(
        clerk
            .organization()
            .update_logo(&org.id, &params)
            .await
            .expect("it is taken")
            .has_image
    );

    let uploads = server.uploads();
    assert_eq!(uploads.len(), 2);
    for upload in &uploads {
        assert_eq!(upload.bytes, bytes);
    }
    assert_eq!(
        (
            uploads[0].content_type.as_str(),
            uploads[1].content_type.as_str()
        ),
        ("image/png", "image/webp")
    );
    assert_eq!(uploads[1].file_name, "logo.webp");
    assert!(
        server.requests()[3]
            .body
            .windows(16)
            .any(|it| it == b"uploader_user_id")
    );
}

#[tokio::test]
async fn a_strange_id_reaches_the_server_as_given() {
    let (server, clerk) = start().await;
    for id in ["a/b", "a?b#c", "%2F..%2F", "ü", "a b"] {
        let error = clerk
            .user()
            .get(id)
            .await
            .expect_err("there is no such user");
        assert!(error.is_not_found(), "{id}: {error}");
        let path = server.requests().pop().expect("it arrived").path;
        let segment = path
            .strip_prefix("/v1/users/")
            .expect("the route is the same")
            .to_owned();
        assert!(!segment.contains('/'));
        let decoded = percent_encoding::percent_decode_str(&segment)
            .decode_utf8()
            .expect("it is UTF-8");
        assert_eq!(decoded, id);
    }
}

#[tokio::test]
async fn a_canned_answer_is_given_once() {
    let (server, clerk) = start().await;
    server.stub(StubbedResponse {
        method: "GET".into(),
        path: "/v1/users/count".into(),
        status: 503,
        headers: vec![("Retry-After".into(), "3".into())],
        body: b"<html>down</html>".to_vec(),
    });
    let error = clerk
        .user()
        .count(&user::CountParams::new())
        .retry(RetryPolicy::none())
        .await
        .expect_err("it is down");
    assert_eq!(error.retry_after().map(|it| it.as_secs()), Some(3));
    clerk
        .user()
        .count(&user::CountParams::new())
        .await
        .expect("it is up again");
}

#[tokio::test]
async fn a_request_that_hangs_ends_with_the_callers_limit_and_the_next_one_is_served() {
    let (server, clerk) = start().await;
    server.hang("GET", "/v1/users/count");
    let call = clerk
        .user()
        .count(&user::CountParams::new())
        .timeout(std::time::Duration::from_millis(50))
        .await;
    assert!(call.expect_err("it hangs").is_timeout());
    // Another path: on a busy machine the limit may run out before the first request is sent.
    clerk
        .user()
        .list(&user::ListParams::new())
        .await
        .expect("it is served");
}

/// One runtime's connections end with it; another's must not depend on them.
#[test]
fn the_process_wide_client_serves_one_runtime_after_another() {
    let server = Emulator::start_blocking().expect("it starts");
    clerk_sdk::set_config(ClientConfig::new(server.key()).base_url(server.url()));
    for _ in 0..3 {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            user::count(&user::CountParams::new())
                .await
                .expect("it is served");
        });
    }
}

#[test]
fn without_a_runtime_a_call_is_an_error_and_no_panic() {
    let client =
        user::Client::new(ClientConfig::new("sk_test_key").base_url("http://127.0.0.1:9/v1"));
    let mut call = Box::pin(client.get("user_1"));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(Error::Transport(error))) = call.as_mut().poll(&mut context)
    else {
        panic!("it needs a runtime");
    };
    assert!(error.is_connect());
}

#[tokio::test]
async fn a_crowd_can_be_walked_both_ways_and_comes_before_all_others() {
    let (server, clerk) = start().await;
    server.seed_users(1_201);
    let params = user::CreateParams::new().username("late");
    let late = clerk.user().create(&params).await.expect("a user");
    let count = clerk.user().count(&user::CountParams::new()).await;
    assert_eq!(count.expect("a number").total_count, 1_202);

    let walk = async |order: &str| {
        let params = user::ListParams::new().order_by(order);
        let mut users = clerk.user().list(&params).items();
        let mut seen = Vec::new();
        while let Some(user) = users.next().await {
            let user = user.expect("a user");
            seen.push((user.created_at, user.id));
        }
        seen
    };
    let mut oldest_first = walk("created_at").await;
    assert!(oldest_first.is_sorted());
    assert_eq!(oldest_first.last().map(|it| &it.1), Some(&late.id));
    let newest_first = walk("-created_at").await;
    oldest_first.reverse();
    assert_eq!((newest_first.len(), newest_first), (1_202, oldest_first));

    let params = user::ListParams::new().limit(3).offset(1_200);
    let page = clerk.user().list(&params).await.expect("a page");
    assert_eq!(page.len(), 2);
    let found = clerk.user().get(&page[0].id).await.expect("a user");
    assert_eq!(found.username, page[0].username);
    let params = user::ListOrganizationMembershipsParams::new();
    let none = clerk
        .user()
        .list_organization_memberships(&found.id, &params)
        .await;
    assert_eq!(none.expect("a list").total_count, Some(0));
    let params = user::ListParams::new().query("ada");
    let error = clerk.user().list(&params).await.expect_err("no filters");
    assert_eq!(error.status().map(|it| it.as_u16()), Some(422));
}
