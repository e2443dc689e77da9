//! Reading the body of a request, up to the limit.

use std::error::Error as StdError;

use bytes::Bytes;
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::rejection::Rejection;
use super::{Event, Verifier};
use crate::backend::causes;

/// Reads the body of a request, and verifies it.
pub(super) async fn receive<B>(
    verifier: &Verifier,
    request: http::Request<B>,
) -> Result<Event, Rejection>
where
    B: Body,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    let (head, body) = request.into_parts();
    let body = read(body, verifier.body_limit()).await?;
    Ok(verifier.verify(&head.headers, body)?)
}

async fn read<B>(body: B, limit: usize) -> Result<Bytes, Rejection>
where
    B: Body,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    // A body that states a larger size is not read at all.
    if body.size_hint().lower() > limit as u64 {
        return Err(Rejection::TooLarge(limit));
    }
    match Limited::new(body, limit).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if is_too_large(&*error) => Err(Rejection::TooLarge(limit)),
        Err(_) => Err(Rejection::Incomplete),
    }
}

/// Returns whether the body exceeds this limit, or that of a layer around it.
fn is_too_large(error: &(dyn StdError + 'static)) -> bool {
    causes(error).any(|it| it.is::<LengthLimitError>())
}
