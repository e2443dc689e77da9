//! Tests of the SDK with the emulator, over HTTP: state, keys, errors, pagination and file uploads.

use clerk_sdk::{
    Clerk, ClientConfig, Error, File, Null, RetryPolicy, organization, organization_membership,
    user,
};
use clerk_sdk_tests::{Emulator, StubbedResponse};
use serde_json::json;

async fn start() -> (Emulator, Clerk) {
    let emulator = Emulator::start().await.expect("the emulator starts");
    let clerk = Clerk::new(ClientConfig::new(emulator.key()).base_url(emulator.url()));
    (emulator, clerk)
}

#[tokio::test]
async fn a_user_can_be_created_read_updated_and_deleted() {
    let (_emulator, clerk) = start().await;
    let params = user::CreateParams::new()
        .email_address(["ada@example.com"])
        .first_name("Ada")
        .last_name("L");
    let ada = clerk
        .user()
        .create(&params)
        .await
        .expect("creation succeeds");
    assert!(ada.trace_id().is_some());
    assert_eq!(ada.email_addresses[0].email_address, "ada@example.com");

    let params = user::UpdateParams::new()
        .first_name("Augusta")
        .last_name(Null);
    let changed = clerk
        .user()
        .update(&ada.id, &params)
        .await
        .expect("the update succeeds");
    assert_eq!(
        (changed.first_name.as_deref(), changed.last_name.as_deref()),
        (Some("Augusta"), None)
    );

    clerk
        .user()
        .delete(&ada.id)
        .await
        .expect("deletion succeeds");
    let error = clerk
        .user()
        .get(&ada.id)
        .await
        .expect_err("the user has been deleted");
    assert!(error.is_not_found() && error.has_code("resource_not_found"));
    assert!(error.trace_id().is_some());
}

#[tokio::test]
async fn a_duplicate_email_address_is_an_api_error_that_names_the_parameter() {
    let (_emulator, clerk) = start().await;
    let params = user::CreateParams::new().email_address(["ada@example.com"]);
    clerk
        .user()
        .create(&params)
        .await
        .expect("the email address is unused");
    let Err(Error::Api(error)) = clerk.user().create(&params).await else {
        panic!("the email address is in use");
    };
    assert_eq!(error.status(), 422);
    let meta = error.errors()[0]
        .meta
        .as_ref()
        .expect("the error has metadata");
    assert_eq!(meta["param_name"], "email_address");
}

#[tokio::test]
async fn lists_can_be_sorted_paginated_and_filtered() {
    let (_emulator, clerk) = start().await;
    for name in ["ada_l", "grace", "alan_t"] {
        clerk
            .user()
            .create(&user::CreateParams::new().username(name))
            .await
            .expect("creation succeeds");
    }
    let params = user::ListParams::new()
        .order_by(user::UserSortField::Username)
        .limit(2)
        .offset(1);
    let names: Vec<_> = clerk
        .user()
        .list(&params)
        .await
        .expect("listing succeeds")
        .into_iter()
        .map(|it| it.username)
        .collect();
    assert_eq!(names, [Some("alan_t".to_owned()), Some("grace".to_owned())]);
    let params = user::ListParams::new().username(["ada_l", "grace"]);
    assert_eq!(
        clerk
            .user()
            .list(&params)
            .await
            .expect("listing succeeds")
            .len(),
        2
    );
    let count = clerk
        .user()
        .count(&user::CountParams::new())
        .await
        .expect("counting succeeds");
    assert_eq!(count.total_count, 3);
    let error = clerk
        .user()
        .list(&user::ListParams::new().limit(501))
        .await
        .expect_err("the limit is too high");
    assert_eq!(error.status().map(|it| it.as_u16()), Some(422));
}

#[tokio::test]
async fn organizations_have_members_and_metadata() {
    let (_emulator, clerk) = start().await;
    let ada = clerk
        .user()
        .create(&user::CreateParams::new().first_name("Ada"))
        .await
        .expect("creation succeeds");
    let params = organization::CreateParams::new("Clerk Inc").created_by(&ada.id);
    let org = clerk
        .organization()
        .create(&params)
        .await
        .expect("creation succeeds");
    let bob = clerk
        .user()
        .create(&user::CreateParams::new())
        .await
        .expect("creation succeeds");
    let params = organization_membership::CreateParams::new(&bob.id, "org:member");
    clerk
        .organization_membership()
        .create(&org.id, &params)
        .await
        .expect("creation succeeds");

    let params = organization_membership::ListParams::new()
        .limit(1)
        .order_by("created_at");
    let page = clerk
        .organization_membership()
        .list(&org.id, &params)
        .await
        .expect("listing succeeds");
    assert_eq!((page.len(), page.total_count), (1, Some(2)));
    assert_eq!(
        page[0]
            .public_user_data
            .as_ref()
            .map(|it| it.user_id.as_str()),
        Some(ada.id.as_str())
    );

    let object =
        |value: serde_json::Value| value.as_object().expect("the value is an object").clone();
    let metadata = |value| organization::UpdateMetadataParams::new().public_metadata(object(value));
    clerk
        .organization()
        .update_metadata(&org.id, &metadata(json!({"a": 1, "b": {"c": 2}})))
        .await
        .expect("merging succeeds");
    let org = clerk
        .organization()
        .update_metadata(&org.id, &metadata(json!({"a": null, "b": {"d": 3}})))
        .await
        .expect("merging succeeds");
    assert_eq!(org.public_metadata, json!({"b": {"c": 2, "d": 3}}).into());

    clerk
        .organization()
        .delete(&org.id)
        .await
        .expect("deletion succeeds");
    let memberships = clerk
        .user()
        .list_organization_memberships(&ada.id, &Default::default())
        .await
        .expect("listing succeeds");
    assert!(memberships.is_empty());
}

#[tokio::test]
async fn clients_with_different_keys_use_different_instances() {
    let (emulator, first) = start().await;
    emulator.add_key("sk_test_other");
    let second = Clerk::new(ClientConfig::new("sk_test_other").base_url(emulator.url()));
    let params = user::CreateParams::new().email_address(["ada@example.com"]);
    let (first_users, second_users) = (first.user(), second.user());
    let (in_first, in_second) =
        tokio::join!(first_users.create(&params), second_users.create(&params));
    let (in_first, in_second) = (
        in_first.expect("the email address is unused in the first instance"),
        in_second.expect("the email address is unused in the second instance"),
    );
    assert_ne!(in_first.id, in_second.id);
    assert!(
        first
            .user()
            .get(&in_second.id)
            .await
            .expect_err("the user belongs to the other instance")
            .is_not_found()
    );
    let unauthorized = Clerk::new(ClientConfig::new("sk_test_wrong").base_url(emulator.url()));
    let error = unauthorized
        .user()
        .get(&in_first.id)
        .await
        .expect_err("the key is unknown");
    assert_eq!(error.status().map(|it| it.as_u16()), Some(401));
}

#[tokio::test]
async fn files_from_memory_and_from_disk_arrive_unchanged() {
    let (emulator, clerk) = start().await;
    // Every possible byte, strings that look like a multipart boundary, and line breaks.
    let mut bytes: Vec<u8> = (0..=255).collect();
    bytes.extend_from_slice(
        b"\r\n--clerk-sdk-0000000000000000\r\n--clerk-sdk-0000000000000000--\r\n",
    );

    let ada = clerk
        .user()
        .create(&user::CreateParams::new())
        .await
        .expect("creation succeeds");
    let png = [b"\x89PNG\r\n\x1a\n", &*bytes].concat();
    let file = File::new("a \"quoted\"\r\nname.png", png.clone());
    let params = user::UpdateProfileImageParams::new(file);
    assert!(
        clerk
            .user()
            .update_profile_image(&ada.id, &params)
            .await
            .expect("the upload succeeds")
            .has_image
    );

    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("logo.webp");
    let webp = [b"RIFF", &*bytes].concat();
    std::fs::write(&path, &webp).expect("the file is written");
    let org = clerk
        .organization()
        .create(&organization::CreateParams::new("Clerk"))
        .await
        .expect("creation succeeds");
    let file = File::from_path(&path).await.expect("the file is read");
    let params = organization::UpdateLogoParams::new(file).uploader_user_id(&ada.id);
    assert!(
        clerk
            .organization()
            .update_logo(&org.id, &params)
            .await
            .expect("the upload succeeds")
            .has_image
    );

    let uploads = emulator.uploads();
    assert_eq!(uploads.len(), 2);
    assert_eq!((&*uploads[0].bytes, &*uploads[1].bytes), (&*png, &*webp));
    assert_eq!(
        (
            uploads[0].content_type.as_str(),
            uploads[1].content_type.as_str()
        ),
        ("image/png", "image/webp")
    );
    assert_eq!(uploads[1].file_name, "logo.webp");
    assert!(
        emulator.requests()[3]
            .body
            .windows(16)
            .any(|it| it == b"uploader_user_id")
    );
}

#[tokio::test]
async fn an_id_with_special_characters_reaches_the_server_unchanged() {
    let (emulator, clerk) = start().await;
    for id in ["a/b", "a?b#c", "%2F..%2F", "ü", "a b"] {
        let error = clerk
            .user()
            .get(id)
            .await
            .expect_err("the user does not exist");
        assert!(error.is_not_found(), "{id}: {error}");
        let path = emulator.requests().pop().expect("the request arrived").path;
        let segment = path
            .strip_prefix("/v1/users/")
            .expect("the route is the same")
            .to_owned();
        assert!(!segment.contains('/'));
        let decoded = percent_encoding::percent_decode_str(&segment)
            .decode_utf8()
            .expect("the segment is UTF-8");
        assert_eq!(decoded, id);
    }
}

#[tokio::test]
async fn a_stubbed_response_is_returned_once() {
    let (emulator, clerk) = start().await;
    emulator.stub(StubbedResponse {
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
        .expect_err("the stubbed response is an error");
    assert_eq!(error.retry_after().map(|it| it.as_secs()), Some(3));
    clerk
        .user()
        .count(&user::CountParams::new())
        .await
        .expect("the stub has been used");
}

#[tokio::test]
async fn a_hanging_request_times_out_and_the_next_one_succeeds() {
    let (emulator, clerk) = start().await;
    emulator.hang("GET", "/v1/users/count");
    let call = clerk
        .user()
        .count(&user::CountParams::new())
        .timeout(std::time::Duration::from_millis(50))
        .await;
    assert!(call.expect_err("the request hangs").is_timeout());
    // This uses another path, because on a busy machine the first call may time out before its request is sent.
    clerk
        .user()
        .list(&user::ListParams::new())
        .await
        .expect("the call succeeds");
}

/// Connections close with the runtime that opened them, and must not be reused by another one.
#[test]
fn the_process_wide_client_works_on_one_runtime_after_another() {
    let emulator = Emulator::start_blocking().expect("the emulator starts");
    clerk_sdk::set_config(ClientConfig::new(emulator.key()).base_url(emulator.url()));
    for _ in 0..3 {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            user::count(&user::CountParams::new())
                .await
                .expect("the call succeeds");
        });
    }
}

#[test]
fn a_call_outside_a_runtime_is_an_error() {
    let client =
        user::Client::new(ClientConfig::new("sk_test_key").base_url("http://127.0.0.1:9/v1"));
    let mut call = Box::pin(client.get("user_1"));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(Error::Transport(error))) = call.as_mut().poll(&mut context)
    else {
        panic!("a call needs a runtime");
    };
    assert!(error.is_connect());
}

#[tokio::test]
async fn added_users_can_be_paginated_in_both_orders_and_precede_created_users() {
    let (emulator, clerk) = start().await;
    emulator.add_users(1_201);
    let params = user::CreateParams::new().username("late");
    let late = clerk.user().create(&params).await.expect("a user");
    let count = clerk.user().count(&user::CountParams::new()).await;
    assert_eq!(count.expect("a number").total_count, 1_202);

    let paginate = async |order: &str| {
        let params = user::ListParams::new().order_by(order);
        let mut users = clerk.user().list(&params).items();
        let mut all = Vec::new();
        while let Some(user) = users.next().await {
            let user = user.expect("a user");
            all.push((user.created_at, user.id));
        }
        all
    };
    let mut oldest_first = paginate("created_at").await;
    assert!(oldest_first.is_sorted());
    assert_eq!(oldest_first.last().map(|it| &it.1), Some(&late.id));
    let newest_first = paginate("-created_at").await;
    oldest_first.reverse();
    assert_eq!((newest_first.len(), newest_first), (1_202, oldest_first));

    let params = user::ListParams::new().limit(3).offset(1_200);
    let page = clerk.user().list(&params).await.expect("a page");
    assert_eq!(page.len(), 2);
    let found = clerk.user().get(&page[0].id).await.expect("a user");
    assert_eq!(found.username, page[0].username);
    let params = user::ListOrganizationMembershipsParams::new();
    let memberships = clerk
        .user()
        .list_organization_memberships(&found.id, &params)
        .await;
    assert_eq!(memberships.expect("a list").total_count, Some(0));
}
