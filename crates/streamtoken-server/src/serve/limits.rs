//! What a connection may take: bytes, headers, time.

use std::time::Duration;

/// The limits of a server. Each has a default; [`settings`](crate::settings) has the ranges.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Longest body of a request, in bytes.
    pub max_body: usize,
    /// Longest request line and headers together, in bytes.
    pub max_head: usize,
    /// Most headers of a request.
    pub max_headers: usize,
    /// Most connections at a time. Further ones wait in the operating system's queue until one ends.
    pub max_connections: usize,
    /// From the connection to its first byte.
    pub first_byte_timeout: Duration,
    /// From the first byte of a request to the end of its headers.
    pub head_timeout: Duration,
    /// From the headers to the end of the body.
    pub body_timeout: Duration,
    /// For the reader to take an answer, once it does not take it at once.
    pub answer_timeout: Duration,
    /// From an answer to the next request on the connection.
    pub idle_timeout: Duration,
    /// For TLS to be agreed on.
    pub handshake_timeout: Duration,
    /// From the signal to stop until connections are cut.
    pub drain_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_body: 64 * 1024,
            max_head: 16 * 1024,
            max_headers: 100,
            max_connections: 1024,
            first_byte_timeout: Duration::from_secs(10),
            head_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(10),
            answer_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(60),
            handshake_timeout: Duration::from_secs(10),
            drain_timeout: Duration::from_secs(30),
        }
    }
}
