//! JSON made into the arguments of a call, through the constructors and setters that callers use.

use std::any::type_name;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use clerk_sdk::{DateTime, File, Nullable, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::operation::is_unknown;

/// What a call is given: `{"path": {…}, "query": {…}, "body": …}`, by the names of the document.
pub(crate) struct Arguments(pub(crate) Value);

impl Arguments {
    /// The argument for a placeholder of the path.
    pub(crate) fn path(&self, name: &str) -> &str {
        let found = self.0["path"][name].as_str();
        found.unwrap_or_else(|| panic!("the document has no path parameter `{name}`"))
    }

    /// The params struct that becomes the query.
    pub(crate) fn query<T: FromGiven>(&self) -> T {
        Given::new(&self.0["query"]).to()
    }

    /// The params struct that becomes the body.
    pub(crate) fn body<T: FromGiven>(&self) -> T {
        Given::new(&self.0["body"]).to()
    }

    /// The list of params structs that becomes the body.
    pub(crate) fn bodies<T: FromGiven>(&self) -> Vec<T> {
        self.body()
    }
}

/// A JSON value on its way into a type of the SDK.
pub(crate) struct Given<'v> {
    value: &'v Value,
    taken: RefCell<BTreeSet<&'static str>>,
}

impl<'v> Given<'v> {
    fn new(value: &'v Value) -> Self {
        Self {
            value,
            taken: RefCell::default(),
        }
    }

    /// The value as a `T`.
    pub(crate) fn to<T: FromGiven>(&self) -> T {
        T::from_given(self)
    }

    /// The value as a `T` that deserialises.
    pub(crate) fn decoded<T: DeserializeOwned>(&self) -> T {
        serde_json::from_value(self.value.clone())
            .unwrap_or_else(|error| panic!("{}: {error}", type_name::<T>()))
    }

    /// The value as a `T` that deserialises, and knows the value.
    pub(crate) fn known<T: DeserializeOwned + Debug>(&self) -> T {
        let value = self.decoded();
        let shown = format!("{value:?}");
        assert!(!is_unknown(&shown), "{}: {shown}", type_name::<T>());
        value
    }

    /// A member of the object as a `T`, for the argument of a constructor.
    pub(crate) fn field<T: FromGiven>(&self, name: &'static str) -> T {
        let value = self.value.get(name);
        let value = value.unwrap_or_else(|| panic!("`{name}` is an argument, but not required"));
        self.taken.borrow_mut().insert(name);
        Given::new(value).to()
    }
}

/// A type that can be made from JSON.
pub(crate) trait FromGiven {
    /// Makes it.
    fn from_given(given: &Given<'_>) -> Self;
}

/// A member's name on the wire, and the setter that takes it.
pub(crate) type Setter<T> = (&'static str, fn(T, &Given<'_>) -> T);

/// A struct of a request.
pub(crate) trait Request: Sized + 'static {
    /// The setters of what `new` does not take.
    const SETTERS: &[Setter<Self>];

    /// Calls `new`.
    fn start(given: &Given<'_>) -> Self;
}

impl<T: Request> FromGiven for T {
    fn from_given(given: &Given<'_>) -> Self {
        let members = given
            .value
            .as_object()
            .expect("a params struct is an object");
        let mut request = T::start(given);
        for (name, value) in members {
            match T::SETTERS.iter().find(|(wire, _)| wire == name) {
                Some((_, set)) => request = set(request, &Given::new(value)),
                None => assert!(
                    given.taken.borrow().contains(name.as_str()),
                    "{} takes no `{name}`",
                    type_name::<T>()
                ),
            }
        }
        request
    }
}

macro_rules! decoded {
    ($($type:ty),*) => {$(
        impl FromGiven for $type {
            fn from_given(given: &Given<'_>) -> Self {
                given.decoded()
            }
        }
    )*};
}

decoded!(String, i64, f64, Value, Map<String, Value>, DateTime, Timestamp);

/// Also from the texts that some booleans of queries are in the document.
impl FromGiven for bool {
    fn from_given(given: &Given<'_>) -> Self {
        match given.value {
            Value::String(text) => text.parse().expect("a text that is a boolean"),
            _ => given.decoded(),
        }
    }
}

/// From the text that stands for its content.
impl FromGiven for File {
    fn from_given(given: &Given<'_>) -> Self {
        Self::new(FILE_NAME, given.decoded::<String>())
    }
}

/// The name of every file that is uploaded.
pub(crate) const FILE_NAME: &str = "upload.png";

impl<T: FromGiven> FromGiven for Vec<T> {
    fn from_given(given: &Given<'_>) -> Self {
        let items = given.value.as_array().expect("a list is an array");
        items.iter().map(|item| Given::new(item).to()).collect()
    }
}

impl<T: FromGiven> FromGiven for BTreeMap<String, T> {
    fn from_given(given: &Given<'_>) -> Self {
        let members = given.value.as_object().expect("a map is an object");
        members
            .iter()
            .map(|(name, value)| (name.clone(), Given::new(value).to()))
            .collect()
    }
}

impl<T: FromGiven> FromGiven for Option<T> {
    fn from_given(given: &Given<'_>) -> Self {
        (!given.value.is_null()).then(|| given.to())
    }
}

impl<T: FromGiven> FromGiven for Nullable<T> {
    fn from_given(given: &Given<'_>) -> Self {
        given.to::<Option<T>>().into()
    }
}
