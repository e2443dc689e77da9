//! A mock backend that builds each page from the query that requests it, and records the queries.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use clerk_sdk::{
    Backend, BackendFuture, Clerk, ClientConfig, Error, RetryPolicy, organization, user,
};
use futures_util::TryStreamExt;
use serde_json::{Value, json};

/// More requests than any finite stream in these tests sends.
const MAX_REQUESTS: usize = 500;

/// The parameters of a query by name.
pub(crate) type Query = BTreeMap<String, String>;

/// Builds the status and body of a response from the query and the number of the request, which starts at 1.
type Respond = dyn Fn(&Query, usize) -> (u16, Value) + Send + Sync;

/// Responds to each request with the page that a function builds for it.
#[derive(Clone)]
pub(crate) struct MockPages {
    respond: Arc<Respond>,
    queries: Arc<Mutex<Vec<Query>>>,
}

impl MockPages {
    /// Creates a backend that responds to every request with status 200.
    pub(crate) fn new(page: impl Fn(&Query, usize) -> Value + Send + Sync + 'static) -> Self {
        Self::with_status(move |query, request| (200, page(query, request)))
    }

    pub(crate) fn with_status(
        respond: impl Fn(&Query, usize) -> (u16, Value) + Send + Sync + 'static,
    ) -> Self {
        Self {
            respond: Arc::new(respond),
            queries: Arc::default(),
        }
    }

    pub(crate) fn clerk(&self) -> Clerk {
        let config = ClientConfig::new("sk_test_mock_pages").backend(self.clone());
        Clerk::new(config.retry(RetryPolicy::none()))
    }

    pub(crate) fn queries(&self) -> Vec<Query> {
        self.queries.lock().expect("no test panicked here").clone()
    }

    /// Returns the values of one parameter, one for each request; empty if the request did not have the parameter.
    pub(crate) fn sent_values(&self, name: &str) -> Vec<String> {
        let value = |query: &Query| query.get(name).cloned().unwrap_or_default();
        self.queries().iter().map(value).collect()
    }
}

impl Backend for MockPages {
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        let query = request.uri().query().unwrap_or_default();
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let query: Query = pairs
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        let mut queries = self.queries.lock().expect("no test panicked here");
        queries.push(query.clone());
        assert!(queries.len() <= MAX_REQUESTS, "the stream has no end");
        let (status, body) = (self.respond)(&query, queries.len());
        Box::pin(async move {
            let response = http::Response::builder().status(status);
            Ok(response.body(body.to_string().into()).expect("a response"))
        })
    }
}

/// Returns the value of a numeric parameter, or 0 if the query does not have it.
pub(crate) fn query_number(query: &Query, name: &str) -> usize {
    query
        .get(name)
        .map_or(0, |value| value.parse().expect("a number"))
}

/// Returns the index of the item with this id.
pub(crate) fn index_of(id: &str) -> usize {
    id[2..].parse().expect("an id of a mock item")
}

/// Returns the items with these indices as JSON.
pub(crate) fn json_items(indices: impl IntoIterator<Item = usize>) -> Value {
    indices
        .into_iter()
        .map(|index| json!({ "id": format!("x_{index}") }))
        .collect()
}

/// Returns the page of the items `0..count` that `limit` and `offset` request.
pub(crate) fn page_of(query: &Query, count: usize) -> Value {
    let (limit, offset) = (query_number(query, "limit"), query_number(query, "offset"));
    json_items((0..count).skip(offset).take(limit))
}

/// Returns the ids of the items `0..count`.
pub(crate) fn expected_ids(count: usize) -> Vec<String> {
    (0..count).map(|index| format!("x_{index}")).collect()
}

pub(crate) async fn organization_ids(
    mock: &MockPages,
    params: organization::ListParams,
) -> Result<Vec<String>, Error> {
    let items = mock.clerk().organization().list(&params).items();
    items.map_ok(|it| it.id).try_collect().await
}

pub(crate) async fn user_ids(
    mock: &MockPages,
    params: user::ListParams,
) -> Result<Vec<String>, Error> {
    let items = mock.clerk().user().list(&params).items();
    items.map_ok(|it| it.id).try_collect().await
}
