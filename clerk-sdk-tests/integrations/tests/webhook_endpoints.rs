//! One list of requests, sent over a socket to an endpoint of each framework.

use std::net::SocketAddr;

use clerk_sdk::test_util::{SignedWebhook, TestWebhook, WebhookSigner};
use clerk_sdk::webhook::{Rejection, Verifier};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The limit of the body in these tests.
const LIMIT: usize = 2000;

fn event() -> TestWebhook {
    TestWebhook::new("user.deleted", &json!({"id": "user_1", "deleted": true}))
}

async fn send(address: SocketAddr, message: SignedWebhook) -> (u16, String) {
    let request = reqwest::Client::new().post(format!("http://{address}/webhooks"));
    let request = request.headers(message.headers).body(message.body);
    let response = request.send().await.expect("a response");
    (
        response.status().as_u16(),
        response.text().await.expect("text"),
    )
}

/// Sends every request of the list, and checks the status and the text of each response.
async fn check(framework: &str, signer: &WebhookSigner, address: SocketAddr) {
    let (status, text) = send(address, signer.sign(&event())).await;
    assert!((200..300).contains(&status), "{framework}: {status} {text}");

    let mut unsigned = signer.sign(&event());
    unsigned.headers.remove("svix-signature");
    let large = TestWebhook::new("user.deleted", &json!({"id": "a".repeat(LIMIT)}));
    for (label, message, status, reason) in [
        ("unsigned", unsigned, 400, "`svix-signature` is missing"),
        (
            "no event",
            signer.sign(&TestWebhook::raw("{}")),
            400,
            "no `type`",
        ),
        (
            "other secret",
            WebhookSigner::generate().sign(&event()),
            401,
            "does not match",
        ),
        (
            "too old",
            signer.sign(&event().signed_at(std::time::UNIX_EPOCH)),
            401,
            "ago",
        ),
        (
            "too large",
            signer.sign(&large),
            413,
            "larger than 2000 bytes",
        ),
    ] {
        let (actual, text) = send(address, message).await;
        assert_eq!(actual, status, "{framework}, {label}: {text}");
        assert!(text.contains(reason), "{framework}, {label}: {text}");
    }
    let chunk = format!("{LIMIT:x}\r\n{}\r\n1\r\nx\r\n0\r\n\r\n", "x".repeat(LIMIT));
    for (label, length, body) in [
        // Little of it is sent, so a server that waits for it does not respond. Rocket waits for the first 512 bytes.
        (
            "declared size",
            "content-length: 1000000000000",
            &chunk[..1000],
        ),
        ("chunks", "transfer-encoding: chunked", &*chunk),
    ] {
        let response = send_raw(address, length, body).await;
        assert!(
            response.starts_with("HTTP/1.1 413"),
            "{framework}, {label}: {response}"
        );
    }
}

/// Sends a request with this body, and returns the response as text.
async fn send_raw(address: SocketAddr, length: &str, body: &str) -> String {
    let mut connection = TcpStream::connect(address).await.expect("a connection");
    let head = format!(
        "POST /webhooks HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{length}\r\n\r\n"
    );
    let request = [head.as_bytes(), body.as_bytes()].concat();
    connection
        .write_all(&request)
        .await
        .expect("the request is sent");
    let mut response = vec![0; 12];
    let read = connection.read_exact(&mut response);
    let read = tokio::time::timeout(std::time::Duration::from_secs(10), read).await;
    read.expect("the server does not wait").expect("a response");
    String::from_utf8_lossy(&response).into_owned()
}

fn verifier(signer: &WebhookSigner) -> Verifier {
    signer.verifier().max_body_size(LIMIT)
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("the listener is bound");
    (listener, address)
}

#[tokio::test]
async fn axum() {
    use clerk_sdk::webhook::axum::Webhook;

    async fn receive(Webhook(event): Webhook) -> String {
        event.kind().to_owned()
    }
    let signer = WebhookSigner::generate();
    let app = axum::Router::new()
        .route("/webhooks", axum::routing::post(receive))
        .with_state(verifier(&signer));
    let (listener, address) = listener().await;
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    check("axum", &signer, address).await;
    server.abort();
}

#[tokio::test]
async fn tower() {
    use clerk_sdk::webhook::tower::WebhookService;

    let signer = WebhookSigner::generate();
    let service = WebhookService::new(
        verifier(&signer),
        async |event: clerk_sdk::webhook::Event| {
            assert_eq!(event.kind(), "user.deleted");
            Ok::<(), std::io::Error>(())
        },
    );
    let (listener, address) = listener().await;
    let app = axum::Router::new().route_service("/webhooks", service);
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    check("tower", &signer, address).await;
    server.abort();
}

#[tokio::test]
async fn a_handler_that_fails_makes_clerk_send_the_event_again() {
    use clerk_sdk::webhook::tower::WebhookService;

    let signer = WebhookSigner::generate();
    let service = WebhookService::new(signer.verifier(), async |_: clerk_sdk::webhook::Event| {
        Err(std::io::Error::other("the database is away"))
    });
    let (listener, address) = listener().await;
    let app = axum::Router::new().route_service("/webhooks", service);
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let response = send(address, signer.sign(&event())).await;
    assert_eq!(response, (500, String::new()));
    server.abort();
}

#[tokio::test]
async fn poem() {
    use clerk_sdk::webhook::poem::Webhook;
    use poem::EndpointExt;
    use poem::listener::TcpAcceptor;

    #[poem::handler]
    fn receive(Webhook(event): Webhook) -> String {
        event.kind().to_owned()
    }
    let signer = WebhookSigner::generate();
    let app = poem::Route::new()
        .at("/webhooks", poem::post(receive))
        .data(verifier(&signer));
    let (listener, address) = listener().await;
    let acceptor = TcpAcceptor::from_tokio(listener).expect("an acceptor");
    let server = tokio::spawn(poem::Server::new_with_acceptor(acceptor).run(app));
    check("poem", &signer, address).await;
    server.abort();
}

#[test]
fn actix_web() {
    actix_web::rt::System::new().block_on(check_actix_web());
}

async fn check_actix_web() {
    use actix_web::{App, HttpServer, web};
    use clerk_sdk::webhook::actix_web::Webhook;

    async fn receive(Webhook(event): Webhook) -> String {
        event.kind().to_owned()
    }
    let signer = WebhookSigner::generate();
    let verifier = web::Data::new(verifier(&signer));
    let server = HttpServer::new(move || {
        App::new()
            .app_data(verifier.clone())
            .route("/webhooks", web::post().to(receive))
    });
    let server = server.workers(1).bind("127.0.0.1:0").expect("a free port");
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    let running = actix_web::rt::spawn(server);
    check("actix-web", &signer, address).await;
    handle.stop(false).await;
    let _ = running.await;
}

#[rocket::post("/webhooks", data = "<webhook>")]
fn receive_in_rocket(
    webhook: Result<clerk_sdk::webhook::rocket::Webhook, Rejection>,
) -> Result<String, Rejection> {
    webhook.map(|webhook| webhook.0.kind().to_owned())
}

#[tokio::test]
async fn rocket() {
    let signer = WebhookSigner::generate();
    let (listener, address) = listener().await;
    drop(listener);
    let config = rocket::Config::figment()
        .merge(("port", address.port()))
        .merge(("address", "127.0.0.1"))
        .merge(("log_level", "off"))
        .merge(("shutdown.ctrlc", false));
    let rocket = rocket::custom(config)
        .manage(verifier(&signer))
        .mount("/", rocket::routes![receive_in_rocket]);
    let rocket = rocket.ignite().await.expect("the application is valid");
    let shutdown = rocket.shutdown();
    let running = tokio::spawn(rocket.launch());
    while tokio::net::TcpStream::connect(address).await.is_err() {
        tokio::task::yield_now().await;
    }
    check("rocket", &signer, address).await;
    shutdown.notify();
    let _ = running.await;
}

#[tokio::test]
async fn an_application_without_a_verifier_says_so() {
    use clerk_sdk::webhook::poem::Webhook;

    #[poem::handler]
    fn receive(Webhook(event): Webhook) -> String {
        event.kind().to_owned()
    }
    let app = poem::Route::new().at("/webhooks", poem::post(receive));
    let request = poem::Request::builder().method(poem::http::Method::POST);
    let request = request.uri_str("/webhooks").finish();
    let response = poem::Endpoint::get_response(&app, request).await;
    assert_eq!(
        response.status(),
        poem::http::StatusCode::INTERNAL_SERVER_ERROR
    );
    let text = response.into_body().into_string().await.expect("text");
    assert_eq!(text, "the application has no webhook verifier");
}
