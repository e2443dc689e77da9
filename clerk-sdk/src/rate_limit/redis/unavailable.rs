//! Why the permits of Redis cannot be used.

use redis::{ErrorKind, RedisError, ServerErrorKind};

/// A reason, in words that contain nothing of what Redis or the configuration said.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Unavailable {
    NotConnected,
    ConnectionLost,
    NoResponse,
    WrongCredentials,
    NoPermission,
    ReadOnly,
    Loading,
    OutOfMemory,
    WrongNode,
    UnexpectedResponse,
    LostPermits,
    ClockJumped,
}

impl Unavailable {
    /// The reason for a failed connection.
    pub(super) fn connecting(error: &RedisError) -> Self {
        match Self::of(error) {
            Self::ConnectionLost => Self::NotConnected,
            reason => reason,
        }
    }

    /// The reason for a failed request.
    pub(super) fn of(error: &RedisError) -> Self {
        if error.is_timeout() {
            return Self::NoResponse;
        }
        match (error.kind(), error.code()) {
            (ErrorKind::AuthenticationFailed, _) | (_, Some("NOAUTH" | "WRONGPASS")) => {
                Self::WrongCredentials
            }
            (ErrorKind::Io, _) => Self::ConnectionLost,
            (ErrorKind::Server(kind), code) => match (kind, code) {
                (ServerErrorKind::NoPerm, _) => Self::NoPermission,
                (ServerErrorKind::ReadOnly, _) => Self::ReadOnly,
                (ServerErrorKind::BusyLoading, _) => Self::Loading,
                (ServerErrorKind::Moved | ServerErrorKind::Ask, _) => Self::WrongNode,
                _ => Self::UnexpectedResponse,
            },
            (_, Some("OOM")) => Self::OutOfMemory,
            _ => Self::UnexpectedResponse,
        }
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::NotConnected => "no connection to Redis",
            Self::ConnectionLost => "the connection to Redis was lost",
            Self::NoResponse => "Redis did not respond in time",
            Self::WrongCredentials => "Redis rejected the user name or the password",
            Self::NoPermission => "the user has no permission to run scripts in Redis",
            Self::ReadOnly => "Redis is a read-only replica",
            Self::Loading => "Redis is loading its data",
            Self::OutOfMemory => "Redis is out of memory",
            Self::WrongNode => "this node of Redis does not have the keys",
            Self::UnexpectedResponse => "Redis sent an unexpected response",
            Self::LostPermits => "Redis has lost the permits in use",
            Self::ClockJumped => "the clock of Redis has jumped",
        }
    }
}
