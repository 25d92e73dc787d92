//! Playback URLs.

use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use streamtoken::UrlOptions;

use crate::convert;
use crate::error::raise;
use crate::guard::guarded;
use crate::text;

/// The customer code: `CODE` in `customer-CODE.cloudflarestream.com`.
///
/// Not the account id. It is part of every playback URL of the account, and the Stream dashboard shows it.
/// `str` gives the code.
#[pyclass(frozen, eq, hash, module = "streamtoken")]
#[derive(PartialEq, Hash)]
pub(crate) struct CustomerCode(streamtoken::CustomerCode);

impl CustomerCode {
    pub(crate) fn core(&self) -> &streamtoken::CustomerCode {
        &self.0
    }

    fn read(object: &Bound<'_, PyAny>) -> PyResult<streamtoken::CustomerCode> {
        if let Ok(code) = object.cast::<Self>() {
            return Ok(code.get().0.clone());
        }
        let text = text::text(object, "customer_code")?;
        streamtoken::CustomerCode::parse(&text).map_err(|error| raise(&error))
    }
}

#[pymethods]
impl CustomerCode {
    /// Reads a customer code, the host that carries it, or any playback URL on that host.
    ///
    /// Raises `InputError`.
    #[staticmethod]
    fn parse(text: &Bound<'_, PyAny>) -> PyResult<Self> {
        guarded(|| Self::read(text).map(Self))
    }

    /// Reads `CLOUDFLARE_STREAM_CUSTOMER_CODE`, without outer white space; None when it is unset or
    /// empty.
    ///
    /// Raises `InputError`.
    #[staticmethod]
    fn from_env() -> PyResult<Option<Self>> {
        // With the GIL, as for keys.
        guarded(|| {
            let code = streamtoken::CustomerCode::from_env();
            code.map(|code| code.map(Self))
                .map_err(|error| raise(&error))
        })
    }

    /// The host of the account's playback URLs: `customer-CODE.cloudflarestream.com`.
    #[getter]
    fn host(&self) -> String {
        self.0.host()
    }

    fn __str__(&self) -> &str {
        self.0.as_str()
    }

    fn __repr__(&self) -> String {
        format!("CustomerCode({:?})", self.0.as_str())
    }
}

/// The playback URLs of one token, by name.
///
/// Each row is an attribute; the object is read like a dict of names to URLs as well, in which `download`
/// and `audio` are missing when the token is not `downloadable`. Each URL grants what its token grants, so
/// `repr` shows the names alone.
#[pyclass(frozen, eq, mapping, module = "streamtoken")]
#[derive(PartialEq)]
pub(crate) struct PlaybackUrls(streamtoken::PlaybackUrls);

#[pymethods]
impl PlaybackUrls {
    /// The HLS manifest (`/manifest/video.m3u8`).
    #[getter]
    fn hls(&self) -> &str {
        self.0.hls()
    }

    /// The DASH manifest (`/manifest/video.mpd`).
    #[getter]
    fn dash(&self) -> &str {
        self.0.dash()
    }

    /// The player, for an `<iframe>`.
    #[getter]
    fn iframe(&self) -> &str {
        self.0.iframe()
    }

    /// The hosted page.
    #[getter]
    fn watch(&self) -> &str {
        self.0.watch()
    }

    /// The still (`/thumbnails/thumbnail.jpg`).
    #[getter]
    fn thumbnail(&self) -> &str {
        self.0.thumbnail()
    }

    /// The animated GIF (`/thumbnails/thumbnail.gif`).
    #[getter]
    fn animated_thumbnail(&self) -> &str {
        self.0.animated_thumbnail()
    }

    /// The MP4 download; None when the token is not `downloadable`.
    #[getter]
    fn download(&self) -> Option<&str> {
        self.0.download()
    }

    /// The audio download; None when the token is not `downloadable`.
    #[getter]
    fn audio(&self) -> Option<&str> {
        self.0.audio()
    }

    /// The HLS manifest of an instant clip.
    #[getter]
    fn clip_hls(&self) -> &str {
        self.0.clip_hls()
    }

    /// The MP4 of an instant clip.
    #[getter]
    fn clip(&self) -> &str {
        self.0.clip()
    }

    /// The WHEP endpoint of a live input, which takes locally signed tokens only.
    #[getter]
    fn webrtc(&self) -> &str {
        self.0.webrtc()
    }

    /// The `<iframe>` element of the player, as Cloudflare's dashboard writes it, on one line.
    ///
    /// The URL is escaped for HTML: put the text into a page as it is.
    fn embed(&self) -> PyResult<String> {
        guarded(|| Ok(self.0.embed()))
    }

    /// The URL of the row `name`, or `default` where there is none.
    #[pyo3(signature = (name, default=None))]
    fn get<'py>(
        &self,
        name: &Bound<'py, PyAny>,
        default: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.row(name) {
            Some(url) => Ok(Some(PyString::new(name.py(), url).into_any())),
            None => Ok(default),
        }
    }

    /// The names of the rows, in their order.
    fn keys(&self) -> Vec<&'static str> {
        self.0.iter().map(|(name, _)| name).collect()
    }

    /// The URLs, in the order of the rows.
    fn values(&self) -> Vec<&str> {
        self.0.iter().map(|(_, url)| url).collect()
    }

    /// Names and URLs, in the order of the rows.
    fn items(&self) -> Vec<(&'static str, &str)> {
        self.0.iter().collect()
    }

    fn __getitem__(&self, name: &Bound<'_, PyAny>) -> PyResult<&str> {
        let url = self.row(name);
        url.ok_or_else(|| PyKeyError::new_err(name.clone().unbind()))
    }

    fn __contains__(&self, name: &Bound<'_, PyAny>) -> bool {
        self.row(name).is_some()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.keys().into_pyobject(py)?.try_iter()?.into_any())
    }

    fn __len__(&self) -> usize {
        self.0.iter().len()
    }

    fn __repr__(&self) -> String {
        format!("PlaybackUrls({:?})", self.keys())
    }
}

impl PlaybackUrls {
    fn row(&self, name: &Bound<'_, PyAny>) -> Option<&str> {
        let name = name.cast::<PyString>().ok()?.to_string_lossy().into_owned();
        self.0.get(&name)
    }
}

/// Every URL under which the video of `token` plays, on the host of `customer_code`.
///
/// `token` is a `Token` or text, `customer_code` a `CustomerCode` or text. Options are dicts by row with
/// Cloudflare's names: `thumbnail={'time': '1m30s', 'height': 270}`, `iframe={'muted': True, 'poster': True}`.
/// The signature is not checked here: a URL of a forged token can be built, and will be refused at the edge.
///
/// Raises `InputError`, and `TokenError` when `token` is no compact JWS.
#[pyfunction]
#[pyo3(signature = (token, customer_code, **options))]
pub(crate) fn playback_urls(
    token: &Bound<'_, PyAny>,
    customer_code: &Bound<'_, PyAny>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<PlaybackUrls> {
    guarded(|| {
        let (token, code) = (
            text::text(token, "token")?,
            CustomerCode::read(customer_code)?,
        );
        let options = convert::options(streamtoken::PlaybackUrls::NAMES, options)?;
        let urls = UrlOptions::from_value(&options)
            .and_then(|options| streamtoken::playback_urls(token, &code, &options));
        urls.map(PlaybackUrls).map_err(|error| raise(&error))
    })
}

/// Puts `token` into `url`, in the place of the video UID or the older token.
///
/// Takes URLs on `customer-CODE.cloudflarestream.com`, on the legacy hosts and on custom domains; a signed
/// player's `poster` and `src` get the token as well. Rewriting twice changes nothing.
///
/// Raises `InputError`, and `TokenError` when `token` is no compact JWS.
#[pyfunction]
pub(crate) fn rewrite(url: &Bound<'_, PyAny>, token: &Bound<'_, PyAny>) -> PyResult<String> {
    guarded(|| {
        let (url, token) = (text::text(url, "url")?, text::text(token, "token")?);
        streamtoken::rewrite(&url, token).map_err(|error| raise(&error))
    })
}
