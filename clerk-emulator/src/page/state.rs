//! What the page shows, as JSON.

use axum::body::Bytes;
use serde_json::{Map, Value, json};

use crate::http::request::RecordedRequest;
use crate::redaction::{redact, redact_header, redact_query};
use crate::rules;
use crate::server::request_log::{Exchange, MAX_RESPONSE_BODIES};
use crate::server::service::Service;
use crate::store::event::Event;
use crate::store::instance::Instance;

/// The page shows this many objects of each kind, and this many events: the newest ones.
const MAX_OBJECTS: usize = 100;

/// Returns the requests, and the objects and events of the instance with an id, or of the one with this secret key if there
/// is no id. Returns nothing if there is no such instance.
pub(super) fn state(
    service: &Service,
    secret_key: &str,
    instance_id: Option<&str>,
) -> Option<Value> {
    let mut instances = service.map_instances(|instance| instance.id.clone());
    instances.sort_unstable();
    let id = match instance_id {
        Some(id) => id.to_owned(),
        None => service.with_instance(secret_key, |it| it.id.clone())?,
    };
    let content = |instance: &Instance| (instance.id == id).then(|| content(instance));
    let content = service.map_instances(content).into_iter().flatten();
    let mut state = content.into_iter().next()?;
    let exchanges = service.newest_exchanges(MAX_RESPONSE_BODIES);
    let requests: Vec<Value> = exchanges.iter().map(summary).collect();
    state.insert("requests".to_owned(), requests.into());
    state.insert("instances".to_owned(), instances.into());
    state.insert("instance".to_owned(), id.into());
    Some(Value::Object(state))
}

fn content(instance: &Instance) -> Map<String, Value> {
    let mut content = rules::overview(instance, MAX_OBJECTS);
    for part in content.values_mut() {
        redact(part);
    }
    let data: Vec<Value> = instance
        .events
        .newest_first()
        .take(MAX_OBJECTS)
        .map(event)
        .collect();
    let events = json!({ "data": data, "total_count": instance.events.len() });
    content.insert("events".to_owned(), events);
    content
}

fn event(mut event: Event) -> Value {
    redact(&mut event.body);
    json!({ "id": event.message_id, "kind": event.kind, "time": event.timestamp, "body": event.body })
}

fn summary(exchange: &Exchange) -> Value {
    let (request, response) = (&exchange.request, exchange.response.as_ref());
    json!({
        "number": exchange.number,
        "time": exchange.time,
        "method": request.method,
        "path": request.path,
        "query": redact_query(request.query.as_deref().unwrap_or_default()),
        "status": response.map(|it| it.status),
        "code": response.and_then(|it| it.code),
        "milliseconds": response.map(|it| it.duration.as_secs_f64() * 1000.0),
    })
}

/// Returns a request and its response with their bodies.
pub(super) fn exchange(exchange: &Exchange) -> Value {
    let mut value = summary(exchange);
    value["request_headers"] = headers(&exchange.request);
    value["request_body"] = body(&exchange.request.body);
    value["response_body"] = match &exchange.response {
        Some(response) => body(&response.body),
        None => Value::Null,
    };
    value
}

fn headers(request: &RecordedRequest) -> Value {
    let headers = request.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        let value = redact_header(name.as_str(), &value);
        (name.to_string(), Value::from(value))
    });
    Value::Object(headers.collect())
}

/// Returns a body if it is JSON, and its size if it is something else, in which secrets could not be found.
fn body(bytes: &Bytes) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    match serde_json::from_slice(bytes) {
        Ok(mut json) => {
            redact(&mut json);
            json
        }
        Err(_) => format!("{} bytes that are not JSON", bytes.len()).into(),
    }
}
