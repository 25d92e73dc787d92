//! Playback URLs: a token in the place of the video UID, for every path that Cloudflare documents.
//!
//! The token stands **in the path**; `?token=` is not a form that the platform knows. Building a URL
//! checks the token's form and reads its `downloadable` claim. It verifies no signature and reads no
//! clock, so it works for tokens that Cloudflare's API minted as well.
//!
//! Times inside a query are written in whole seconds (`90s`), which every path understands.

mod compact;
mod customer_code;
pub(crate) mod hosts;
mod location;
mod members;
mod numbers;
mod options;
mod query;
mod rewrite;
#[cfg(test)]
mod tests;
mod texts;
mod values;

use std::fmt;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

pub use customer_code::CustomerCode;
pub use numbers::{Bandwidth, Seconds, Span};
pub use options::{
    AnimatedThumbnailOptions, ClipManifestOptions, ClipOptions, DashOptions, DownloadOptions,
    HlsOptions, PlayerOptions, ThumbnailOptions, UrlOptions,
};
pub use rewrite::rewrite;
pub use texts::{Color, Filename, HttpsUrl, LanguageTag, Source};
pub use values::{Fit, Poster, Preload, Protocol};

use crate::{Error, ErrorCode, Result};
use compact::Compact;
pub(crate) use location::is_uid;
pub(crate) use query::decode;

/// Every URL under which the video of `token` plays, on the host of `customer_code`.
///
/// The rows and their paths are those that Cloudflare documents. Without options a URL has no query.
/// The rows `download` and `audio` are there only when the token is `downloadable`: Cloudflare refuses
/// them otherwise. `webrtc` (live, WHEP) works with locally signed tokens only.
///
/// The signature is not checked here: a URL of a forged or expired token can be built, and will be
/// refused at the edge.
///
/// # Errors
/// - [`ErrorCode::TokenTooLarge`], [`ErrorCode::TokenShape`], [`ErrorCode::TokenBase64`],
///   [`ErrorCode::TokenNotUtf8`], [`ErrorCode::TokenJson`], [`ErrorCode::TokenDuplicateMember`],
///   [`ErrorCode::TokenTooDeep`] when `token` is no compact JWS of at most 16,384 characters.
/// - [`ErrorCode::ClaimType`] when its `downloadable` is no boolean.
/// - [`ErrorCode::UrlNotDownloadable`] when `options` names a download that the token does not allow.
pub fn playback_urls(
    token: impl AsRef<str>,
    customer_code: &CustomerCode,
    options: &UrlOptions,
) -> Result<PlaybackUrls> {
    let token = Compact::read(token.as_ref())?;
    let downloadable = token.downloadable()?;
    if !downloadable {
        refuse_download_options(options)?;
    }
    let base = format!("https://{}/{}", customer_code.host(), token.as_str());
    let mut rows = Vec::with_capacity(PlaybackUrls::NAMES.len());
    for name in PlaybackUrls::NAMES {
        if downloadable || !matches!(*name, "download" | "audio") {
            rows.push((*name, row(name, &base, options, &token)?));
        }
    }
    Ok(PlaybackUrls { rows })
}

/// The playback URLs of one token, by name.
///
/// Serializes as an object of name and URL, in the order of [`PlaybackUrls::NAMES`]. Each URL grants
/// what its token grants, so `Debug` shows the names alone.
#[derive(Clone, PartialEq, Eq)]
pub struct PlaybackUrls {
    rows: Vec<(&'static str, String)>,
}

impl PlaybackUrls {
    /// The names of all rows, in their order.
    pub const NAMES: &'static [&'static str] = &[
        "hls",
        "dash",
        "iframe",
        "watch",
        "thumbnail",
        "animated_thumbnail",
        "download",
        "audio",
        "clip_hls",
        "clip",
        "webrtc",
    ];

    /// The URL of the row `name`; `None` for `download` and `audio` when the token is not
    /// `downloadable`, and for a name that is not in [`PlaybackUrls::NAMES`].
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find_map(|(row, url)| (row == name).then_some(url))
    }

    /// The HLS manifest (`/manifest/video.m3u8`).
    pub fn hls(&self) -> &str {
        self.get("hls").unwrap_or_default()
    }

    /// The DASH manifest (`/manifest/video.mpd`).
    pub fn dash(&self) -> &str {
        self.get("dash").unwrap_or_default()
    }

    /// The player, for an `<iframe>`.
    pub fn iframe(&self) -> &str {
        self.get("iframe").unwrap_or_default()
    }

    /// The hosted page.
    pub fn watch(&self) -> &str {
        self.get("watch").unwrap_or_default()
    }

    /// The still (`/thumbnails/thumbnail.jpg`).
    pub fn thumbnail(&self) -> &str {
        self.get("thumbnail").unwrap_or_default()
    }

    /// The animated GIF (`/thumbnails/thumbnail.gif`).
    pub fn animated_thumbnail(&self) -> &str {
        self.get("animated_thumbnail").unwrap_or_default()
    }

    /// The MP4 download; `None` when the token is not `downloadable`.
    pub fn download(&self) -> Option<&str> {
        self.get("download")
    }

    /// The audio download; `None` when the token is not `downloadable`.
    pub fn audio(&self) -> Option<&str> {
        self.get("audio")
    }

    /// The HLS manifest of an instant clip.
    pub fn clip_hls(&self) -> &str {
        self.get("clip_hls").unwrap_or_default()
    }

    /// The MP4 of an instant clip.
    pub fn clip(&self) -> &str {
        self.get("clip").unwrap_or_default()
    }

    /// The WHEP endpoint of a live input, which takes locally signed tokens only.
    pub fn webrtc(&self) -> &str {
        self.get("webrtc").unwrap_or_default()
    }

    /// Names and URLs, in the order of [`PlaybackUrls::NAMES`].
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&'static str, &str)> {
        self.rows.iter().map(|(name, url)| (*name, url.as_str()))
    }

    /// The `<iframe>` element of the player, as Cloudflare's dashboard writes it, on one line.
    ///
    /// The URL is escaped for HTML (`&` becomes `&amp;`): put the text into a page as it is. Cloudflare's
    /// own size of 1280 × 720 is written; style sheets override it.
    pub fn embed(&self) -> String {
        let src = escape_html(self.iframe());
        format!(
            "<iframe src=\"{src}\" style=\"border: none\" height=\"720\" width=\"1280\" \
             allow=\"accelerometer; gyroscope; autoplay; encrypted-media; picture-in-picture;\" \
             allowfullscreen=\"true\"></iframe>"
        )
    }
}

impl Serialize for PlaybackUrls {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.rows.len()))?;
        for (name, url) in self.iter() {
            map.serialize_entry(name, url)?;
        }
        map.end()
    }
}

impl fmt::Debug for PlaybackUrls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.iter().map(|(name, _)| name))
            .finish()
    }
}

/// The URL of one row. `name` is one of [`PlaybackUrls::NAMES`].
fn row(name: &str, base: &str, options: &UrlOptions, token: &Compact<'_>) -> Result<String> {
    let path = path(name).ok_or_else(|| Error::from(ErrorCode::Internal))?;
    let query = match name {
        "hls" => options.hls.query(),
        "dash" => options.dash.query(),
        "iframe" => options.player_query(base, token),
        "thumbnail" => options.thumbnail.query(),
        "animated_thumbnail" => options.animated_thumbnail.query(),
        "download" => options.download.query(),
        "audio" => options.audio.query(),
        "clip_hls" => options.clip_hls.query(),
        "clip" => options.clip.query(),
        _ => String::new(),
    };
    Ok(format!("{base}/{path}{query}"))
}

/// What follows the token in the URL of a row, as Cloudflare documents it.
pub(crate) fn path(name: &str) -> Option<&'static str> {
    Some(match name {
        "hls" => "manifest/video.m3u8",
        "dash" => "manifest/video.mpd",
        "iframe" => "iframe",
        "watch" => "watch",
        "thumbnail" => THUMBNAIL,
        "animated_thumbnail" => "thumbnails/thumbnail.gif",
        "download" => "downloads/default.mp4",
        "audio" => "downloads/audio.m4a",
        "clip_hls" => "manifest/clip.m3u8",
        "clip" => "clip.mp4",
        "webrtc" => "webRTC/play",
        _ => return None,
    })
}

fn refuse_download_options(options: &UrlOptions) -> Result<()> {
    for (name, row) in [("download", &options.download), ("audio", &options.audio)] {
        if *row != DownloadOptions::default() {
            let message =
                format!("{name} options need a downloadable token; mint it with downloadable true");
            return Err(Error::new(ErrorCode::UrlNotDownloadable, message).at(format!("/{name}")));
        }
    }
    Ok(())
}

fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// The still's path; the signed poster uses it too.
/// From this length on, in bytes, a URL may be refused on its way: RFC 9110, section 4.1, asks all to take 8,000 at
/// least.
pub(crate) const LONG_URL: usize = 8_000;

const THUMBNAIL: &str = "thumbnails/thumbnail.jpg";
