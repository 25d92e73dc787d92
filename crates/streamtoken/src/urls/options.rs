//! The query options of every playback URL, typed, and as they come from other languages.

use std::num::NonZeroU32;

use super::compact::Compact;
use super::members::{Group, Members, NoOptions};
use super::numbers::{Bandwidth, Seconds, Span};
use super::query::Query;
use super::texts::{Color, Filename, HttpsUrl, LanguageTag, Source};
use super::values::{Fit, Poster, Preload, Protocol};
use super::{PlaybackUrls, THUMBNAIL, rewrite};
use crate::{Result, Value};

/// Query options by row. What is absent is not written: the platform's default holds.
///
/// Queries are written in the order of the members below, whatever the order in which they came.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct UrlOptions {
    /// Of the HLS manifest.
    pub hls: HlsOptions,
    /// Of the DASH manifest.
    pub dash: DashOptions,
    /// Of the player.
    pub iframe: PlayerOptions,
    /// Of the still.
    pub thumbnail: ThumbnailOptions,
    /// Of the animated GIF.
    pub animated_thumbnail: AnimatedThumbnailOptions,
    /// Of the MP4 download.
    pub download: DownloadOptions,
    /// Of the audio download.
    pub audio: DownloadOptions,
    /// Of the HLS manifest of an instant clip.
    pub clip_hls: ClipManifestOptions,
    /// Of the MP4 of an instant clip.
    pub clip: ClipOptions,
}

impl UrlOptions {
    /// The options of each row, in Cloudflare's names and in the order in which they are written.
    pub const NAMES_BY_ROW: &'static [(&'static str, &'static [&'static str])] = &[
        ("hls", HlsOptions::NAMES),
        ("dash", DashOptions::NAMES),
        ("iframe", PlayerOptions::NAMES),
        ("watch", NoOptions::NAMES),
        ("thumbnail", ThumbnailOptions::NAMES),
        ("animated_thumbnail", AnimatedThumbnailOptions::NAMES),
        ("download", DownloadOptions::NAMES),
        ("audio", DownloadOptions::NAMES),
        ("clip_hls", ClipManifestOptions::NAMES),
        ("clip", ClipOptions::NAMES),
        ("webrtc", NoOptions::NAMES),
    ];

    /// Reads options from JSON text.
    ///
    /// # Errors
    /// Those of [`Value::parse`] and [`UrlOptions::from_value`].
    pub fn from_json(text: impl AsRef<[u8]>) -> Result<Self> {
        Self::from_value(&Value::parse(text)?)
    }

    /// Reads options as an object of rows, each an object of query parameters in Cloudflare's names:
    /// `{"thumbnail": {"time": "1m30s", "height": 270}, "iframe": {"muted": true, "poster": true}}`.
    ///
    /// Null means "not given", at every level. Times and durations are texts like `1m30s` or whole
    /// numbers of seconds. `poster` is `true` for the row `thumbnail`, an object of thumbnail options, or
    /// a URL.
    ///
    /// # Errors
    /// With a JSON pointer such as `/thumbnail/height`, the first of
    /// [`OptionUnknown`](crate::ErrorCode::OptionUnknown), [`OptionType`](crate::ErrorCode::OptionType),
    /// [`JsonDuplicateMember`](crate::ErrorCode::JsonDuplicateMember), [`UrlOptionInvalid`](crate::ErrorCode::UrlOptionInvalid).
    pub fn from_value(value: &Value) -> Result<Self> {
        Members::read(value, "")
    }

    /// The player's query; a signed poster is built on `base`, the URL up to and with the token.
    pub(super) fn player_query(&self, base: &str, token: &Compact<'_>) -> String {
        let poster = self.iframe.poster.as_ref().map(|poster| match poster {
            Poster::Thumbnail => format!("{base}/{THUMBNAIL}{}", self.thumbnail.query()),
            Poster::Still(still) => format!("{base}/{THUMBNAIL}{}", still.query()),
            Poster::Url(url) => {
                rewrite::sign_poster(url.as_str(), token).unwrap_or_else(|| url.as_str().to_owned())
            }
        });
        self.iframe.query(poster)
    }
}

impl Group for UrlOptions {
    const NAMES: &'static [&'static str] = PlaybackUrls::NAMES;

    fn from_members(members: &Members<'_>) -> Result<Self> {
        // Two rows have no query: an object is accepted there, an option is not.
        members.group::<NoOptions>("watch")?;
        members.group::<NoOptions>("webrtc")?;
        Ok(Self {
            hls: members.group("hls")?,
            dash: members.group("dash")?,
            iframe: members.group("iframe")?,
            thumbnail: members.group("thumbnail")?,
            animated_thumbnail: members.group("animated_thumbnail")?,
            download: members.group("download")?,
            audio: members.group("audio")?,
            clip_hls: members.group("clip_hls")?,
            clip: members.group("clip")?,
        })
    }
}

/// Options of the HLS manifest.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct HlsOptions {
    /// `clientBandwidthHint`: offer the representation closest to this bandwidth. Meant as a last resort.
    pub client_bandwidth_hint: Option<Bandwidth>,
    /// `protocol`: low-latency HLS.
    pub protocol: Option<Protocol>,
    /// `duration`: a preview of the last seconds of a live stream, at most 5 minutes.
    pub duration: Option<Span<300>>,
}

impl Group for HlsOptions {
    const NAMES: &'static [&'static str] = &["clientBandwidthHint", "protocol", "duration"];

    fn from_members(members: &Members<'_>) -> Result<Self> {
        Ok(Self {
            client_bandwidth_hint: members.get("clientBandwidthHint")?,
            protocol: members.get("protocol")?,
            duration: members.get("duration")?,
        })
    }
}

impl HlsOptions {
    pub(super) fn query(&self) -> String {
        Query::default()
            .with("clientBandwidthHint", self.client_bandwidth_hint)
            .with("protocol", self.protocol)
            .with("duration", self.duration)
            .finish()
    }
}

/// Options of the DASH manifest.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct DashOptions {
    /// `clientBandwidthHint`, as for HLS.
    pub client_bandwidth_hint: Option<Bandwidth>,
}

impl Group for DashOptions {
    const NAMES: &'static [&'static str] = &["clientBandwidthHint"];

    fn from_members(members: &Members<'_>) -> Result<Self> {
        Ok(Self {
            client_bandwidth_hint: members.get("clientBandwidthHint")?,
        })
    }
}

impl DashOptions {
    pub(super) fn query(&self) -> String {
        Query::default()
            .with("clientBandwidthHint", self.client_bandwidth_hint)
            .finish()
    }
}

/// Options of the player.
///
/// A boolean is written only when it differs from the player's default: Cloudflare documents that
/// `autoplay=false` starts playback all the same.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct PlayerOptions {
    /// `autoplay`: start at once. Browsers may demand `muted`.
    pub autoplay: bool,
    /// `controls`: `Some(false)` hides the buttons.
    pub controls: Option<bool>,
    /// `defaultTextTrack`: the language of the captions that are on at the start.
    pub default_text_track: Option<LanguageTag>,
    /// `letterboxColor`: the color around the picture.
    pub letterbox_color: Option<Color>,
    /// `loop`: start again at the end.
    pub repeat: bool,
    /// `muted`: no sound at the start.
    pub muted: bool,
    /// `preload`: how much to load before playback.
    pub preload: Option<Preload>,
    /// `poster`: the image before playback.
    pub poster: Option<Poster>,
    /// `primaryColor`: the color of the player's parts.
    pub primary_color: Option<Color>,
    /// `src`: the video once more. The path names it already.
    pub src: Option<Source>,
    /// `startTime`: where playback begins.
    pub start_time: Option<Seconds>,
    /// `ad-url`: the URL of a VAST tag.
    pub ad_url: Option<HttpsUrl>,
}

impl Group for PlayerOptions {
    const NAMES: &'static [&'static str] = &[
        "autoplay",
        "controls",
        "defaultTextTrack",
        "letterboxColor",
        "loop",
        "muted",
        "preload",
        "poster",
        "primaryColor",
        "src",
        "startTime",
        "ad-url",
    ];

    fn from_members(members: &Members<'_>) -> Result<Self> {
        Ok(Self {
            autoplay: members.get("autoplay")?.unwrap_or(false),
            controls: members.get("controls")?,
            default_text_track: members.get("defaultTextTrack")?,
            letterbox_color: members.get("letterboxColor")?,
            repeat: members.get("loop")?.unwrap_or(false),
            muted: members.get("muted")?.unwrap_or(false),
            preload: members.get("preload")?,
            poster: members.get("poster")?,
            primary_color: members.get("primaryColor")?,
            src: members.get("src")?,
            start_time: members.get("startTime")?,
            ad_url: members.get("ad-url")?,
        })
    }
}

impl PlayerOptions {
    fn query(&self, poster: Option<String>) -> String {
        let when = |on: bool| on.then_some(true);
        Query::default()
            .with("autoplay", when(self.autoplay))
            .with("controls", self.controls.filter(|shown| !shown))
            .with("defaultTextTrack", self.default_text_track.as_ref())
            .with("letterboxColor", self.letterbox_color.as_ref())
            .with("loop", when(self.repeat))
            .with("muted", when(self.muted))
            .with("preload", self.preload)
            .with("poster", poster)
            .with("primaryColor", self.primary_color.as_ref())
            .with("src", self.src.as_ref())
            .with("startTime", self.start_time)
            .with("ad-url", self.ad_url.as_ref())
            .finish()
    }
}

/// Options of the still.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ThumbnailOptions {
    /// `time`: which frame; Cloudflare's default is `0s`.
    pub time: Option<Seconds>,
    /// `height` in pixels; Cloudflare's default is 640.
    pub height: Option<NonZeroU32>,
    /// `width` in pixels; Cloudflare's default is 640.
    pub width: Option<NonZeroU32>,
    /// `fit`: what to do when the proportions differ; Cloudflare's default is `crop`.
    pub fit: Option<Fit>,
}

impl Group for ThumbnailOptions {
    const NAMES: &'static [&'static str] = &["time", "height", "width", "fit"];

    fn from_members(members: &Members<'_>) -> Result<Self> {
        Ok(Self {
            time: members.get("time")?,
            height: members.get("height")?,
            width: members.get("width")?,
            fit: members.get("fit")?,
        })
    }
}

impl ThumbnailOptions {
    pub(super) fn query(&self) -> String {
        self.start_query().finish()
    }

    fn start_query(&self) -> Query {
        Query::default()
            .with("time", self.time)
            .with("height", self.height)
            .with("width", self.width)
            .with("fit", self.fit)
    }
}

/// Options of the animated GIF.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct AnimatedThumbnailOptions {
    /// The options that a still has too.
    pub frame: ThumbnailOptions,
    /// `duration`: Cloudflare's default is `5s`.
    pub duration: Option<Span<{ u32::MAX }>>,
    /// `fps`: frames a second; Cloudflare's default is 8.
    pub fps: Option<NonZeroU32>,
}

impl Group for AnimatedThumbnailOptions {
    const NAMES: &'static [&'static str] = &["time", "height", "width", "fit", "duration", "fps"];

    fn from_members(members: &Members<'_>) -> Result<Self> {
        Ok(Self {
            frame: ThumbnailOptions::from_members(members)?,
            duration: members.get("duration")?,
            fps: members.get("fps")?,
        })
    }
}

impl AnimatedThumbnailOptions {
    pub(super) fn query(&self) -> String {
        self.frame
            .start_query()
            .with("duration", self.duration)
            .with("fps", self.fps)
            .finish()
    }
}

/// Options of a download.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DownloadOptions {
    /// `filename`: the name under which browsers save the file.
    pub filename: Option<Filename>,
}

impl Group for DownloadOptions {
    const NAMES: &'static [&'static str] = &["filename"];

    fn from_members(members: &Members<'_>) -> Result<Self> {
        Ok(Self {
            filename: members.get("filename")?,
        })
    }
}

impl DownloadOptions {
    pub(super) fn query(&self) -> String {
        Query::default()
            .with("filename", self.filename.as_ref())
            .finish()
    }
}

/// Options of the HLS manifest of an instant clip. Cloudflare documents both for every clip.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ClipManifestOptions {
    /// `time`: where the clip begins, from the start of the live stream or recording.
    pub time: Option<Seconds>,
    /// `duration`: at most 60 seconds.
    pub duration: Option<Span<60>>,
}

impl Group for ClipManifestOptions {
    const NAMES: &'static [&'static str] = &["time", "duration"];

    fn from_members(members: &Members<'_>) -> Result<Self> {
        Ok(Self {
            time: members.get("time")?,
            duration: members.get("duration")?,
        })
    }
}

impl ClipManifestOptions {
    pub(super) fn query(&self) -> String {
        self.start_query().finish()
    }

    fn start_query(&self) -> Query {
        Query::default()
            .with("time", self.time)
            .with("duration", self.duration)
    }
}

/// Options of the MP4 of an instant clip.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ClipOptions {
    /// The options that the clip's manifest has too.
    pub cut: ClipManifestOptions,
    /// `filename`: the name under which browsers save the file (the alphabet is documented for downloads;
    /// that it holds here is our choice).
    pub filename: Option<Filename>,
}

impl Group for ClipOptions {
    const NAMES: &'static [&'static str] = &["time", "duration", "filename"];

    fn from_members(members: &Members<'_>) -> Result<Self> {
        Ok(Self {
            cut: ClipManifestOptions::from_members(members)?,
            filename: members.get("filename")?,
        })
    }
}

impl ClipOptions {
    pub(super) fn query(&self) -> String {
        self.cut
            .start_query()
            .with("filename", self.filename.as_ref())
            .finish()
    }
}
