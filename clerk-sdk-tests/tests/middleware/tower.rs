//! The routes as bare services under hyper, whose bodies cannot be made of bytes, nor in any other way.

use std::convert::Infallible;

use ::tower::util::{BoxCloneSyncService, ServiceExt};
use ::tower::{Layer, service_fn};
use bytes::Bytes;
use clerk_sdk::auth::RequestState;
use clerk_sdk::middleware::tower::{AuthBody, AuthLayer};
use clerk_sdk::middleware::{Denial, Gate, session, session_with};
use http::{Method, Request, Response};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;

use super::{App, Gates, ReadInvoices};

type Body = BoxBody<Bytes, Infallible>;
type Route = BoxCloneSyncService<Request<Incoming>, Response<Body>, Infallible>;
type Handler = fn(Option<&RequestState>) -> Result<String, Denial>;

fn user(state: Option<&RequestState>) -> Result<String, Denial> {
    Ok(session(state)?.user_id().to_owned())
}

fn anybody(state: Option<&RequestState>) -> Result<String, Denial> {
    let state = state.ok_or(Denial::NoGate)?;
    let session = state.session();
    Ok(session.map_or("nobody".to_owned(), |it| it.user_id().to_owned()))
}

fn asked(state: Option<&RequestState>) -> Result<String, Denial> {
    Ok(session_with::<ReadInvoices>(state)?.user_id().to_owned())
}

fn whoever(state: Option<&RequestState>) -> Result<String, Denial> {
    state.map(super::whoever).ok_or(Denial::NoGate)
}

fn bare(handler: Handler) -> Route {
    let answer = move |request: Request<Incoming>| {
        let answer = match request.method() {
            &Method::OPTIONS => Ok("leave".to_owned()),
            _ => handler(request.extensions().get()),
        };
        let answer = match answer {
            Ok(body) => Response::new(Full::new(Bytes::from(body))),
            Err(denial) => denial.response().map(Full::new),
        };
        async move { Ok(answer.map(BodyExt::boxed)) }
    };
    BoxCloneSyncService::new(service_fn(answer))
}

fn behind(gate: &Gate, route: Route) -> Route {
    let gated = AuthLayer::new(gate.clone()).layer(route);
    BoxCloneSyncService::new(
        gated.map_response(|response: Response<AuthBody<Body>>| response.map(BodyExt::boxed)),
    )
}

pub(crate) async fn start(gates: Gates) -> App {
    let route = move |path: &str| match path {
        "/optional" => behind(&gates.optional, bare(anybody)),
        "/asked" => behind(&gates.optional, bare(asked)),
        "/required" => behind(&gates.required, bare(user)),
        "/machines" => behind(&gates.machines, bare(whoever)),
        "/invoices" => behind(&gates.invoices, bare(user)),
        "/teapot" => behind(&gates.teapot, bare(user)),
        "/page" | "/shop/page" => behind(&gates.page, bare(user)),
        "/preflight" => behind(&gates.preflight, bare(user)),
        "/people" => behind(&gates.people, bare(user)),
        "/readers" => behind(&gates.readers, bare(user)),
        "/nested" => behind(&gates.outer, behind(&gates.inner, bare(whoever))),
        _ => bare(user),
    };
    let service = service_fn(move |request: Request<Incoming>| {
        let route = route(request.uri().path());
        route.oneshot(request)
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let service = TowerToHyperService::new(service.clone());
            let http = hyper::server::conn::http1::Builder::new();
            tokio::spawn(http.serve_connection(TokioIo::new(socket), service));
        }
    });
    App {
        url: format!("http://{address}"),
        _guard: None,
    }
}
