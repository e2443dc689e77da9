//! Enterprise connections: single sign-on by SAML or OpenID Connect. The SAML ones can be seen as SAML connections, too.

mod connection;
mod members;
mod saml;

pub(super) use connection::unlink;

use super::organization_domains;
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::table::{Operations, get, list, rule};
use crate::resources::{changes, listing};
use crate::store::record::Record;
use crate::tables::enterprise_connections::{CONNECTION, TEST_RUN, is_saml};

pub(super) const OPERATIONS: &Operations = &[
    ("ListEnterpriseConnections", list(&CONNECTION)),
    ("CreateEnterpriseConnection", rule(create)),
    ("GetEnterpriseConnection", get(&CONNECTION)),
    ("UpdateEnterpriseConnection", rule(update)),
    ("DeleteEnterpriseConnection", rule(delete)),
    ("ListEnterpriseConnectionTestRuns", rule(list_test_runs)),
    ("ListSAMLConnections", rule(saml::list)),
    ("CreateSAMLConnection", rule(saml::create)),
    ("GetSAMLConnection", rule(saml::get)),
    ("UpdateSAMLConnection", rule(saml::update)),
    ("DeleteSAMLConnection", rule(saml::delete)),
];

fn list_test_runs(call: &mut Call<'_>) -> CallResult {
    call.instance.find(&CONNECTION, &call.path_param(0))?;
    listing::list(call, &TEST_RUN)
}

fn create(call: &mut Call<'_>) -> CallResult {
    let mut record = changes::new_record(call, &CONNECTION)?;
    connection::set_ids(call.instance, &mut record);
    apply(call, &mut record)?;
    changes::insert(call, &CONNECTION, record)
}

fn update(call: &mut Call<'_>) -> CallResult {
    let id = changes::record_id(call, &CONNECTION)?;
    let old = call.instance.find(&CONNECTION, &id)?.clone();
    let mut record = old.clone();
    changes::apply_body(call, &mut record)?;
    connection::keep(&old, &mut record);
    apply(call, &mut record)?;
    changes::save(call, &CONNECTION, record)
}

fn delete(call: &mut Call<'_>) -> CallResult {
    let id = changes::record_id(call, &CONNECTION)?;
    connection::remove(call, &id)
}

/// Applies the parts of the body that depend on the protocol, and checks the result.
fn apply(call: &mut Call<'_>, record: &mut Record) -> Result<(), ErrorResponse> {
    match is_saml(record) {
        true => members::apply_saml(record, call.get("saml")),
        false => members::apply_oidc(record, call.get("oidc")),
    }
    connection::check(call, record)?;
    if record.is("active") {
        for domain in connection::claimed_domains(call.instance, record) {
            organization_domains::remove(call, &domain)?;
        }
    }
    Ok(())
}
