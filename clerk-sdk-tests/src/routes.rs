//! Routing: which operation handles which method and path.

use serde_json::Value;

use crate::http::request::RecordedRequest;
use crate::http::response::{ErrorResponse, HandlerResult};
use crate::openapi::example_response::example_response;
use crate::resources::pagination::page_with_total;
use crate::resources::{
    invitations, organization_invitations, organization_memberships as memberships, organizations,
    seeded_users, users,
};
use crate::state::instance::Instance;

/// The page that the real API serves with a script.
const INTERSTITIAL: &str = "<!DOCTYPE html><html><head><title>Loading</title></head></html>";

/// Handles a request, or returns an example response if its operation has no handler.
pub(crate) fn dispatch(instance: &mut Instance, request: &RecordedRequest) -> HandlerResult {
    let segments = request.segments().unwrap_or_default();
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    let result = match path[..] {
        ["users", ref rest @ ..] => user_routes(instance, request, rest),
        ["organizations", ref rest @ ..] => organization_routes(instance, request, rest),
        ["invitations", ref rest @ ..] => invitation_routes(instance, request, rest),
        ["organization_memberships"] if request.method == "GET" => {
            Some(memberships::list(instance, request, None, None))
        }
        ["public", "interstitial"] if request.method == "GET" => {
            Some(Ok(Value::from(INTERSTITIAL)))
        }
        _ => None,
    };
    result.unwrap_or_else(|| {
        example_response(&request.method, &path).ok_or_else(|| no_operation(&path))
    })
}

/// Returns whether a request must contain a file in a multipart form.
pub(crate) fn is_upload(request: &RecordedRequest) -> bool {
    let segments = request.segments().unwrap_or_default();
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    matches!(
        (request.method.as_str(), &path[..]),
        ("POST", ["users", _, "profile_image"]) | ("PUT", ["organizations", _, "logo"])
    )
}

/// Returns the error for a request that matches no operation: 405 if the path has other methods, 404 if it has none.
fn no_operation(path: &[&str]) -> ErrorResponse {
    match path {
        ["users" | "organizations" | "invitations" | "organization_memberships" | "jwks"]
        | ["users" | "organizations", _]
        | ["users" | "organizations", _, "metadata"]
        | ["users", _, "ban" | "unban" | "lock" | "unlock"]
        | ["users", _, "profile_image" | "organization_memberships"]
        | ["organizations", _, "logo" | "memberships"]
        | ["organizations", _, "memberships", _]
        | ["organizations", _, "memberships", _, "metadata"]
        | ["invitations", "bulk"]
        | ["invitations", _, "revoke"] => {
            let message = "the path does not support this method";
            ErrorResponse::new(405, "method_not_allowed", message)
        }
        _ => ErrorResponse::new(404, "resource_not_found", "route not found"),
    }
}

fn user_routes(
    instance: &mut Instance,
    request: &RecordedRequest,
    path: &[&str],
) -> Option<HandlerResult> {
    Some(match (request.method.as_str(), path) {
        ("GET", []) if instance.seeded_users > 0 => seeded_users::list(instance, request),
        ("GET", []) => users::list(instance, request),
        ("POST", []) => users::create(instance, request),
        ("GET", ["count"]) if instance.seeded_users > 0 => seeded_users::count(instance, request),
        ("GET", ["count"]) => users::count(instance, request),
        ("GET", [id]) => {
            seeded_users::get(instance, id).map_or_else(|| users::get(instance, id), Ok)
        }
        ("PATCH", [id]) => users::update(instance, id, request),
        ("DELETE", [id]) => users::delete(instance, id),
        ("PATCH" | "PUT", [id, "metadata"]) => users::update_metadata(instance, id, request),
        ("POST", [id, "ban"]) => users::set_banned(instance, id, true),
        ("POST", [id, "unban"]) => users::set_banned(instance, id, false),
        ("POST", [id, "lock"]) => users::set_locked(instance, id, true),
        ("POST", [id, "unlock"]) => users::set_locked(instance, id, false),
        ("POST", [id, "profile_image"]) => users::set_profile_image(instance, id, true),
        ("DELETE", [id, "profile_image"]) => users::set_profile_image(instance, id, false),
        ("GET", [id, "organization_memberships"]) if seeded_users::exists(instance, id) => {
            page_with_total(request, Vec::new())
        }
        ("GET", [id, "organization_memberships"]) => {
            memberships::list(instance, request, None, Some(id))
        }
        _ => return None,
    })
}

fn organization_routes(
    instance: &mut Instance,
    request: &RecordedRequest,
    path: &[&str],
) -> Option<HandlerResult> {
    Some(match (request.method.as_str(), path) {
        ("GET", []) => organizations::list(instance, request),
        ("POST", []) => organizations::create(instance, request),
        ("GET", [id]) => organizations::get(instance, id, request),
        ("PATCH", [id]) => organizations::update(instance, id, request),
        ("DELETE", [id]) => organizations::delete(instance, id),
        ("PATCH" | "PUT", [id, "metadata"]) => {
            organizations::update_metadata(instance, id, request)
        }
        ("PUT", [id, "logo"]) => organizations::set_logo(instance, id, true),
        ("DELETE", [id, "logo"]) => organizations::set_logo(instance, id, false),
        ("GET", [id, "memberships"]) => memberships::list(instance, request, Some(id), None),
        ("POST", [id, "memberships"]) => memberships::create(instance, id, request),
        ("PATCH", [id, "memberships", user]) => memberships::update(instance, id, user, request),
        ("DELETE", [id, "memberships", user]) => memberships::delete(instance, id, user),
        ("PATCH", [id, "memberships", user, "metadata"]) => {
            memberships::update_metadata(instance, id, user, request)
        }
        ("GET" | "POST", [id, "invitations", ..]) => {
            return organization_invitation_routes(instance, request, id, &path[2..]);
        }
        _ => return None,
    })
}

fn organization_invitation_routes(
    instance: &mut Instance,
    request: &RecordedRequest,
    organization: &str,
    path: &[&str],
) -> Option<HandlerResult> {
    use organization_invitations::{create, create_bulk, get, list, revoke};
    Some(match (request.method.as_str(), path) {
        ("GET", []) => list(instance, organization, request),
        ("POST", []) => create(instance, organization, request),
        ("POST", ["bulk"]) => create_bulk(instance, organization, request),
        ("POST", [id, "revoke"]) => revoke(instance, organization, id),
        ("GET", [id]) if *id != "pending" => get(instance, organization, id),
        _ => return None,
    })
}

fn invitation_routes(
    instance: &mut Instance,
    request: &RecordedRequest,
    path: &[&str],
) -> Option<HandlerResult> {
    Some(match (request.method.as_str(), path) {
        ("GET", []) => invitations::list(instance, request),
        ("POST", []) => invitations::create(instance, request),
        ("POST", ["bulk"]) => invitations::create_bulk(instance, request),
        ("POST", [id, "revoke"]) => invitations::revoke(instance, id),
        _ => return None,
    })
}
