//! Tests of the memory of processed messages.

use std::time::Duration;

use clerk_sdk::webhook::{MessageState, ProcessedMessages, RecentMessages};

async fn begin(messages: &mut RecentMessages, id: &str) -> MessageState {
    let Ok(state) = messages.begin(id).await;
    state
}

async fn finish(messages: &mut RecentMessages, id: &str) {
    let Ok(()) = messages.finish(id).await;
}

#[tokio::test]
async fn a_message_is_processed_once() {
    let mut messages = RecentMessages::default();
    let mut same = messages.clone();
    assert_eq!(begin(&mut messages, "msg_1").await, MessageState::New);
    assert_eq!(begin(&mut same, "msg_1").await, MessageState::InProgress);
    finish(&mut messages, "msg_1").await;
    assert_eq!(begin(&mut same, "msg_1").await, MessageState::Processed);
    assert_eq!(begin(&mut messages, "msg_2").await, MessageState::New);
}

#[tokio::test]
async fn a_message_that_could_not_be_processed_is_new_again() {
    let mut messages = RecentMessages::new(10);
    begin(&mut messages, "msg_1").await;
    let Ok(()) = messages.release("msg_1").await;
    assert_eq!(begin(&mut messages, "msg_1").await, MessageState::New);
}

#[tokio::test]
async fn a_message_whose_handler_was_dropped_is_new_again() {
    let mut messages = RecentMessages::new(10).time_limit(Duration::ZERO);
    begin(&mut messages, "msg_1").await;
    assert_eq!(begin(&mut messages, "msg_1").await, MessageState::New);
    finish(&mut messages, "msg_1").await;
    assert_eq!(begin(&mut messages, "msg_1").await, MessageState::Processed);
}

#[tokio::test]
async fn the_oldest_message_makes_room() {
    let mut messages = RecentMessages::new(2);
    for id in ["msg_1", "msg_2", "msg_3"] {
        assert_eq!(begin(&mut messages, id).await, MessageState::New, "{id}");
        finish(&mut messages, id).await;
    }
    assert_eq!(begin(&mut messages, "msg_3").await, MessageState::Processed);
    assert_eq!(begin(&mut messages, "msg_2").await, MessageState::Processed);
    assert_eq!(begin(&mut messages, "msg_1").await, MessageState::New);
}
