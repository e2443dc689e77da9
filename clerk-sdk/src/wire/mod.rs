//! The wire format: JSON and query strings, timestamps, lists, null versus absent, open enums, unions.
//!
//! The macros here implement the encoding and decoding of generated types. Serde's derives would take five
//! times as long to compile, and could neither decode null to a default nor report the path of a type mismatch.

mod containers;
mod date_time;
#[cfg(any(feature = "chrono-04", feature = "jiff-1", feature = "time-03"))]
mod date_time_crates;
mod decode;
mod encode;
mod into_list;
mod json_path;
mod list;
mod member_name;
mod memory_limit;
mod metadata;
mod nullable;
mod object;
mod open_enum;
mod order_by;
mod query;
mod raw_json;
mod response_body;
mod scalar;
mod scoped;
mod tagged_union;
mod timestamp;
mod type_mismatch;
mod union_member;
mod unknown_value;
mod unknown_variant;
mod untagged_union;

pub use date_time::{DateTime, ParseDateTimeError};
#[cfg(any(feature = "chrono-04", feature = "jiff-1", feature = "time-03"))]
pub use date_time_crates::TimestampRangeError;
pub use into_list::IntoList;
pub use list::List;
pub use metadata::Metadata;
pub use nullable::Nullable;
pub use order_by::OrderBy;
pub use response_body::ResponseBody;
pub use timestamp::{ParseTimestampError, Timestamp};
pub use unknown_value::UnknownValue;
pub use unknown_variant::UnknownVariant;

pub(crate) use decode::Decode;
pub(crate) use encode::{Encode, write_member, write_nullable_member};
pub(crate) use object::{
    Object, debug_value, decode_constant, decode_entry, decode_field, decode_object,
    decode_resource, request_object, response_object, serialize_object, wire_name, write_field,
};
pub(crate) use open_enum::open_enum;
pub(crate) use order_by::sort_field;
pub(crate) use query::{
    Query, QueryValue, ToQuery, append_field, append_joined, percent_encode, query_object,
};
#[cfg(feature = "webhooks")]
pub(crate) use response_body::decode_part;
pub(crate) use response_body::{
    DecodeFailure, ItemFailure, decode_body, decode_items, decode_text, is_text, raw_items,
    without_bom,
};
pub(crate) use scalar::{Scalar, decode_scalar};
pub(crate) use tagged_union::{TagHint, TaggedUnion, decode_tagged_union, tagged_union};
pub(crate) use union_member::{OpenEnum, SharedMember, union_member, unknown_member};
pub(crate) use unknown_value::unknown_value;
pub(crate) use unknown_variant::unknown_variant;
pub(crate) use untagged_union::{
    decode_variant, expected_string, matches_shape, read_union_object, union_traits, untagged_union,
};
