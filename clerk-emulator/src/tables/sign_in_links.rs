//! The tables of links that sign someone in: sign-in tokens, actor tokens and agent tasks.

use serde_json::json;

use crate::resources::changes::{Requirement, StateChange};
use crate::resources::resource::{Literal, Resource, kind};

const PENDING: &[(&str, Literal)] = &[("status", Literal::Text("pending"))];

pub(crate) static SIGN_IN_TOKEN: Resource = Resource {
    kind: kind("sign_in_token", "sit", &["user_id"]),
    schema: "SignInToken",
    defaults: PENDING,
    ..Resource::NEW
};

pub(crate) static ACTOR_TOKEN: Resource = Resource {
    kind: kind("actor_token", "act", &["user_id"]),
    schema: "ActorToken",
    defaults: PENDING,
    ..Resource::NEW
};

pub(crate) static AGENT_TASK: Resource = Resource {
    kind: kind("agent_task", "agent_task", &["user_id"]),
    schema: "AgentTask",
    defaults: PENDING,
    computed: &[
        ("agent_task_id", |_, task| json!(task.id)),
        ("task_id", |_, task| json!(task.id)),
    ],
    ..Resource::NEW
};

pub(crate) static REVOKE_SIGN_IN_TOKEN: StateChange =
    revocation("sign_in_token_cannot_be_revoked_code");

pub(crate) static REVOKE_ACTOR_TOKEN: StateChange =
    revocation("actor_token_cannot_be_revoked_code");

pub(crate) static REVOKE_AGENT_TASK: StateChange = revocation("agent_task_cannot_be_revoked");

const fn revocation(code: &'static str) -> StateChange {
    StateChange {
        requires: Some(Requirement {
            member: "status",
            values: &["pending"],
            refusal: (400, code),
        }),
        set: &[("status", Literal::Text("revoked"))],
    }
}
