//! The credential that a request carries.

use http::HeaderMap;
use http::header::AUTHORIZATION;
use streamtoken::{Error, ErrorCode, Result};

/// What stands in the headers of a request.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Presented<'h> {
    /// `Authorization: Bearer TOKEN`.
    Bearer(&'h str),
    /// The previous scheme: `X-Auth-Email` and `X-Auth-Key`.
    EmailAndKey {
        /// The e-mail address.
        email: &'h str,
        /// The key that goes with it.
        key: &'h str,
    },
}

impl<'h> Presented<'h> {
    /// Reads the headers. A bearer token goes first when both are there, as at the platform's official
    /// clients.
    ///
    /// # Errors
    /// [`ErrorCode::CredentialMissing`].
    pub fn read(headers: &'h HeaderMap) -> Result<Self> {
        if let Some(value) = single(headers, AUTHORIZATION.as_str())? {
            return bearer(value).map(Self::Bearer);
        }
        match (single(headers, EMAIL)?, single(headers, KEY)?) {
            (Some(email), Some(key)) => Ok(Self::EmailAndKey { email, key }),
            (Some(_), None) => Err(missing(
                "X-Auth-Email came without X-Auth-Key; official clients drop the bearer token when CLOUDFLARE_EMAIL is set: unset it, or set CLOUDFLARE_API_KEY too",
            )),
            (None, Some(_)) => Err(missing("X-Auth-Key came without X-Auth-Email")),
            (None, None) => Err(missing(
                "send Authorization: Bearer TOKEN, or X-Auth-Email and X-Auth-Key",
            )),
        }
    }
}

const EMAIL: &str = "x-auth-email";
const KEY: &str = "x-auth-key";

fn bearer(value: &str) -> Result<&str> {
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    let token = token.trim();
    if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() {
        Ok(token)
    } else {
        Err(missing(
            "the Authorization header is not of the form: Bearer TOKEN",
        ))
    }
}

/// The value of a header that may come once.
fn single<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>> {
    let mut values = headers.get_all(name).iter();
    let value = values.next();
    if values.next().is_some() {
        return Err(missing("a header of the credential came twice"));
    }
    value
        .map(|value| {
            value
                .to_str()
                .map_err(|_| missing("a header of the credential is not ASCII"))
        })
        .transpose()
}

fn missing(message: &str) -> Error {
    Error::new(ErrorCode::CredentialMissing, message)
}

#[cfg(test)]
mod tests {
    use super::Presented;
    use http::HeaderMap;

    fn read(headers: &[(&'static str, &str)]) -> Result<(String, String), String> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        match Presented::read(&map) {
            Ok(Presented::Bearer(token)) => Ok((token.to_owned(), String::new())),
            Ok(Presented::EmailAndKey { email, key }) => Ok((email.to_owned(), key.to_owned())),
            Err(error) => Err(error.message().to_owned()),
        }
    }

    #[test]
    fn both_schemes_are_read() {
        let pair = |a: &str, b: &str| Ok((a.to_owned(), b.to_owned()));
        assert_eq!(read(&[("authorization", "Bearer t")]), pair("t", ""));
        assert_eq!(read(&[("authorization", "bearer  t ")]), pair("t", ""));
        let scheme = [("x-auth-email", "a@example.com"), ("x-auth-key", "k")];
        assert_eq!(read(&scheme), pair("a@example.com", "k"));
        let both = [scheme[0], scheme[1], ("authorization", "Bearer t")];
        assert_eq!(read(&both), pair("t", ""));
    }

    #[test]
    fn half_a_credential_is_none() {
        for headers in [
            &[][..],
            &[("authorization", "Bearer")],
            &[("authorization", "Bearer ")],
            &[("authorization", "Basic dDp0")],
            &[("authorization", "Bearer a"), ("authorization", "Bearer b")],
            &[("x-auth-key", "k")],
        ] {
            assert!(read(headers).is_err(), "{headers:?}");
        }
        let email = read(&[("x-auth-email", "a@example.com")]).unwrap_err();
        assert!(email.contains("CLOUDFLARE_EMAIL"));
    }
}
