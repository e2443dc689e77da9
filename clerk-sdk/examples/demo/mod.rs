//! What the web examples share: whom to trust, where to listen, and somebody who calls.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use clerk_sdk::ClientConfig;
use clerk_sdk::auth::Authenticator;
use clerk_sdk_tests::Emulator;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// With `CLERK_SECRET_KEY` set, Clerk itself; without, an emulator on this machine.
pub(crate) struct Demo {
    pub(crate) authenticator: Authenticator,
    pub(crate) address: SocketAddr,
    emulator: Option<Emulator>,
}

impl Demo {
    pub(crate) async fn start() -> Result<Self> {
        if std::env::var_os(clerk_sdk::KEY_VARIABLE).is_some() {
            return Ok(Self {
                authenticator: Authenticator::new(ClientConfig::default()),
                address: SocketAddr::from(([127, 0, 0, 1], 3000)),
                emulator: None,
            });
        }
        let clerk = Emulator::start().await?;
        let config = ClientConfig::new(clerk.key()).base_url(clerk.url());
        // Some port that is free now; the server binds it in a moment.
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        Ok(Self {
            authenticator: Authenticator::new(config).authorized_parties(["http://localhost:3000"]),
            address,
            emulator: Some(clerk),
        })
    }

    /// Calls each route with different tokens and shows what comes back. With Clerk itself it leaves that
    /// to you, and never ends.
    pub(crate) async fn visit(&self) -> Result {
        let Some(clerk) = &self.emulator else {
            println!(
                "listening on http://{}: send session tokens of your instance",
                self.address
            );
            return std::future::pending().await;
        };
        let member = clerk.session_token("user_1");
        let organization = json!({"id": "org_1", "rol": "admin", "per": "delete", "fpm": "1"});
        let claims = json!({"fea": "o:invoices", "o": organization});
        let admin = clerk.session_token_with_claims("user_2", claims);
        for (path, who, token) in [
            ("/", "nobody", None),
            ("/me", "nobody", None),
            ("/me", "a forger", Some("not-a-token")),
            ("/me", "a member", Some(member.as_str())),
            ("/admin", "a member", Some(&member)),
            ("/admin", "an admin", Some(&admin)),
        ] {
            println!("GET {path:<6} by {who:<8} {}", self.get(path, token).await?);
        }
        Ok(())
    }

    /// The status and the body of an answer.
    async fn get(&self, path: &str, token: Option<&str>) -> Result<String> {
        let mut socket = self.connect().await?;
        let bearer = token.map(|token| format!("authorization: Bearer {token}\r\n"));
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\n{}connection: close\r\n\r\n",
            self.address,
            bearer.unwrap_or_default(),
        );
        socket.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await?;
        let (head, body) = answer
            .split_once("\r\n\r\n")
            .ok_or("the answer broke off")?;
        let status = head.split(' ').nth(1).ok_or("the answer has no status")?;
        Ok(format!("{status} {}", body.trim()))
    }

    /// Waits until the server listens.
    async fn connect(&self) -> Result<TcpStream> {
        for _ in 0..200 {
            if let Ok(socket) = TcpStream::connect(self.address).await {
                return Ok(socket);
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        Err("the server does not listen".into())
    }
}
