//! What each route does.

use serde_json::{Value, json};

use super::call::{Call, ControlError, ControlResult};
use super::members::{optional_text, text};
use super::{actions, faults, redaction};
use crate::http::timestamp::parse_timestamp;
#[cfg(feature = "seeds")]
use crate::seed::SeedDocument;
use crate::store::options::InstanceOptions;
use crate::webhooks::options::WebhookOptions;

pub(super) fn handle(call: &Call<'_>, method: &str, path: &[&str]) -> ControlResult {
    let service = &call.controls.service;
    match (method, path) {
        ("GET", ["health"]) => Ok(json!({
            "status": "ok", "version": env!("CARGO_PKG_VERSION"),
        })),
        ("GET", ["instances"]) => Ok(instances(call)),
        ("POST", ["instances"]) => add_instance(call),
        ("POST", ["reset"]) => {
            service.reset(call.key);
            Ok(json!({}))
        }
        ("GET", ["snapshot"]) => Ok(call.controls.snapshot(call.key).unwrap_or_default()),
        ("PUT", ["snapshot"]) => {
            let snapshot = call.any_json()?;
            call.controls.load_snapshot(call.key, &snapshot)?;
            Ok(json!({}))
        }
        #[cfg(feature = "seeds")]
        ("POST", ["seed"]) => seed(call),
        ("GET", ["options"]) => call.change(|instance| instance.options.to_json()),
        ("PATCH", ["options"]) => change_options(call),
        ("GET", ["faults"]) => Ok(service.faults().iter().map(faults::to_json).collect()),
        ("POST", ["faults"]) => {
            service.add_fault(faults::parse(&call.any_json()?)?);
            Ok(json!({}))
        }
        ("DELETE", ["faults"]) => {
            service.clear_faults();
            Ok(json!({}))
        }
        ("GET", ["clock"]) => Ok(json!({ "now": service.clock.now() })),
        ("POST", ["clock"]) => set_clock(call),
        ("GET", ["requests"]) => Ok(requests(call)),
        ("GET", ["events"]) => {
            let events = service.events(call.key).into_iter();
            Ok(events.map(redaction::event).collect())
        }
        (_, ["webhook_endpoints", ..]) => webhook_endpoints(call, method, &path[1..]),
        ("POST", [name]) => actions::handle(call, name),
        _ => Err(ControlError::NoRoute),
    }
}

fn instances(call: &Call<'_>) -> Value {
    let service = &call.controls.service;
    let instances = service.keys().into_iter().filter_map(|key| {
        service.with_instance(&key, |instance| {
            json!({
                "id": instance.id,
                "key": redaction::key(&key),
                "options": instance.options.to_json(),
            })
        })
    });
    instances.collect()
}

fn add_instance(call: &Call<'_>) -> ControlResult {
    let body = call.json(&["key", "options"])?;
    let options = match body.get("options") {
        Some(options) => InstanceOptions::default().with_json(options)?,
        None => InstanceOptions::default(),
    };
    let key = text(&body, "key")?;
    if key.starts_with("sk_live_") {
        let message = "a key of production must not reach an emulator";
        return Err(ControlError::Refused(message));
    }
    let is_new = call.controls.service.add_instance(key, options);
    Ok(json!({ "is_new": is_new }))
}

#[cfg(feature = "seeds")]
fn seed(call: &Call<'_>) -> ControlResult {
    let text = std::str::from_utf8(call.body);
    let text = text.map_err(|_| ControlError::Invalid("the seed is not UTF-8".to_owned()))?;
    let seed = SeedDocument::parse(text);
    let seeded = seed.and_then(|it| call.controls.seed(call.key, it));
    seeded.map_err(|error| ControlError::Invalid(error.to_string()))?;
    Ok(json!({}))
}

fn change_options(call: &Call<'_>) -> ControlResult {
    let body = call.json(&[
        "environment",
        "force_organization_selection",
        "rate_limits",
        "session_tokens_v1",
        "user_quota",
    ])?;
    let changed = call.change(|instance| {
        instance.options = instance.options.with_json(&body)?;
        Ok(instance.options.to_json())
    });
    changed?.map_err(ControlError::Invalid)
}

fn set_clock(call: &Call<'_>) -> ControlResult {
    let body = call.json(&["time", "advance_seconds"])?;
    let clock = &call.controls.service.clock;
    match (body.get("time"), body.get("advance_seconds")) {
        (Some(time), None) => {
            let invalid = || "\"time\" must be a time such as 2026-05-12T08:00:00Z".to_owned();
            clock.set(parse_timestamp(time).ok_or_else(invalid)?);
        }
        (None, Some(seconds)) => {
            let seconds = seconds.as_f64().filter(|it| it.is_finite() && *it >= 0.0);
            let invalid = || "\"advance_seconds\" must be a positive number".to_owned();
            clock.advance((seconds.ok_or_else(invalid)? * 1000.0) as i64);
        }
        _ => {
            let message = "either \"time\" or \"advance_seconds\" is needed";
            return Err(ControlError::Invalid(message.to_owned()));
        }
    }
    call.controls.service.notify_of_change();
    Ok(json!({ "now": clock.now() }))
}

fn requests(call: &Call<'_>) -> Value {
    let header = format!("Bearer {}", call.key);
    let requests = call.controls.service.requests();
    let requests = requests.iter().filter(|it| {
        let sent = it.headers.get("authorization");
        sent.is_some_and(|it| it.as_bytes() == header.as_bytes())
    });
    requests.map(redaction::request).collect()
}

fn webhook_endpoints(call: &Call<'_>, method: &str, path: &[&str]) -> ControlResult {
    let webhooks = &call.controls.webhooks;
    match (method, path) {
        ("GET", []) => {
            let endpoints = webhooks.of(call.key).into_iter();
            Ok(endpoints
                .map(|it| json!({ "id": it.id, "url": it.url }))
                .collect())
        }
        ("POST", []) => {
            let body = call.json(&["url", "retries", "delivery"])?;
            let url = text(&body, "url")?;
            let (retries, delivery) = (
                optional_text(&body, "retries")?,
                optional_text(&body, "delivery")?,
            );
            let options = WebhookOptions::parse(retries, delivery)?;
            if !url.starts_with("http://") {
                let message = "the URL must begin with http://";
                return Err(ControlError::Invalid(message.to_owned()));
            }
            let added = webhooks.add(call.key, url, options);
            let added = added.ok_or(ControlError::Refused("there is no such instance"))?;
            Ok(json!({ "id": added.id, "url": added.url, "secret": added.secret }))
        }
        ("DELETE", []) => Ok(json!({ "deleted": webhooks.remove(call.key, None) })),
        ("DELETE", [id]) => match webhooks.remove(call.key, Some(id)) {
            0 => Err(ControlError::Refused("there is no such endpoint")),
            count => Ok(json!({ "deleted": count })),
        },
        _ => Err(ControlError::NoRoute),
    }
}
