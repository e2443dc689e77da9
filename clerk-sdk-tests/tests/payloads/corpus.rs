//! The payloads in `bodies/`, and how to decode them.

use std::fmt::Debug;
use std::fs;
use std::path::Path;

use clerk_sdk::{APIErrorResponse, Clerk, Error, List, types};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::support::MockBackend;

/// A body that the API really sends, with invented values.
pub(crate) struct Payload {
    /// The name of its file, without the extension.
    pub(crate) name: String,
    /// The type of `clerk_sdk::types` that it decodes as, or `List<…>` of one.
    pub(crate) type_name: String,
    pub(crate) body: Value,
}

/// A payload after decoding.
#[derive(Debug, PartialEq)]
pub(crate) struct Decoded {
    /// The JSON that the decoded value serializes to.
    pub(crate) json: Value,
    /// Whether the value of an enum or the variant of a union is unknown.
    pub(crate) has_unknown_value: bool,
}

/// Reads every payload.
pub(crate) fn corpus() -> Vec<Payload> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/payloads/bodies");
    let entries = fs::read_dir(folder).expect("the folder exists");
    let mut payloads: Vec<Payload> = entries
        .map(|entry| Payload::read(&entry.expect("the folder is readable").path()))
        .collect();
    payloads.sort_by(|one, other| one.name.cmp(&other.name));
    payloads
}

impl Payload {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("the file is UTF-8");
        let mut file: Value = serde_json::from_str(&text).expect("the file is JSON");
        let name = path.file_stem().expect("a file has a name");
        Self {
            name: name.to_string_lossy().into_owned(),
            type_name: file["type"]
                .as_str()
                .expect("a payload has a type")
                .to_owned(),
            body: file["body"].take(),
        }
    }

    /// Decodes `body` as the payload's type.
    pub(crate) fn decode(&self, body: &Value) -> serde_json::Result<Decoded> {
        if self.type_name == "ClerkErrors" {
            return Ok(decode_error(&api_error(body)));
        }
        let list = self.type_name.strip_prefix("List<");
        match list.and_then(|it| it.strip_suffix('>')) {
            Some(item) => decode_as(item, true, body),
            None => decode_as(&self.type_name, false, body),
        }
    }

    /// Decodes the body as `T`, which must be the payload's type.
    pub(crate) fn value<T: DeserializeOwned>(&self) -> T {
        let decoded = serde_json::from_str(&self.body.to_string());
        decoded.unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// Returns the error of a call whose response has the body.
    pub(crate) fn error(&self) -> APIErrorResponse {
        api_error(&self.body)
    }
}

/// Matches a name with the types that it can be.
macro_rules! decode_by_name {
    ($name:ident, $is_list:ident, $body:ident: $($type:ident),* $(,)?) => {
        match ($name, $is_list) {
            $(
                (stringify!($type), false) => decode::<types::$type>($body),
                (stringify!($type), true) => decode::<List<types::$type>>($body),
            )*
            (name, _) => panic!("add the type {name}"),
        }
    };
}

fn decode_as(name: &str, is_list: bool, body: &Value) -> serde_json::Result<Decoded> {
    decode_by_name!(name, is_list, body:
        ActorToken, AllowlistIdentifier, ApiKey, BillingPlan, BillingSubscriptionItem,
        ClientResource, DeletedObject, EmailAddress, ExternalAccount, Instance, Invitation,
        JwtTemplate, M2mToken, OAuthAccessToken, OAuthAccessTokenVerification,
        OrganizationInvitation, OrganizationMembership, OrganizationSettings, PhoneNumber,
        SamlAccount, Session, User, WaitlistEntry,
    )
}

fn decode<T: DeserializeOwned + Serialize + Debug>(body: &Value) -> serde_json::Result<Decoded> {
    let value: T = serde_json::from_str(&body.to_string())?;
    Ok(Decoded {
        json: serde_json::to_value(&value)?,
        has_unknown_value: format!("{value:?}").contains("Unknown("),
    })
}

/// Collects what an error has from its body, for which the SDK has no type.
fn decode_error(error: &APIErrorResponse) -> Decoded {
    Decoded {
        json: json!({"errors": error.errors(), "clerk_trace_id": error.trace_id()}),
        has_unknown_value: false,
    }
}

/// Returns the error of a call whose response has this body.
fn api_error(body: &Value) -> APIErrorResponse {
    let clerk = Clerk::new(MockBackend::responding(422, body.to_string()).config());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let runtime = runtime.expect("the runtime starts");
    match runtime.block_on(async { clerk.user().get("user_1").await }) {
        Err(Error::Api(error)) => error,
        other => panic!("{other:?}"),
    }
}
