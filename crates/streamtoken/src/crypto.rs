//! RSASSA-PKCS1-v1_5 with SHA-256 (RS256), the one algorithm of Stream's tokens, on one of two back ends.
//!
//! AWS-LC is constant-time and the fastest measured; `rust-crypto` needs no C compiler. With both
//! features on, AWS-LC is used. The bytes are the same: RS256 is deterministic.

#[cfg(feature = "aws-lc")]
mod aws_lc;
#[cfg(feature = "rust-crypto")]
#[cfg_attr(
    all(feature = "aws-lc", not(test)),
    expect(
        dead_code,
        reason = "compiled beside AWS-LC for the tests that compare them"
    )
)]
mod rust_crypto;

#[cfg(feature = "aws-lc")]
pub(crate) use aws_lc::{RsaSigner, RsaVerifier};
#[cfg(all(feature = "rust-crypto", not(feature = "aws-lc")))]
pub(crate) use rust_crypto::{RsaSigner, RsaVerifier};

#[cfg(not(any(feature = "aws-lc", feature = "rust-crypto")))]
compile_error!(
    "streamtoken needs a back end for RSA: turn on feature `aws-lc` (the default; needs a C compiler) \
     or `rust-crypto` (pure Rust, slower)"
);

mod process;

pub(crate) use process::ProcessSigner;

#[cfg(test)]
mod tests;
