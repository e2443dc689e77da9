//! The model of the API that the emitters read. Every name in it is final and every list is in
//! output order.

mod api;
mod types;

pub(crate) use api::{
    Api, Event, HttpMethod, Input, Operation, Pagination, PathParam, Resource, SharedType,
    TypesByPointer,
};
pub(crate) use types::{
    Discriminator, DiscriminatorHint, Field, Namespace, Object, Role, Shape, SharedMember, Type,
    TypeDef, UnionMember,
};
