//! The ways in which a server can interrupt all calls that are under way.

/// How a server ends the requests under way, once.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Interruption {
    /// An error response with this status and this `Retry-After`.
    Status(u16, Option<&'static str>),
    /// The connection is closed with a TCP reset.
    Reset,
    /// The connection is closed without a response.
    Closed,
    /// HTTP/2 only: the connection stays open and is not served any more, as if the network dropped all packets.
    Frozen,
    /// HTTP/2 only: `RST_STREAM` with `REFUSED_STREAM`, which says that the request was not processed.
    RefusedStream,
    /// HTTP/2 only: `GOAWAY`.
    GoAway {
        error_code: u32,
        /// The requests up to the frame's last stream. The server may have processed them; it has not processed those
        /// after it.
        processed: Processed,
        /// Whether a TCP reset follows, or else the responses to the processed requests.
        is_reset: bool,
    },
}

/// Which of the requests under way a `GOAWAY` counts as possibly processed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Processed {
    None,
    FirstHalf,
    All,
}

impl Processed {
    pub(crate) fn count(self, under_way: usize) -> usize {
        match self {
            Self::None => 0,
            Self::FirstHalf => under_way / 2,
            Self::All => under_way,
        }
    }
}

pub(crate) const NO_ERROR: u32 = 0;
pub(crate) const INTERNAL_ERROR: u32 = 2;

pub(crate) const fn go_away(error_code: u32, processed: Processed, is_reset: bool) -> Interruption {
    Interruption::GoAway {
        error_code,
        processed,
        is_reset,
    }
}
