//! Code that the web examples share: an authenticator, an address to listen on, and a client that sends requests.
#![allow(clippy::print_stdout, reason = "examples print what they do")]

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use clerk_emulator::Emulator;
use clerk_sdk::ClientConfig;
use clerk_sdk::auth::Authenticator;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The environment of an example: Clerk if `CLERK_SECRET_KEY` is set, or else a local emulator.
pub(crate) struct Demo {
    pub(crate) authenticator: Authenticator,
    pub(crate) address: SocketAddr,
    emulator: Option<Emulator>,
}

impl Demo {
    pub(crate) async fn start() -> Result<Self> {
        if std::env::var_os(clerk_sdk::SECRET_KEY_ENV_VAR).is_some() {
            return Ok(Self {
                authenticator: Authenticator::new(ClientConfig::default()),
                address: SocketAddr::from(([127, 0, 0, 1], 3000)),
                emulator: None,
            });
        }
        let clerk = Emulator::start().await?;
        let config = ClientConfig::new(clerk.key()).base_url(clerk.url());
        // A port that is free at the moment. The example binds it when its server starts.
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        Ok(Self {
            authenticator: Authenticator::new(config)
                .authorized_parties(["http://localhost:3000"])?,
            address,
            emulator: Some(clerk),
        })
    }

    /// Sends requests with different session tokens to each route, and prints the responses.
    ///
    /// Only the emulator can issue tokens. If the example uses Clerk, this waits forever so that you can send requests.
    pub(crate) async fn send_requests(&self) -> Result {
        let Some(clerk) = &self.emulator else {
            println!(
                "Listening on http://{}. Send requests with session tokens of your instance.",
                self.address
            );
            return std::future::pending().await;
        };
        let member = clerk.session_token("user_1");
        let organization = json!({"id": "org_1", "rol": "admin", "per": "delete", "fpm": "1"});
        let claims = json!({"fea": "o:invoices", "o": organization});
        let admin = clerk.session_token_with_claims("user_2", claims);
        for (path, token_kind, token) in [
            ("/", "no token", None),
            ("/me", "no token", None),
            ("/me", "an invalid token", Some("not-a-token")),
            ("/me", "a member's token", Some(member.as_str())),
            ("/admin", "a member's token", Some(&member)),
            ("/admin", "an admin's token", Some(&admin)),
        ] {
            let response = self.get(path, token).await?;
            println!("GET {path:<6} with {token_kind:<16} -> {response}");
        }
        Ok(())
    }

    /// Sends a GET request, and returns the status and the body of the response.
    async fn get(&self, path: &str, token: Option<&str>) -> Result<String> {
        let mut socket = self.connect().await?;
        let bearer = token.map(|token| format!("authorization: Bearer {token}\r\n"));
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\n{}connection: close\r\n\r\n",
            self.address,
            bearer.unwrap_or_default(),
        );
        socket.write_all(request.as_bytes()).await?;
        let mut response = String::new();
        socket.read_to_string(&mut response).await?;
        let (head, body) = response
            .split_once("\r\n\r\n")
            .ok_or("the response is incomplete")?;
        let status = head.split(' ').nth(1).ok_or("the response has no status")?;
        Ok(format!("{status} {}", body.trim()))
    }

    /// Connects as soon as the server listens.
    async fn connect(&self) -> Result<TcpStream> {
        for _ in 0..200 {
            if let Ok(socket) = TcpStream::connect(self.address).await {
                return Ok(socket);
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        Err("the server did not start listening".into())
    }
}
