//! Lowers events: what the API sends on its own, which OpenAPI 3.0 documents describe in an extension such as
//! `x-webhooks`.

use openapiv3::{ReferenceOr, RequestBody};
use serde::Deserialize;

use super::context::LoweringContext;
use super::schema_form::SchemaRef;
use super::schema_location::SchemaLocation;
use crate::json_pointer::escape;
use crate::model::{Event, Role, Type};
use crate::names::{NameKey, Names, TypeKey, TypeName, pascal_case};

/// A kind of event as the document describes it: a path item with the request that the API sends.
#[derive(Deserialize)]
struct EventItem {
    post: EventRequest,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventRequest {
    description: Option<String>,
    request_body: ReferenceOr<RequestBody>,
}

/// Lowers the events under an extension of the document, which has a path item for each kind.
pub(super) fn lower_events(context: &mut LoweringContext<'_>, extension: &str) -> Vec<Event> {
    let Some(items) = context.document.openapi.extensions.get(extension) else {
        let message =
            format!("the document has no `{extension}`: correct its roots in `generator.toml`");
        context.problem("", message);
        return Vec::new();
    };
    let mut events = Vec::new();
    for (kind, item) in items.as_object().into_iter().flatten() {
        let pointer = format!("/{}/{}", escape(extension), escape(kind));
        match payload(context, kind, item, &pointer) {
            Ok((payload, docs)) => events.push(Event {
                kind: kind.clone(),
                variant: context.names.event_variant(kind),
                docs,
                payload,
            }),
            Err(message) => context.problem(pointer, message),
        }
    }
    events
}

/// Reports events of any document with the same variant.
pub(super) fn check_variants(events: &[Event], names: &mut Names) {
    for (index, event) in events.iter().enumerate() {
        let mut others = events[..index].iter();
        if let Some(other) = others.find(|it| it.variant == event.variant) {
            let message = format!("`{}` has the same variant: rename one of them", other.kind);
            let [key, other] = [event, other].map(|it| NameKey::Event(it.kind.clone()));
            names.clash(key, other, message);
        }
    }
}

/// Returns the type of an event's payload, and the description of the event.
fn payload(
    context: &mut LoweringContext<'_>,
    kind: &str,
    item: &serde_json::Value,
    pointer: &str,
) -> Result<(Type, Option<String>), String> {
    let EventItem { post: request } = EventItem::deserialize(item).map_err(|error| {
        format!("this is not an event with a `post` request: {error}; describe it with an overlay")
    })?;
    let (schema, pointer) = body(context, &request.request_body, &format!("{pointer}/post"))
        .ok_or("an event needs a body of JSON: describe it with an overlay")?;
    let docs = request.description;
    let module = context.module.clone();
    let location = SchemaLocation {
        pointer,
        key: TypeKey::event(kind),
        default_name: TypeName {
            name: pascal_case(kind),
            module,
        },
        role: Role::Response,
    };
    let Some(member) = context.document.settings.payload.as_deref() else {
        return Ok((context.schema_type(&schema, &location), docs));
    };
    // The payload of a component is at the same place for all events that have it, however they refer to it.
    let (_, pointer) = context.resolved_form(&schema, &location.pointer);
    let location = SchemaLocation {
        pointer,
        ..location
    };
    let object = context.merged_object(&schema, &location.pointer);
    let properties = object.map(|it| it.form.properties).unwrap_or_default();
    let payload = properties.into_iter().find(|(name, _)| name == member);
    let (_, schema) = payload
        .ok_or_else(|| format!("the event has no member `{member}`: add it with an overlay"))?;
    let payload = context.schema_type(&schema, &location.property(member));
    Ok((payload, docs))
}

/// Returns the schema of a body of JSON, with its JSON pointer.
fn body(
    context: &LoweringContext<'_>,
    body: &ReferenceOr<RequestBody>,
    pointer: &str,
) -> Option<(SchemaRef, String)> {
    let schema = context
        .document
        .request_body(body)?
        .content
        .get("application/json")?
        .schema
        .clone()?;
    let pointer = match body {
        ReferenceOr::Item(_) => format!("{pointer}/requestBody"),
        ReferenceOr::Reference { reference } => reference.trim_start_matches('#').to_owned(),
    };
    Some((
        schema,
        format!("{pointer}/content/application~1json/schema"),
    ))
}
