//! The numbers of a key and the checks between them.
//!
//! Sizes come first, before any arithmetic, so that a hostile number costs nothing. Every number that
//! came in is compared, none replaced: signing with a swapped or corrupt CRT member gives the key away.

use rsa::traits::PrivateKeyParts as _;
use rsa::{BoxedUint, PrivateKey};
use zeroize::Zeroizing;

use crate::{Error, ErrorCode, Result};

/// Bytes that are wiped when they are dropped.
pub(crate) type Secret = Zeroizing<Vec<u8>>;

/// Modulus and public exponent, big-endian without leading zeros.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct PublicParts {
    pub(crate) n: Vec<u8>,
    pub(crate) e: Vec<u8>,
}

/// All numbers of a private key, big-endian without leading zeros, as they came in.
#[derive(PartialEq, Eq)]
pub(crate) struct PrivateParts {
    pub(crate) public: PublicParts,
    pub(crate) d: Secret,
    pub(crate) p: Secret,
    pub(crate) q: Secret,
    pub(crate) dp: Secret,
    pub(crate) dq: Secret,
    pub(crate) qi: Secret,
}

/// What a text turned out to hold.
#[derive(PartialEq, Eq)]
pub(crate) enum Parts {
    Private(PrivateParts),
    Public(PublicParts),
}

/// Modulus sizes accepted, in bits. Cloudflare's keys have 2048; more than 4096 only costs time.
pub(crate) const MIN_BITS: u32 = 2048;
pub(crate) const MAX_BITS: u32 = 4096;
/// Smallest public exponent accepted (FIPS 186-5); the largest has 32 bits.
const MIN_EXPONENT: u32 = 65_537;
const NOT_HALF: &str = "p and q are not two primes of half the size of n";

impl Parts {
    /// Modulus and exponent, whichever kind of key this is.
    pub(crate) fn public(&self) -> &PublicParts {
        match self {
            Self::Private(parts) => &parts.public,
            Self::Public(parts) => parts,
        }
    }
}

impl PublicParts {
    /// Size of the modulus in bits.
    pub(crate) fn bits(&self) -> u32 {
        bit_length(&self.n)
    }

    /// The public exponent; 0 when it is longer than 32 bits, which [`Self::check`] refuses.
    pub(crate) fn exponent_value(&self) -> u32 {
        if self.e.len() > 4 {
            return 0;
        }
        self.e
            .iter()
            .fold(0, |value, byte| value << 8 | u32::from(*byte))
    }

    /// Refuses sizes and values outside the limits, without arithmetic on long numbers.
    pub(crate) fn check(&self) -> Result<()> {
        let bits = self.bits();
        if !(MIN_BITS..=MAX_BITS).contains(&bits) {
            return Err(Error::new(
                ErrorCode::KeySize,
                format!("the modulus has {bits} bits; use a key of {MIN_BITS} to {MAX_BITS} bits"),
            ));
        }
        let exponent = self.exponent_value();
        if exponent < MIN_EXPONENT || exponent.is_multiple_of(2) {
            return Err(Error::new(
                ErrorCode::KeyExponent,
                "the public exponent must be odd, at least 65537 and at most 32 bits; use a key with 65537",
            ));
        }
        if self.n.last().is_some_and(|byte| byte.is_multiple_of(2)) {
            return Err(inconsistent("n is even"));
        }
        Ok(())
    }

    #[cfg(feature = "rust-crypto")]
    pub(crate) fn modulus(&self) -> BoxedUint {
        BoxedUint::from_be_slice_vartime(&self.n)
    }

    pub(crate) fn exponent(&self) -> BoxedUint {
        BoxedUint::from_be_slice_vartime(&self.e)
    }
}

impl PrivateParts {
    /// Runs every check between the numbers, the cheap ones first.
    pub(crate) fn check(&self) -> Result<()> {
        self.public.check()?;
        for (name, number) in self.named() {
            if number.len() > self.public.n.len() {
                return Err(inconsistent(&format!("{name} is longer than n")));
            }
        }
        self.check_distance()?;
        self.check_crt(&self.to_rsa()?)
    }

    /// The key as the `rsa` crate holds it. It checks n = p q and that d inverts e, and computes CRT
    /// members of its own.
    pub(crate) fn to_rsa(&self) -> Result<PrivateKey> {
        PrivateKey::from_components(
            self.number(&self.public.n)?,
            self.public.exponent(),
            self.number(&self.d)?,
            vec![self.prime(&self.p)?, self.prime(&self.q)?],
        )
        .map_err(|error| {
            inconsistent(match error {
                rsa::Error::InvalidModulus => "n is not p times q",
                rsa::Error::InvalidExponent => "d does not belong to e, p and q",
                _ => NOT_HALF,
            })
        })
    }

    /// FIPS 186-5, A.1.3: |p - q| > 2^(bits/2 - 100). Close primes are found by Fermat's method.
    fn check_distance(&self) -> Result<()> {
        let p = Zeroizing::new(self.prime(&self.p)?);
        let q = Zeroizing::new(self.prime(&self.q)?);
        let distance = Zeroizing::new(if *p > *q {
            p.wrapping_sub(&*q)
        } else {
            q.wrapping_sub(&*p)
        });
        let precision = distance.bits_precision();
        let limit = BoxedUint::one_with_precision(precision) << (self.public.bits() / 2 - 100);
        if *distance <= limit {
            return Err(Error::new(
                ErrorCode::KeyPrimesTooClose,
                "the primes of the key are too close together, so anybody can find them; make a new key",
            ));
        }
        Ok(())
    }

    /// Compares the CRT members that came in with those that follow from d, p and q.
    fn check_crt(&self, key: &PrivateKey) -> Result<()> {
        let same = |given: &Secret, wanted: Option<&BoxedUint>| -> Result<bool> {
            let given = Zeroizing::new(self.number(given)?);
            Ok(wanted.is_some_and(|wanted| *given == *wanted))
        };
        if !same(&self.dp, key.dp())? {
            return Err(inconsistent("dp is not d mod (p - 1)"));
        }
        if !same(&self.dq, key.dq())? {
            return Err(inconsistent("dq is not d mod (q - 1)"));
        }
        let coefficient = key.crt_coefficient().map(Zeroizing::new);
        if !same(&self.qi, coefficient.as_deref())? {
            return Err(inconsistent("qi is not the inverse of q mod p"));
        }
        Ok(())
    }

    /// A number in the precision of the modulus, which is public: the sizes of secrets stay secret, and
    /// the `rsa` crate has no reason to move it to a larger buffer.
    fn number(&self, bytes: &[u8]) -> Result<BoxedUint> {
        to_uint(bytes, self.public.bits()).ok_or_else(|| inconsistent("a number is longer than n"))
    }

    /// A prime, which has half the precision.
    fn prime(&self, bytes: &[u8]) -> Result<BoxedUint> {
        to_uint(bytes, self.public.bits().div_ceil(2)).ok_or_else(|| inconsistent(NOT_HALF))
    }

    fn named(&self) -> [(&'static str, &Secret); 6] {
        [
            ("d", &self.d),
            ("p", &self.p),
            ("q", &self.q),
            ("dp", &self.dp),
            ("dq", &self.dq),
            ("qi", &self.qi),
        ]
    }
}

/// The number without its leading zeros, in a buffer of its own.
pub(crate) fn trimmed(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes[zeros..].to_vec()
}

fn to_uint(bytes: &[u8], bits: u32) -> Option<BoxedUint> {
    BoxedUint::from_be_slice(bytes, bits.next_multiple_of(64)).ok()
}

fn bit_length(bytes: &[u8]) -> u32 {
    let whole = u32::try_from(bytes.len()).map_or(u32::MAX, |len| len.saturating_mul(8));
    whole - bytes.first().map_or(0, |byte| byte.leading_zeros())
}

fn inconsistent(what: &str) -> Error {
    Error::new(
        ErrorCode::KeyInconsistent,
        format!(
            "the components of the key do not belong together: {what}; get the key again from its source"
        ),
    )
}
