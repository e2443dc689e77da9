//! How values travel: JSON in and out, instants, lists, null beside absent.
//!
//! The macros here give the generated types their encoding. Derives would do the same in five times
//! the compile time, and could neither take a null where none was promised nor name the misfit's path.

mod budget;
mod date_time;
mod decode;
mod encode;
mod list;
mod nullable;
mod object;
mod path;
mod scalar;
mod strings;
mod tagged;
mod timestamp;
mod union;

pub use date_time::{DateTime, NotAnInstant};
pub use list::List;
pub use nullable::Nullable;
pub use timestamp::Timestamp;

pub(crate) use decode::{Field, Slot, read_object};
pub(crate) use encode::{Put, put, put_null};
pub(crate) use object::{
    Object, request_object, response_object, shown, slot, wire_name, write_field,
};
pub(crate) use path::decode_json;
pub(crate) use scalar::{Scalar, read_scalar};
pub(crate) use strings::open_enum;
pub(crate) use tagged::{Tagged, read_tagged, tagged_union};
pub(crate) use union::{holds, open_union, read_member, read_shape, text, union_traits};
