//! Tests of the memory of processed messages.

use clerk_sdk::webhook::{ProcessedMessages, RecentMessages};

#[tokio::test]
async fn a_message_is_new_once() {
    let mut messages = RecentMessages::default();
    let mut same = messages.clone();
    assert_eq!(messages.insert("msg_1").await, Ok(true));
    assert_eq!(same.insert("msg_1").await, Ok(false));
    assert_eq!(messages.insert("msg_2").await, Ok(true));
}

#[tokio::test]
async fn a_message_that_could_not_be_processed_is_new_again() {
    let mut messages = RecentMessages::new(10);
    assert_eq!(messages.insert("msg_1").await, Ok(true));
    messages.remove("msg_1").await.expect("memory does not fail");
    assert_eq!(messages.insert("msg_1").await, Ok(true));
}

#[tokio::test]
async fn the_oldest_message_makes_room() {
    let mut messages = RecentMessages::new(2);
    for id in ["msg_1", "msg_2", "msg_3"] {
        assert_eq!(messages.insert(id).await, Ok(true), "{id}");
    }
    assert_eq!(messages.insert("msg_3").await, Ok(false));
    assert_eq!(messages.insert("msg_2").await, Ok(false));
    assert_eq!(messages.insert("msg_1").await, Ok(true));
}
