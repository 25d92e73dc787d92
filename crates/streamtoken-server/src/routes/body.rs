//! Bodies of requests.

use axum::body::Body;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http_body_util::BodyExt as _;
use streamtoken::{Error, ErrorCode, Result};
use zeroize::Zeroizing;

use crate::serve::BodyFault;

/// Reads a body of JSON, which may be empty. Its limits are those of the connection.
///
/// # Errors
/// [`ErrorCode::BodyTooLarge`], [`ErrorCode::BodyTypeUnsupported`], [`ErrorCode::BodyEncodingUnsupported`],
/// [`ErrorCode::RequestTimeout`], [`ErrorCode::RequestMalformed`] for a body that does not arrive as it was announced.
pub(crate) async fn read(headers: &HeaderMap, body: Body) -> Result<Zeroizing<Vec<u8>>> {
    if headers.contains_key(CONTENT_ENCODING) {
        return Err(ErrorCode::BodyEncodingUnsupported.into());
    }
    let collected = body.collect().await.map_err(|error| {
        BodyFault::behind(&error).map_or_else(
            || {
                Error::new(
                    ErrorCode::RequestMalformed,
                    "the body did not arrive as its headers announce it",
                )
            },
            Error::from,
        )
    })?;
    let bytes = Zeroizing::new(collected.to_bytes().to_vec());
    if !bytes.is_empty() && !is_json(headers) {
        return Err(Error::new(
            ErrorCode::BodyTypeUnsupported,
            "send the body with content-type: application/json",
        ));
    }
    Ok(bytes)
}

/// Whether the headers announce JSON: `application/json`, or another type that ends in `+json`.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(text)) = headers.get(CONTENT_TYPE).map(|value| value.to_str()) else {
        return false;
    };
    let essence = text.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
        || essence.to_ascii_lowercase().ends_with("+json")
}
