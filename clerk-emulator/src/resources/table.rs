//! How each operation is implemented: by a rule of its own, by the table of its resource, or by an example.

use super::call::{Call, Handler};
use super::changes::{self, StateChange};
use super::listing;
use super::resource::Resource;
use crate::http::response::{ErrorResponse, SuccessBody};

/// How an operation is implemented.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Implementation {
    /// A function of its own.
    Rule(Handler),
    /// What all resources do, with the table of this one.
    Table(&'static Resource, Verb),
    /// An example of the response, whatever the request contains.
    Sample,
}

/// What an operation does with a resource.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Verb {
    List,
    Get,
    Create,
    Update,
    Delete,
    Change(&'static StateChange),
}

/// The operations of a module, by id.
pub(crate) type Operations = [(&'static str, Implementation)];

impl Implementation {
    /// Handles a call; nothing if its response is an example.
    pub(crate) fn handle(self, call: &mut Call<'_>) -> Option<Result<SuccessBody, ErrorResponse>> {
        let result = match self {
            // The most frequent operation.
            Self::Table(resource, Verb::Get) => {
                return Some(changes::get_json(call, resource).map(SuccessBody::Json));
            }
            Self::Rule(handler) => handler(call),
            Self::Table(resource, Verb::List) => listing::list(call, resource),
            Self::Table(resource, Verb::Create) => changes::create(call, resource),
            Self::Table(resource, Verb::Update) => changes::update(call, resource),
            Self::Table(resource, Verb::Delete) => changes::delete(call, resource),
            Self::Table(resource, Verb::Change(change)) => {
                changes::change_state(call, resource, change)
            }
            Self::Sample => return None,
        };
        Some(result.map(SuccessBody::Value))
    }
}

pub(crate) const fn rule(handler: Handler) -> Implementation {
    Implementation::Rule(handler)
}

pub(crate) const fn list(resource: &'static Resource) -> Implementation {
    Implementation::Table(resource, Verb::List)
}

pub(crate) const fn get(resource: &'static Resource) -> Implementation {
    Implementation::Table(resource, Verb::Get)
}

pub(crate) const fn create(resource: &'static Resource) -> Implementation {
    Implementation::Table(resource, Verb::Create)
}

pub(crate) const fn update(resource: &'static Resource) -> Implementation {
    Implementation::Table(resource, Verb::Update)
}

pub(crate) const fn delete(resource: &'static Resource) -> Implementation {
    Implementation::Table(resource, Verb::Delete)
}

pub(crate) const fn change(
    resource: &'static Resource,
    change: &'static StateChange,
) -> Implementation {
    Implementation::Table(resource, Verb::Change(change))
}
