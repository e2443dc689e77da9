//! The object of a union that this version does not know.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::type_mismatch::json_type;

/// An object of the API that is none of the known variants of a union, such as [`Jwk`](crate::types::Jwk).
///
/// **Do not match on the content of an unknown variant:** a later release gives the object a variant of its own, and
/// the match would then no longer apply. Serialize the union and read its members instead: that works before and
/// after.
///
/// ```
/// use clerk_sdk::types::Jwk;
/// use serde_json::json;
///
/// let key: Jwk = serde_json::from_value(json!({"kty": "AKP", "kid": "ins_1"}))?;
/// let members = serde_json::to_value(&key)?;
/// assert_eq!(members["kty"], "AKP");
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// `Debug` shows the names of the object's members and none of their values, which can be secrets.
///
/// Only the SDK creates unknown variants. A union that is decoded from a known object has the known variant:
///
/// ```
/// use clerk_sdk::types::Jwk;
/// use serde_json::json;
///
/// let key: Jwk = serde_json::from_value(json!({"kty": "RSA", "n": "1", "e": "AQAB"}))?;
/// assert!(matches!(key, Jwk::RsaPublic(_)));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// ```compile_fail,E0423
/// use clerk_sdk::UnknownVariant;
/// use clerk_sdk::types::Jwk;
/// use serde_json::json;
///
/// let key = Jwk::Unknown(UnknownVariant(json!({"kty": "RSA"})));
/// ```
#[derive(Clone, PartialEq)]
pub struct UnknownVariant(Value);

/// Creates an unknown variant. The compiler would suggest an associated function to programs, which cannot call it.
pub(crate) fn unknown_variant(json: Value) -> UnknownVariant {
    UnknownVariant(json)
}

impl UnknownVariant {
    /// The JSON as the API sent it; null in the default value of a union.
    pub fn as_json(&self) -> &Value {
        &self.0
    }

    /// Converts the variant to the JSON that the API sent.
    pub fn into_json(self) -> Value {
        self.0
    }
}

impl Serialize for UnknownVariant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl fmt::Debug for UnknownVariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Value::Object(members) => f.debug_set().entries(members.keys()).finish(),
            other => f.write_str(json_type(other)),
        }
    }
}
