//! New keys, of the kind that Cloudflare makes.

use rsa::PrivateKey;
use rsa::rand_core::TryRng as _;
use rsa::signature::digest::common::getrandom::SysRng;
use rsa::traits::{PrivateKeyParts as _, PublicKeyParts as _};
use zeroize::Zeroizing;

use super::parts::{PrivateParts, PublicParts, Secret, trimmed};
use crate::{Error, ErrorCode, Result};

/// A key of 2048 bits and an id of 32 lower-case hexadecimal digits.
pub(super) fn generate() -> Result<(PrivateParts, String)> {
    let key = PrivateKey::new(&mut SysRng, BITS).map_err(|_| no_randomness())?;
    let mut id = [0; 16];
    SysRng
        .try_fill_bytes(&mut id)
        .map_err(|_| no_randomness())?;
    let id = id.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((parts(&key).ok_or(ErrorCode::Internal)?, id))
}

fn parts(key: &PrivateKey) -> Option<PrivateParts> {
    let [p, q] = key.primes() else { return None };
    Some(PrivateParts {
        public: PublicParts {
            n: key.n_bytes().into(),
            e: key.e_bytes().into(),
        },
        d: secret(key.d().to_be_bytes()),
        p: secret(p.to_be_bytes()),
        q: secret(q.to_be_bytes()),
        dp: secret(key.dp()?.to_be_bytes()),
        dq: secret(key.dq()?.to_be_bytes()),
        qi: secret(key.crt_coefficient()?.to_be_bytes()),
    })
}

fn secret(bytes: Box<[u8]>) -> Secret {
    let bytes = Zeroizing::new(bytes.into_vec());
    Zeroizing::new(trimmed(&bytes))
}

fn no_randomness() -> Error {
    Error::new(
        ErrorCode::Internal,
        "the operating system gave no random numbers",
    )
}

const BITS: usize = 2048;
