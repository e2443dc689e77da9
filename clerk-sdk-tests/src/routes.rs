//! Which handler answers which method and path.

use crate::answer::{Answer, Failure};
use crate::paging::listed;
use crate::request::RecordedRequest;
use crate::state::State;
use crate::{
    crowd, invitations, memberships, organization_invitations, organizations, sample, users,
};

/// Answers from the state.
pub(crate) fn answer(state: &mut State, request: &RecordedRequest) -> Answer {
    let segments = request.segments().unwrap_or_default();
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    let answer = match path[..] {
        ["users", ref rest @ ..] => on_users(state, request, rest),
        ["organizations", ref rest @ ..] => on_organizations(state, request, rest),
        ["invitations", ref rest @ ..] => on_invitations(state, request, rest),
        ["organization_memberships"] if request.method == "GET" => {
            Some(memberships::list(state, request, None, None))
        }
        _ => None,
    };
    answer.unwrap_or_else(|| sample::answer(&request.method, &path).ok_or_else(|| refusal(&path)))
}

/// Whether a request carries a file, which takes waiting for.
pub(crate) fn is_upload(request: &RecordedRequest) -> bool {
    let segments = request.segments().unwrap_or_default();
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    matches!(
        (request.method.as_str(), &path[..]),
        ("POST", ["users", _, "profile_image"]) | ("PUT", ["organizations", _, "logo"])
    )
}

/// Why nothing answers: the path has other methods, or none.
fn refusal(path: &[&str]) -> Failure {
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
            let message = "this path has other methods";
            Failure::new(405, "method_not_allowed", message)
        }
        _ => Failure::new(404, "resource_not_found", "the emulator has no such route"),
    }
}

fn on_users(state: &mut State, request: &RecordedRequest, path: &[&str]) -> Option<Answer> {
    Some(match (request.method.as_str(), path) {
        ("GET", []) if state.crowd > 0 => crowd::list(state, request),
        ("GET", []) => users::list(state, request),
        ("POST", []) => users::create(state, request),
        ("GET", ["count"]) if state.crowd > 0 => crowd::count(state, request),
        ("GET", ["count"]) => users::count(state, request),
        ("GET", [id]) => crowd::get(state, id).map_or_else(|| users::get(state, id), Ok),
        ("PATCH", [id]) => users::update(state, id, request),
        ("DELETE", [id]) => users::delete(state, id),
        ("PATCH" | "PUT", [id, "metadata"]) => users::change_metadata(state, id, request),
        ("POST", [id, "ban"]) => users::set_banned(state, id, true),
        ("POST", [id, "unban"]) => users::set_banned(state, id, false),
        ("POST", [id, "lock"]) => users::set_locked(state, id, true),
        ("POST", [id, "unlock"]) => users::set_locked(state, id, false),
        ("POST", [id, "profile_image"]) => users::set_profile_image(state, id, true),
        ("DELETE", [id, "profile_image"]) => users::set_profile_image(state, id, false),
        ("GET", [id, "organization_memberships"]) if crowd::has(state, id) => {
            listed(request, Vec::new())
        }
        ("GET", [id, "organization_memberships"]) => {
            memberships::list(state, request, None, Some(id))
        }
        _ => return None,
    })
}

fn on_organizations(state: &mut State, request: &RecordedRequest, path: &[&str]) -> Option<Answer> {
    Some(match (request.method.as_str(), path) {
        ("GET", []) => organizations::list(state, request),
        ("POST", []) => organizations::create(state, request),
        ("GET", [id]) => organizations::get(state, id, request),
        ("PATCH", [id]) => organizations::update(state, id, request),
        ("DELETE", [id]) => organizations::delete(state, id),
        ("PATCH" | "PUT", [id, "metadata"]) => organizations::change_metadata(state, id, request),
        ("PUT", [id, "logo"]) => organizations::set_logo(state, id, true),
        ("DELETE", [id, "logo"]) => organizations::set_logo(state, id, false),
        ("GET", [id, "memberships"]) => memberships::list(state, request, Some(id), None),
        ("POST", [id, "memberships"]) => memberships::create(state, id, request),
        ("PATCH", [id, "memberships", user]) => memberships::update(state, id, user, request),
        ("DELETE", [id, "memberships", user]) => memberships::delete(state, id, user),
        ("PATCH", [id, "memberships", user, "metadata"]) => {
            memberships::merge_metadata(state, id, user, request)
        }
        ("GET" | "POST", [id, "invitations", ..]) => {
            return on_organization_invitations(state, request, id, &path[2..]);
        }
        _ => return None,
    })
}

fn on_organization_invitations(
    state: &mut State,
    request: &RecordedRequest,
    organization: &str,
    path: &[&str],
) -> Option<Answer> {
    use organization_invitations::{create, create_bulk, get, list, revoke};
    Some(match (request.method.as_str(), path) {
        ("GET", []) => list(state, organization, request),
        ("POST", []) => create(state, organization, request),
        ("POST", ["bulk"]) => create_bulk(state, organization, request),
        ("POST", [id, "revoke"]) => revoke(state, organization, id),
        ("GET", [id]) if *id != "pending" => get(state, organization, id),
        _ => return None,
    })
}

fn on_invitations(state: &mut State, request: &RecordedRequest, path: &[&str]) -> Option<Answer> {
    Some(match (request.method.as_str(), path) {
        ("GET", []) => invitations::list(state, request),
        ("POST", []) => invitations::create(state, request),
        ("POST", ["bulk"]) => invitations::create_bulk(state, request),
        ("POST", [id, "revoke"]) => invitations::revoke(state, id),
        _ => return None,
    })
}
