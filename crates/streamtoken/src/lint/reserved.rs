//! Address ranges that no viewer has on the public internet (IANA's special-purpose registries, and site-local
//! addresses, which RFC 3879 withdrew).

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::Network;

/// The range in which all of `network` lies, and what it is.
pub(super) fn range_of(network: &Network) -> Option<(IpNet, &'static str)> {
    let mut ranges = RANGES.iter().copied();
    ranges.find(|(range, _)| range.contains(&network.range()))
}

const RANGES: [(IpNet, &str); 25] = [
    v4([0, 0, 0, 0], 8, "unspecified"),
    v4([10, 0, 0, 0], 8, "private"),
    v4([100, 64, 0, 0], 10, "shared behind a carrier's NAT"),
    v4([127, 0, 0, 0], 8, "loopback"),
    v4([169, 254, 0, 0], 16, "link-local"),
    v4([172, 16, 0, 0], 12, "private"),
    v4([192, 0, 0, 0], 24, "for protocols"),
    v4([192, 0, 2, 0], 24, "for documentation"),
    v4([192, 168, 0, 0], 16, "private"),
    v4([198, 18, 0, 0], 15, "for benchmarks"),
    v4([198, 51, 100, 0], 24, "for documentation"),
    v4([203, 0, 113, 0], 24, "for documentation"),
    v4([224, 0, 0, 0], 4, "multicast"),
    v4([240, 0, 0, 0], 4, "reserved"),
    v6([0, 0, 0, 0, 0, 0, 0, 0], 128, "unspecified"),
    v6([0, 0, 0, 0, 0, 0, 0, 1], 128, "loopback"),
    v6(
        [0x64, 0xff9b, 0, 0, 0, 0, 0, 0],
        96,
        "how IPv4 hosts are reached through NAT64",
    ),
    v6(
        [0x64, 0xff9b, 0x1, 0, 0, 0, 0, 0],
        48,
        "how IPv4 hosts are reached through NAT64",
    ),
    v6([0x100, 0, 0, 0, 0, 0, 0, 0], 64, "for discarding"),
    v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, "for documentation"),
    v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, "for documentation"),
    v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, "unique local"),
    v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, "link-local"),
    v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10, "site-local"),
    v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, "multicast"),
];

const fn v4(address: [u8; 4], prefix: u8, what: &'static str) -> (IpNet, &'static str) {
    let [a, b, c, d] = address;
    let range = Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix);
    (IpNet::V4(range), what)
}

const fn v6(address: [u16; 8], prefix: u8, what: &'static str) -> (IpNet, &'static str) {
    let [a, b, c, d, e, f, g, h] = address;
    let range = Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, g, h), prefix);
    (IpNet::V6(range), what)
}
