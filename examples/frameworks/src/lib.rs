//! The visitors of the examples: they send requests to the server that an example starts.

use std::net::SocketAddr;
use std::time::Duration;

use clerk_emulator::Emulator;
use examples::{Instance, Result};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// People with and without session tokens, who visit the routes of an example.
pub struct Visitors {
    /// The address that the server listens on.
    pub address: SocketAddr,
    emulator: Option<Emulator>,
}

impl Visitors {
    /// Chooses the address to listen on.
    pub fn new(instance: Instance) -> Result<Self> {
        let address = match &instance.emulator {
            // A port that is free at the moment. The example binds it when its server starts.
            Some(_) => std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?,
            None => SocketAddr::from(([127, 0, 0, 1], 3000)),
        };
        Ok(Self {
            address,
            emulator: instance.emulator,
        })
    }

    /// Sends requests with different session tokens to each route, and prints the responses.
    ///
    /// Only the emulator can issue tokens. If the example uses Clerk, this waits forever so that you can send requests.
    pub async fn send_requests(&self) -> Result {
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
