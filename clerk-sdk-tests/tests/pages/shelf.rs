//! A backend that makes each page from the query that asks for it, and notes the queries.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use clerk_sdk::{
    Backend, BackendFuture, Clerk, ClientConfig, Error, RetryPolicy, organization, user,
};
use futures_util::TryStreamExt;
use serde_json::{Value, json};

/// More requests than any walk here makes that has an end.
const MOST: usize = 500;

/// The query of a request, by name.
pub(crate) type Query = BTreeMap<String, String>;

/// Status and body for a query, and how many requests there were with it.
type Page = dyn Fn(&Query, usize) -> (u16, Value) + Send + Sync;

/// Answers each request with what `page` makes of its query and its number.
#[derive(Clone)]
pub(crate) struct Shelf {
    page: Arc<Page>,
    queries: Arc<Mutex<Vec<Query>>>,
}

impl Shelf {
    pub(crate) fn new(
        page: impl Fn(&Query, usize) -> (u16, Value) + Send + Sync + 'static,
    ) -> Self {
        Self {
            page: Arc::new(page),
            queries: Arc::default(),
        }
    }

    /// A shelf that always has an answer.
    pub(crate) fn of(page: impl Fn(&Query, usize) -> Value + Send + Sync + 'static) -> Self {
        Self::new(move |query, number| (200, page(query, number)))
    }

    pub(crate) fn clerk(&self) -> Clerk {
        let config = ClientConfig::new("sk_test_shelf").backend(self.clone());
        Clerk::new(config.retry(RetryPolicy::none()))
    }

    pub(crate) fn queries(&self) -> Vec<Query> {
        self.queries.lock().expect("no test panicked here").clone()
    }

    /// The values of one parameter, request by request; empty where it was not sent.
    pub(crate) fn sent(&self, name: &str) -> Vec<String> {
        let value = |query: &Query| query.get(name).cloned().unwrap_or_default();
        self.queries().iter().map(value).collect()
    }
}

impl Backend for Shelf {
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        let query = request.uri().query().unwrap_or_default();
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let query: Query = pairs
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        let mut queries = self.queries.lock().expect("no test panicked here");
        queries.push(query.clone());
        assert!(queries.len() <= MOST, "the walk has no end");
        let (status, body) = (self.page)(&query, queries.len());
        Box::pin(async move {
            let response = http::Response::builder().status(status);
            Ok(response.body(body.to_string().into()).expect("a response"))
        })
    }
}

pub(crate) fn number(query: &Query, name: &str) -> usize {
    query
        .get(name)
        .map_or(0, |text| text.parse().expect("a number"))
}

/// The place that the id of an object tells.
pub(crate) fn place(id: &str) -> usize {
    id[2..].parse().expect("an id of ours")
}

pub(crate) fn objects(ids: impl IntoIterator<Item = usize>) -> Value {
    ids.into_iter()
        .map(|id| json!({ "id": format!("x_{id}") }))
        .collect()
}

/// The part of `0..count` that `limit` and `offset` ask for.
pub(crate) fn part(query: &Query, count: usize) -> Value {
    let (limit, offset) = (number(query, "limit"), number(query, "offset"));
    objects((0..count).skip(offset).take(limit))
}

pub(crate) fn numbers(count: usize) -> Vec<String> {
    (0..count).map(|id| format!("x_{id}")).collect()
}

pub(crate) async fn organizations(
    shelf: &Shelf,
    params: organization::ListParams,
) -> Result<Vec<String>, Error> {
    let items = shelf.clerk().organization().list(&params).items();
    items.map_ok(|it| it.id).try_collect().await
}

pub(crate) async fn users(shelf: &Shelf, params: user::ListParams) -> Result<Vec<String>, Error> {
    let items = shelf.clerk().user().list(&params).items();
    items.map_ok(|it| it.id).try_collect().await
}
