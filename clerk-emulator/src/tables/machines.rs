//! The tables of machines and of their access to each other.

use serde_json::{Value, json};

use crate::resources::resource::Literal::Int;
use crate::resources::resource::{Resource, kind};
use crate::store::instance::Instance;
use crate::store::record::Record;

pub(crate) static MACHINE: Resource = Resource {
    kind: kind("machine", "mch", &["secret_key", "previous_secret_key"]),
    defaults: &[("default_token_ttl", Int(3600))],
    computed: &[
        ("instance_id", |instance, _| json!(instance.id)),
        ("scoped_machines", scoped_machines),
    ],
    searched: &["name"],
    ..Resource::NEW
};

/// An access of a machine to another one. The member `pair` contains the ids of both.
pub(crate) static SCOPE: Resource = Resource {
    kind: kind(
        "machine_scope",
        "mscope",
        &["from_machine_id", "to_machine_id", "pair"],
    ),
    ..Resource::NEW
};

/// Returns the ids of the machines that a machine has access to.
pub(crate) fn scopes<'i>(instance: &'i Instance, machine_id: &str) -> Vec<&'i str> {
    let scopes = instance.all(&SCOPE).with("from_machine_id", machine_id);
    scopes.map(|it| it.str("to_machine_id")).collect()
}

fn scoped_machines(instance: &Instance, record: &Record) -> Value {
    let ids = scopes(instance, &record.id).into_iter();
    let machines = ids.filter_map(|id| instance.all(&MACHINE).get(id));
    let render = |machine: &Record| {
        json!({
            "object": "machine",
            "id": machine.id,
            "name": machine.str("name"),
            "instance_id": instance.id,
            "default_token_ttl": default_token_ttl(machine),
            "created_at": machine.created_at,
            "updated_at": machine.updated_at,
        })
    };
    machines.map(render).collect()
}

/// Returns the lifetime of a machine's tokens in seconds.
pub(crate) fn default_token_ttl(machine: &Record) -> i64 {
    machine.i64("default_token_ttl").unwrap_or(3600)
}
