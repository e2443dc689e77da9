//! Builds the SDK's params structs from JSON, through the constructors and setters that callers use.

use std::any::type_name;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use clerk_sdk::{DateTime, File, Metadata, Nullable, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::unknown_variants::shows_unknown_variant;

/// The name of every uploaded file, unless it is a GIF image.
pub(crate) const UPLOAD_FILE_NAME: &str = "upload.png";

/// A JSON value to convert to a type of the SDK.
pub(crate) struct JsonArgument<'v> {
    value: &'v Value,
    /// The members that were passed to a constructor.
    constructor_members: RefCell<BTreeSet<&'static str>>,
}

impl<'v> JsonArgument<'v> {
    pub(super) fn new(value: &'v Value) -> Self {
        Self {
            value,
            constructor_members: RefCell::default(),
        }
    }

    /// Converts the value to a `T`.
    pub(crate) fn convert<T: FromJson>(&self) -> T {
        T::from_json(self)
    }

    /// Deserializes the value as a `T`.
    pub(crate) fn deserialize<T: DeserializeOwned>(&self) -> T {
        serde_json::from_value(self.value.clone())
            .unwrap_or_else(|error| panic!("{}: {error}", type_name::<T>()))
    }

    /// Deserializes the value as a `T`, and panics if `T` does not know the value.
    pub(crate) fn deserialize_known<T: DeserializeOwned + Debug>(&self) -> T {
        let value = self.deserialize();
        let debug_output = format!("{value:?}");
        assert!(
            !shows_unknown_variant(&debug_output),
            "{}: {debug_output}",
            type_name::<T>()
        );
        value
    }

    /// Converts a member of the object to a `T`, for an argument of a constructor.
    pub(crate) fn required_member<T: FromJson>(&self, name: &'static str) -> T {
        let value = self.value.get(name);
        let value = value
            .unwrap_or_else(|| panic!("the constructor takes `{name}`, which is not required"));
        self.constructor_members.borrow_mut().insert(name);
        JsonArgument::new(value).convert()
    }
}

/// A type that can be built from JSON.
pub(crate) trait FromJson {
    /// Builds a value.
    fn from_json(json: &JsonArgument<'_>) -> Self;
}

/// The name of a field in JSON, and the setter that takes its value.
pub(crate) type FieldSetter<T> = (&'static str, fn(T, &JsonArgument<'_>) -> T);

/// A params struct, or a struct nested in one.
pub(crate) trait ParamsStruct: Sized + 'static {
    /// The setters of the fields that `new` does not take.
    const SETTERS: &[FieldSetter<Self>];

    /// Calls `new`.
    fn construct(json: &JsonArgument<'_>) -> Self;
}

impl<T: ParamsStruct> FromJson for T {
    fn from_json(json: &JsonArgument<'_>) -> Self {
        let members = json
            .value
            .as_object()
            .expect("a params struct is an object");
        let mut params = T::construct(json);
        for (name, value) in members {
            match T::SETTERS.iter().find(|(field, _)| field == name) {
                Some((_, set)) => params = set(params, &JsonArgument::new(value)),
                None => assert!(
                    json.constructor_members.borrow().contains(name.as_str()),
                    "{} does not take `{name}`",
                    type_name::<T>()
                ),
            }
        }
        params
    }
}

macro_rules! impl_from_json_by_deserializing {
    ($($type:ty),*) => {$(
        impl FromJson for $type {
            fn from_json(json: &JsonArgument<'_>) -> Self {
                json.deserialize()
            }
        }
    )*};
}

impl_from_json_by_deserializing!(
    String,
    i64,
    f64,
    Value,
    Map<String, Value>,
    DateTime,
    Metadata,
    Timestamp
);

/// Also accepts strings, because the document declares some boolean query parameters as strings.
impl FromJson for bool {
    fn from_json(json: &JsonArgument<'_>) -> Self {
        match json.value {
            Value::String(string) => string.parse().expect("`true` or `false`"),
            _ => json.deserialize(),
        }
    }
}

/// Takes a string as the content of the file. An image can be a string only in the format GIF.
impl FromJson for File {
    fn from_json(json: &JsonArgument<'_>) -> Self {
        let content: String = json.deserialize();
        let name = match content.starts_with("GIF8") {
            true => "upload.gif",
            false => UPLOAD_FILE_NAME,
        };
        Self::new(name, content)
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(json: &JsonArgument<'_>) -> Self {
        let items = json.value.as_array().expect("a list is an array");
        items
            .iter()
            .map(|item| JsonArgument::new(item).convert())
            .collect()
    }
}

impl<T: FromJson> FromJson for BTreeMap<String, T> {
    fn from_json(json: &JsonArgument<'_>) -> Self {
        let members = json.value.as_object().expect("a map is an object");
        members
            .iter()
            .map(|(name, value)| (name.clone(), JsonArgument::new(value).convert()))
            .collect()
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(json: &JsonArgument<'_>) -> Self {
        (!json.value.is_null()).then(|| json.convert())
    }
}

impl<T: FromJson> FromJson for Nullable<T> {
    fn from_json(json: &JsonArgument<'_>) -> Self {
        Nullable::null_if_none(json.convert::<Option<T>>())
    }
}
