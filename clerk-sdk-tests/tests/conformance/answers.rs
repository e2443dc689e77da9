//! The answers of operations, in every form that the document allows.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::arguments;
use crate::given::Arguments;
use crate::instance::{Fill, Instance, Kind, Maker, Site};
use crate::operation::{Decoded, Operation, Pending, operation};
use crate::server::Exchange;
use crate::spec::{Described, SPEC};

/// An operation that answers with a body, and how it is called.
pub(crate) struct Answering {
    pub(crate) described: &'static Described,
    pub(crate) operation: &'static Operation,
    schema: &'static str,
    arguments: Arguments,
}

/// Every operation that answers with a body.
pub(crate) fn answering() -> Vec<Answering> {
    let described = SPEC.operations.iter();
    let with_body = described.filter_map(|described| {
        Some(Answering {
            described,
            operation: operation(&described.id)?,
            schema: described.success.1.as_deref()?,
            arguments: arguments::required(described),
        })
    });
    with_body.collect()
}

/// One operation for each answer that differs in more than where the document writes it.
pub(crate) fn distinct() -> Vec<Answering> {
    let mut seen = BTreeSet::new();
    let mut all = answering();
    all.retain(|it| seen.insert(SPEC.at(&SPEC.resolve(it.schema)).to_string()));
    all
}

/// The sites whose decoding differs from those seen before: the same member of the same object is
/// read by the same code, wherever the object stands.
pub(crate) fn fresh<'i>(instance: &'i Instance, seen: &mut Seen) -> Vec<&'i Site> {
    let parent = |place: &str| {
        let objects = instance
            .sites
            .iter()
            .filter(|it| matches!(it.kind, Kind::Object));
        let above = objects.filter(|it| {
            place
                .strip_prefix(&*it.place)
                .is_some_and(|it| it.starts_with('/'))
        });
        above
            .max_by_key(|it| it.place.len())
            .map(|it| it.schema.clone())
    };
    let is_fresh = |site: &&Site| seen.insert((parent(&site.place), site.schema.clone()));
    instance.sites.iter().filter(is_fresh).collect()
}

/// The schemas of sites, each with that of the object around it.
pub(crate) type Seen = BTreeSet<(Option<String>, String)>;

impl Answering {
    /// An answer with this much in it.
    pub(crate) fn make(&self, fill: Fill) -> Instance {
        let made = Maker::new(&SPEC, fill).make(self.schema, "answer");
        made.unwrap_or_else(|refusal| panic!("{}: {refusal:?}", self.described.id))
    }

    /// The answer with everything in it, once with each member of each union. Beside the first, each
    /// has only the sites of the member that makes it another.
    pub(crate) fn forms(&self) -> Vec<Instance> {
        forms(&self.make(Fill::Everything))
    }

    /// What the SDK makes of this answer, serialised again.
    pub(crate) async fn decode(
        &self,
        exchange: &Exchange,
        clerk: &clerk_sdk::Clerk,
        answer: &Value,
    ) -> Result<Decoded, clerk_sdk::Error> {
        exchange.answer(self.described.success.0, Some(answer));
        self.call(clerk).await
    }

    /// Calls the operation, whatever it is answered.
    pub(crate) fn call(&self, clerk: &clerk_sdk::Clerk) -> Pending {
        (self.operation.call)(clerk, &self.arguments)
    }

    /// The same list in the form that the document does not tell of, if this is a bare array.
    pub(crate) fn with_total(&self, answer: &Value) -> Option<Value> {
        let items = answer.as_array()?;
        Some(json!({"data": items, "total_count": items.len()}))
    }
}

fn forms(instance: &Instance) -> Vec<Instance> {
    let mut all = vec![instance.clone()];
    for site in &instance.sites {
        let Kind::Union(members, _) = &site.kind else {
            continue;
        };
        // The first is in the instance already.
        for member in members.iter().skip(1).flat_map(forms) {
            all.push(Instance {
                value: instance.with(&site.place, member.value),
                sites: within_union(site, member.sites),
            });
        }
    }
    all
}

fn within_union(union: &Site, sites: Vec<Site>) -> Vec<Site> {
    let moved = sites.into_iter().map(|site| Site {
        place: format!("{}{}", union.place, site.place),
        in_union: true,
        ..site
    });
    moved.collect()
}
