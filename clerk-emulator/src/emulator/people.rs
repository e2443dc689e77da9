//! What people do in the application, and what their browsers have: the Backend API has no operations for it.

use serde_json::Value;

use super::{Emulator, SECRET_KEY};
use crate::rules;
use crate::store::instance::Instance;

impl Emulator {
    /// Returns a session token of a user, as a browser has it: that of the user's newest live session.
    ///
    /// If there is none, or no such user, the token is that of a session which does not exist otherwise.
    pub fn session_token(&self, user_id: &str) -> String {
        self.session_token_with_claims(user_id, Value::Null)
    }

    /// Returns a session token like [`session_token`](Self::session_token). If `claims` is an object, its members are
    /// added to the claims or replace them; null removes one.
    pub fn session_token_with_claims(&self, user_id: &str, claims: Value) -> String {
        let token = self.service.with_instance(SECRET_KEY, |instance| {
            rules::browser_token(instance, user_id, &claims)
        });
        token.unwrap_or_default()
    }

    /// Returns the token with which a browser refreshes a session; nothing if there is no such session.
    pub fn refresh_token(&self, session_id: &str) -> Option<String> {
        let token = self.service.with_instance(SECRET_KEY, |instance| {
            rules::refresh_token(instance, session_id)
        });
        token.flatten()
    }

    /// Adds a record that the Backend API cannot create, and returns its id: an `external_account`, a `passkey`, a
    /// `sign_up`, a `trusted_device` or a `commerce_plan`.
    ///
    /// `members` is an object with the members that responses have, and with `user_id`. An external account may have an
    /// `access_token`, too. A plan has a `slug` and a `for_payer_type`, `user` or `org`, and optionally `name`,
    /// `description`, `amount` and `annual_monthly_amount` in cents, `free_trial_days`, `features` (a list of slugs),
    /// `is_default` and `publicly_visible`. Returns nothing if there is no such resource or no such user, or if a member of
    /// a plan is invalid.
    pub fn add_record(&self, resource: &str, members: Value) -> Option<String> {
        let id = self.service.with_instance(SECRET_KEY, |instance| {
            rules::add_record(instance, resource, &members).ok()
        });
        id.flatten()
    }

    /// Subscribes a user or an organization, which is given by its id, to a plan, which is given by its slug or its id.
    /// Session tokens and the billing operations have the plan and its features from then on. Returns the id of the
    /// subscription item, or nothing if there is no such payer, or no such plan for it.
    ///
    /// The plan that the payer had ends at once. Plans are created with [`add_record`](Self::add_record) or by a seed.
    pub fn subscribe(&self, payer: &str, plan: &str) -> Option<String> {
        let subscribe = |instance: &mut Instance| rules::subscribe(instance, payer, plan);
        self.controls.change(SECRET_KEY, subscribe).flatten()
    }

    /// Ends a session, as signing out does. Returns whether it was active.
    pub fn end_session(&self, session_id: &str) -> bool {
        let end = |instance: &mut Instance| rules::end_session(instance, session_id);
        let ended = self.service.with_instance(SECRET_KEY, end);
        self.service.notify_of_change();
        ended.unwrap_or(false)
    }

    /// Makes an organization the active one of a session, as choosing one in the application does; none is the personal
    /// account. Returns whether the session is live, and its user is a member of the organization.
    pub fn set_active_organization(&self, session_id: &str, organization_id: Option<&str>) -> bool {
        let set = |instance: &mut Instance| {
            rules::set_active_organization(instance, session_id, organization_id)
        };
        let is_set = self.controls.change(SECRET_KEY, set);
        is_set.unwrap_or(false)
    }

    /// Creates the user who signs up with an email address or a phone number, and returns the user's id. Returns nothing if
    /// another user has it, or if the restrictions of the instance, such as the allowlist, do not admit it.
    pub fn sign_up(&self, identifier: &str) -> Option<String> {
        let sign_up = |instance: &mut Instance| rules::sign_up(instance, identifier);
        self.controls.change(SECRET_KEY, sign_up)?.ok()
    }

    /// Accepts an invitation to the application, and returns the id of the user who is created. Returns nothing if the
    /// invitation is not pending, if another user has its address, or if it is on the blocklist.
    pub fn accept_invitation(&self, invitation_id: &str) -> Option<String> {
        let accept = |instance: &mut Instance| rules::accept_invitation(instance, invitation_id);
        let user_id = self.service.with_instance(SECRET_KEY, accept);
        self.service.notify_of_change();
        user_id.flatten()
    }

    /// Accepts an invitation to an organization of the instance of [`key`](Self::key) for a user, who becomes a member.
    /// Returns whether it could be accepted: it must be pending, and the user must exist and not be a member.
    pub fn accept_organization_invitation(&self, invitation_id: &str, user_id: &str) -> bool {
        let accept = |instance: &mut Instance| {
            rules::accept_organization_invitation(instance, invitation_id, user_id).is_ok()
        };
        let accepted = self.service.with_instance(SECRET_KEY, accept);
        self.service.notify_of_change();
        accepted.unwrap_or(false)
    }

    /// Creates an OAuth access token that a user grants an application of the instance of [`key`](Self::key). Returns nothing
    /// if there is no such application or user.
    pub fn issue_oauth_access_token(&self, application_id: &str, user_id: &str) -> Option<String> {
        let issue = |instance: &mut Instance| {
            rules::issue_oauth_access_token(instance, application_id, user_id)
        };
        self.service.with_instance(SECRET_KEY, issue).flatten()
    }
}
