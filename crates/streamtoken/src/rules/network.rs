//! Addresses and CIDRs of `ip.src` rules.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use ipnet::IpNet;
use serde::{Serialize, Serializer};

use crate::{Error, ErrorCode, Result};

/// An IPv4 or IPv6 network: one address, or a CIDR without host bits.
///
/// Written canonically (lower case, IPv6 compressed); an address given without a prefix length is
/// written without one. Cloudflare documents neither host bits nor IPv4-mapped addresses: refusing
/// both is our choice, because what they match would be a guess.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    range: IpNet,
    bare: bool,
}

/// What a network holds: all addresses of one family from the first to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Bounds {
    pub(crate) is_v6: bool,
    pub(crate) first: u128,
    pub(crate) last: u128,
}

impl Network {
    /// Whether `address` lies in the network. Families are never mixed: `0.0.0.0/0` holds no IPv6
    /// address and `::/0` no IPv4 address.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.range.contains(&address)
    }

    /// First and last address as numbers, after the family: bounds of networks nest or lie apart.
    pub(crate) fn bounds(&self) -> Bounds {
        let number = |address| match address {
            IpAddr::V4(address) => u128::from(u32::from(address)),
            IpAddr::V6(address) => u128::from(address),
        };
        Bounds {
            is_v6: self.range.addr().is_ipv6(),
            first: number(self.range.network()),
            last: number(self.range.broadcast()),
        }
    }

    pub(crate) fn range(&self) -> IpNet {
        self.range
    }

    /// The length of the prefix, in bits.
    pub(crate) fn prefix_length(&self) -> u8 {
        self.range.prefix_len()
    }

    /// As [`Network::from_str`], with host bits masked, for a token that somebody else may have minted.
    /// No error quotes the text.
    pub(super) fn from_token(text: &str) -> Result<Self> {
        let (address, prefix) = read(text)?;
        if mapped(address).is_some() {
            return Err(ErrorCode::NetworkIpv4Mapped.into());
        }
        Self::new(address, prefix).map(|network| Self {
            range: network.range.trunc(),
            ..network
        })
    }

    fn new(address: IpAddr, prefix: Option<u8>) -> Result<Self> {
        let length = prefix.unwrap_or_else(|| width(address));
        let range = IpNet::new(address, length).map_err(|_| bad_prefix())?;
        let bare = prefix.is_none();
        Ok(Self { range, bare })
    }
}

impl FromStr for Network {
    type Err = Error;

    /// # Errors
    /// [`ErrorCode::NetworkInvalid`], [`ErrorCode::NetworkZoneId`], [`ErrorCode::NetworkIpv4Mapped`],
    /// [`ErrorCode::NetworkHostBits`]; the last two name what was probably meant.
    fn from_str(text: &str) -> Result<Self> {
        let (address, prefix) = read(text)?;
        if let Some(v4) = mapped(address) {
            return Err(mapped_refusal(v4, prefix));
        }
        let network = Self::new(address, prefix)?;
        let meant = network.range.trunc();
        if meant != network.range {
            let message = format!(
                "a CIDR must not have host bits set; did you mean the network {meant} or the address {address}?"
            );
            return Err(Error::new(ErrorCode::NetworkHostBits, message));
        }
        Ok(network)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.bare {
            self.range.addr().fmt(f)
        } else {
            self.range.fmt(f)
        }
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Network({self})")
    }
}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Address and prefix length of `text`, both well-formed by themselves.
fn read(text: &str) -> Result<(IpAddr, Option<u8>)> {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text, None),
    };
    if has_zone_id(text) {
        let message = "a network must not have a zone id; drop '%' and what follows it";
        return Err(Error::new(ErrorCode::NetworkZoneId, message));
    }
    let address: IpAddr = address.parse().map_err(|_| malformed(address))?;
    let prefix = prefix
        .map(|digits| read_prefix(digits, width(address)).ok_or_else(bad_prefix))
        .transpose()?;
    Ok((address, prefix))
}

/// Whether the text is an address followed by `%`, with or without a prefix length around it.
fn has_zone_id(text: &str) -> bool {
    text.split_once('%').is_some_and(|(before, _)| {
        let address = before
            .split_once('/')
            .map_or(before, |(address, _)| address);
        address.parse::<IpAddr>().is_ok()
    })
}

/// A prefix length in its one canonical spelling: `u8::from_str` would take `+8` and `08` too.
fn read_prefix(digits: &str, width: u8) -> Option<u8> {
    let length: u8 = digits.parse().ok()?;
    (length <= width && length.to_string() == digits).then_some(length)
}

/// The IPv4 address inside an IPv4-mapped one.
fn mapped(address: IpAddr) -> Option<std::net::Ipv4Addr> {
    match address {
        IpAddr::V6(address) => Ipv6Addr::to_ipv4_mapped(&address),
        IpAddr::V4(_) => None,
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn malformed(address: &str) -> Error {
    let zero_led = |octet: &str| octet.len() > 1 && octet.starts_with('0');
    let digits_and_dots = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    let message = if address.bytes().all(digits_and_dots) && address.split('.').any(zero_led) {
        "an IPv4 address must not have leading zeros, which some programs read as octal"
    } else {
        "a network is an IPv4 or IPv6 address or CIDR, such as 192.0.2.0/24 or 2001:db8::/32"
    };
    Error::new(ErrorCode::NetworkInvalid, message)
}

fn bad_prefix() -> Error {
    let message = "a prefix length is 0 to 32 for IPv4 and 0 to 128 for IPv6, in plain digits without a \
                   leading zero";
    Error::new(ErrorCode::NetworkInvalid, message)
}

fn mapped_refusal(v4: std::net::Ipv4Addr, prefix: Option<u8>) -> Error {
    let meant = match prefix.map(|length| length.checked_sub(96)) {
        None => v4.to_string(),
        // The mapped addresses are a /96: from there on the prefix is one of IPv4.
        Some(Some(length)) => format!("{v4}/{length}"),
        Some(None) => return ErrorCode::NetworkIpv4Mapped.into(),
    };
    let message = format!("an IPv4-mapped IPv6 address must be written as IPv4: {meant}");
    Error::new(ErrorCode::NetworkIpv4Mapped, message)
}
