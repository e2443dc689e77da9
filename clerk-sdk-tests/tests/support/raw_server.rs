//! A TCP server that sends raw bytes, for responses that no HTTP library would produce.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Sends `response` on every connection and closes it. Returns the base URL and the raw requests.
pub(crate) async fn raw_server(response: &'static [u8]) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("the listener is bound");
    let requests = Arc::new(Mutex::new(Vec::new()));
    let log = requests.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 64 * 1024];
            let length = stream.read(&mut request).await.unwrap_or(0);
            request.truncate(length);
            let request = String::from_utf8_lossy(&request).into_owned();
            log.lock().expect("the mutex is not poisoned").push(request);
            let _ = stream.write_all(response).await;
            let _ = stream.shutdown().await;
        }
    });
    (format!("http://{address}/v1"), requests)
}
