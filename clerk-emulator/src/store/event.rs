//! Events: the changes that Clerk announces to webhook endpoints.

use std::collections::VecDeque;

use serde_json::Value;

/// The log keeps this many events, so that a long run does not exhaust memory.
const MAX_EVENTS: usize = 10_000;

/// A change that Clerk announces.
#[derive(Clone, Debug)]
pub struct Event {
    /// The id of the message, which is the same for each attempt to deliver it.
    pub message_id: String,
    /// The kind of event, such as `user.created`.
    pub kind: &'static str,
    /// When it happened, in milliseconds since the Unix epoch.
    pub timestamp: i64,
    /// The body of the message.
    pub body: Value,
}

/// An event whose body is text, which takes a fraction of the memory of parsed JSON.
#[derive(Clone, Debug)]
struct StoredEvent {
    message_id: Box<str>,
    kind: &'static str,
    timestamp: i64,
    body: Box<str>,
}

/// The most recent events of an instance, in order. Each has a number, one larger than that of the event before it.
#[derive(Clone, Debug)]
pub(crate) struct EventLog {
    events: VecDeque<StoredEvent>,
    /// The number of the next event.
    end: usize,
}

impl Default for EventLog {
    /// Creates an empty log. Its numbers leave room for events that are restored from a snapshot: these are older than
    /// all others.
    fn default() -> Self {
        Self {
            events: VecDeque::new(),
            end: MAX_EVENTS,
        }
    }
}

impl EventLog {
    pub(crate) fn push(&mut self, event: &Event) {
        self.push_stored(StoredEvent::new(event));
        self.end += 1;
    }

    fn push_stored(&mut self, event: StoredEvent) {
        if self.events.len() == MAX_EVENTS {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }

    /// Returns the number of the next event.
    pub(crate) fn end(&self) -> usize {
        self.end
    }

    /// Returns the event with a number, or the oldest one that is kept if that is newer, with its number.
    pub(crate) fn at_or_after(&self, number: usize) -> Option<(usize, Event)> {
        let first = self.end - self.events.len();
        let number = number.max(first);
        let event = self.events.get(number - first)?;
        Some((number, event.to_event()))
    }

    #[cfg(feature = "page")]
    pub(crate) fn len(&self) -> usize {
        self.events.len()
    }

    /// Returns the events, the newest first.
    #[cfg(feature = "page")]
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = Event> {
        self.events.iter().rev().map(StoredEvent::to_event)
    }

    /// Returns the events, the oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Event> {
        self.events.iter().map(StoredEvent::to_event)
    }

    /// Replaces the events. Their numbers end where those of this log do, so that they are not delivered again.
    pub(crate) fn replace(&mut self, events: impl IntoIterator<Item = Event>) {
        self.events.clear();
        for event in events {
            self.push_stored(StoredEvent::new(&event));
        }
    }
}

impl StoredEvent {
    fn new(event: &Event) -> Self {
        Self {
            message_id: event.message_id.as_str().into(),
            kind: event.kind,
            timestamp: event.timestamp,
            body: event.body.to_string().into(),
        }
    }

    fn to_event(&self) -> Event {
        Event {
            message_id: self.message_id.to_string(),
            kind: self.kind,
            timestamp: self.timestamp,
            body: serde_json::from_str(&self.body).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(number: usize) -> Event {
        Event {
            message_id: number.to_string(),
            kind: "user.created",
            timestamp: 0,
            body: Value::Null,
        }
    }

    #[test]
    fn only_the_newest_events_are_kept_and_their_numbers_stay() {
        let mut log = EventLog::default();
        let first = log.end();
        (0..MAX_EVENTS + 5).for_each(|it| log.push(&event(it)));
        assert_eq!(log.iter().count(), MAX_EVENTS);
        let (number, oldest) = log.at_or_after(first).expect("an event");
        assert_eq!((number, &*oldest.message_id), (first + 5, "5"));
        assert!(log.at_or_after(log.end()).is_none());
    }

    #[test]
    fn replaced_events_are_older_than_the_end() {
        let mut log = EventLog::default();
        let end = log.end();
        log.replace((0..MAX_EVENTS + 5).map(event));
        assert_eq!(log.end(), end);
        assert!(log.at_or_after(end).is_none());
        assert_eq!(log.iter().count(), MAX_EVENTS);
    }
}
