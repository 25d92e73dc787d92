//! What is known of the viewer when rules are evaluated.

use std::net::{IpAddr, SocketAddr};

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::Country;
use super::rule::{COUNTRY, IP};
use crate::options::{given, known_members};
use crate::{Error, ErrorCode, Result, Value, host};

/// What is known of a viewer. A fact that is not given is unknown: a rule that needs it is refused
/// instead of guessed.
///
/// Serialises as `{"ip", "country"}`, `null` for what is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Viewer {
    pub(super) ip: Option<IpAddr>,
    pub(super) country: Option<Country>,
}

impl Viewer {
    /// A viewer of whom nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Facts from an object with the members `ip` and `country`, both optional; `null` is *not given*.
    ///
    /// # Errors
    /// [`ErrorCode::OptionType`], [`ErrorCode::OptionUnknown`], [`ErrorCode::JsonDuplicateMember`], and
    /// those of [`Viewer::ip`] and [`Viewer::country`].
    pub fn from_value(value: &Value) -> Result<Self> {
        Self::default().read(known_members(value, &[IP, COUNTRY], &[])?)
    }

    /// The facts among `members`.
    pub(crate) fn read(self, members: &[(String, Value)]) -> Result<Self> {
        let mut viewer = self;
        if let Some(ip) = given(members, IP) {
            viewer = viewer.ip(host::text(ip, IP)?)?;
        }
        if let Some(country) = given(members, COUNTRY) {
            viewer = viewer.country(host::text(country, COUNTRY)?)?;
        }
        Ok(viewer)
    }

    /// The viewer with this address: a bare IPv4 or IPv6 address. An IPv4-mapped one counts as IPv4, as
    /// dual-stack servers report IPv4 peers.
    ///
    /// # Errors
    /// [`ErrorCode::ViewerIpInvalid`] at `/ip`, also for a port, brackets, a zone id, blanks and a CIDR.
    pub fn ip(self, text: &str) -> Result<Self> {
        match text.parse() {
            Ok(address) => Ok(self.ip_addr(address)),
            Err(_) => {
                let message = format!("the viewer's ip must be a bare address{}", surplus(text));
                Err(Error::new(ErrorCode::ViewerIpInvalid, message).at("/ip"))
            }
        }
    }

    /// As [`Viewer::ip`], from an address that is parsed already.
    #[must_use]
    pub fn ip_addr(self, address: IpAddr) -> Self {
        Self {
            ip: Some(address.to_canonical()),
            ..self
        }
    }

    /// The address that is known, never an IPv4-mapped one.
    pub fn known_ip(&self) -> Option<IpAddr> {
        self.ip
    }

    /// The country that is known.
    pub fn known_country(&self) -> Option<Country> {
        self.country
    }

    /// The viewer from this country: two letters in any case, or `T1`, as Cloudflare's `CF-IPCountry`
    /// says it. The letters need not be an assigned code, so that a new country refuses nobody.
    ///
    /// # Errors
    /// [`ErrorCode::ViewerCountryInvalid`] at `/country`.
    pub fn country(self, text: &str) -> Result<Self> {
        let country = Country::from_letters(text)
            .ok_or_else(|| Error::from(ErrorCode::ViewerCountryInvalid).at("/country"))?;
        Ok(Self {
            country: Some(country),
            ..self
        })
    }
}

impl Serialize for Viewer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Viewer", 2)?;
        out.serialize_field(IP, &self.ip)?;
        out.serialize_field(COUNTRY, &self.country)?;
        out.end()
    }
}

/// What makes `text` more than an address, for the message.
fn surplus(text: &str) -> &'static str {
    if text.trim() != text {
        " without blanks around it"
    } else if text.contains('%') {
        " without a zone id"
    } else if text.parse::<SocketAddr>().is_ok() {
        " without a port"
    } else if text.starts_with('[') {
        " without brackets"
    } else if text.contains('/') {
        ", not a network"
    } else {
        ", IPv4 or IPv6"
    }
}
