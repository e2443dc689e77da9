//! Control of an emulator by tests: its state, faults, clock and webhooks, in this process and over HTTP.
//!
//! The routes of HTTP begin with `/_emulator/`, which Clerk's API does not have. Requests and responses are JSON. The query
//! parameter `key` names the instance by its secret key; without it, that is the instance of the emulator's own key.
//!
//! | route | request | response |
//! |---|---|---|
//! | `GET health` | | `status`, `version` |
//! | `GET instances` | | a list of `id`, `key` (redacted) and `options` |
//! | `POST instances` | `key`, `options` | `is_new` |
//! | `POST reset` | | `{}`; the state, the events and the counts of rate limits are as at the beginning |
//! | `GET snapshot` | | the whole state of the instance |
//! | `PUT snapshot` | a snapshot | `{}` |
//! | `POST seed` | a seed in YAML or JSON | `{}`; if the seed has a mistake, nothing of it is created |
//! | `GET options`, `PATCH options` | some of `environment`, `force_organization_selection`, `rate_limits`, `session_tokens_v1`, `user_quota` | all of them, and `preset` |
//! | `GET faults` | | a list of faults |
//! | `POST faults` | `kind`, `method`, `path`, `times`, and what the kind needs | `{}` |
//! | `DELETE faults` | | `{}` |
//! | `GET clock` | | `now`, in milliseconds |
//! | `POST clock` | `time` as in RFC 3339, or `advance_seconds` | `now` |
//! | `GET requests` | | a list of requests of the instance, without secrets |
//! | `GET events` | | a list of events of the instance, without secrets |
//! | `GET webhook_endpoints` | | a list of endpoints, without secrets |
//! | `POST webhook_endpoints` | `url` | `id`, `url`, `secret` |
//! | `DELETE webhook_endpoints`, `DELETE webhook_endpoints/{id}` | | `deleted`: how many |
//! | `POST session_token` | `user_id`, `claims` | `jwt` |
//! | `POST refresh_token` | `session_id` | `refresh_token` |
//! | `POST end_session` | `session_id` | `ended` |
//! | `POST set_active_organization` | `session_id`, `organization_id` | `is_set` |
//! | `POST subscribe` | `payer`, `plan` | `subscription_item_id` |
//! | `POST sign_up` | `identifier` | `user_id` |
//! | `POST accept_invitation` | `invitation_id` | `user_id` |
//! | `POST accept_organization_invitation` | `invitation_id`, `user_id` | `accepted` |
//! | `POST issue_oauth_access_token` | `oauth_application_id`, `user_id` | `token` |
//! | `POST records` | `resource`, and the members of the record | `id` |
//! | `POST rotate_key` | `drop_old` | `kid` |
//!
//! The kinds of faults are `latency` (`milliseconds`), `error` (`status`, `code`), `rate_limited`
//! (`retry_after_seconds`), `reset`, `stall` and `trickle` (`milliseconds`). `times` is 1 by default, and null is always.
//!
//! No route needs a key, so the routes are served only to this machine, and never to a website that a browser shows: a
//! request whose `Host` or `Origin` is a foreign one is refused. An emulator that listens on other addresses than loopback
//! has them only if it is told so.

mod actions;
mod call;
mod controls;
mod faults;
mod members;
mod redaction;
mod routes;
#[cfg(feature = "seeds")]
mod seeding;
mod server;

pub(crate) use controls::Controls;
#[cfg(feature = "page")]
pub(crate) use server::check_sender;
pub(crate) use server::routes as http_routes;
