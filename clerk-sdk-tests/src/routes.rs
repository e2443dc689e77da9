//! Which handler answers which method and path.

use crate::answer::{Answer, Failure};
use crate::request::RecordedRequest;
use crate::state::State;
use crate::{memberships, organizations, users};

/// Answers from the state. A file is already stored when this is asked.
pub(crate) fn answer(state: &mut State, request: &RecordedRequest) -> Answer {
    let segments = request.segments().unwrap_or_default();
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    match &path[..] {
        ["users", rest @ ..] => on_users(state, request, rest),
        ["organizations", rest @ ..] => on_organizations(state, request, rest),
        ["organization_memberships"] if request.method == "GET" => {
            memberships::list(state, request, None, None)
        }
        _ => Err(no_route()),
    }
}

/// Whether a request carries a file, which takes waiting for.
pub(crate) fn is_upload(request: &RecordedRequest) -> bool {
    let segments = request.segments().unwrap_or_default();
    matches!(
        (
            request.method.as_str(),
            segments
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .as_slice()
        ),
        ("POST", ["users", _, "profile_image"]) | ("PUT", ["organizations", _, "logo"])
    )
}

fn no_route() -> Failure {
    Failure::new(404, "resource_not_found", "the stand-in has no such route")
}

fn on_users(state: &mut State, request: &RecordedRequest, path: &[&str]) -> Answer {
    match (request.method.as_str(), path) {
        ("GET", []) => users::list(state, request),
        ("POST", []) => users::create(state, request),
        ("GET", ["count"]) => users::count(state, request),
        ("GET", [id]) => users::get(state, id),
        ("PATCH", [id]) => users::update(state, id, request),
        ("DELETE", [id]) => users::delete(state, id),
        ("PATCH", [id, "metadata"]) => users::update_metadata(state, id, request, false),
        ("PUT", [id, "metadata"]) => users::update_metadata(state, id, request, true),
        ("POST", [id, "ban"]) => users::flag(state, id, "banned", true),
        ("POST", [id, "unban"]) => users::flag(state, id, "banned", false),
        ("POST", [id, "lock"]) => users::flag(state, id, "locked", true),
        ("POST", [id, "unlock"]) => users::flag(state, id, "locked", false),
        ("POST", [id, "profile_image"]) => users::image(state, id, true),
        ("DELETE", [id, "profile_image"]) => users::image(state, id, false),
        ("GET", [id, "organization_memberships"]) => {
            memberships::list(state, request, None, Some(id))
        }
        _ => Err(no_route()),
    }
}

fn on_organizations(state: &mut State, request: &RecordedRequest, path: &[&str]) -> Answer {
    match (request.method.as_str(), path) {
        ("GET", []) => organizations::list(state, request),
        ("POST", []) => organizations::create(state, request),
        ("GET", [id]) => organizations::get(state, id),
        ("PATCH", [id]) => organizations::update(state, id, request),
        ("DELETE", [id]) => organizations::delete(state, id),
        ("PATCH", [id, "metadata"]) => organizations::update_metadata(state, id, request, false),
        ("PUT", [id, "metadata"]) => organizations::update_metadata(state, id, request, true),
        ("PUT", [id, "logo"]) => organizations::logo(state, id, true),
        ("DELETE", [id, "logo"]) => organizations::logo(state, id, false),
        ("GET", [id, "memberships"]) => memberships::list(state, request, Some(id), None),
        ("POST", [id, "memberships"]) => memberships::create(state, id, request),
        ("PATCH", [id, "memberships", user]) => memberships::update(state, id, user, request),
        ("DELETE", [id, "memberships", user]) => memberships::delete(state, id, user),
        ("PATCH", [id, "memberships", user, "metadata"]) => {
            memberships::update_metadata(state, id, user, request)
        }
        _ => Err(no_route()),
    }
}
