//! The proxy that the environment names for a base URL.

use std::ffi::OsString;
use std::net::IpAddr;

use ipnet::IpNet;

use super::base_url::BaseUrl;
use crate::environment;

/// The proxy for `url`, by the variables that curl reads: `HTTPS_PROXY` (or `https_proxy`) for https,
/// `http_proxy` for http (in lower case alone: a web server's CGI programs get the other from their
/// clients), `ALL_PROXY` for both. This machine is reached without one, and so is what `NO_PROXY` lists.
pub(super) fn from_variables(
    url: &BaseUrl,
    lookup: impl Fn(&str) -> Option<OsString>,
) -> Option<String> {
    let variable = |name: &&str| environment::text(&lookup, name);
    let names: &[&str] = if url.is_https() {
        &["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
    } else {
        &["http_proxy", "ALL_PROXY", "all_proxy"]
    };
    let without = ["NO_PROXY", "no_proxy"].iter().find_map(variable);
    if url.is_loopback() || without.is_some_and(|list| covers(&list, url)) {
        return None;
    }
    names.iter().find_map(variable)
}

/// Whether a list such as `example.com, .internal:8443, 10.0.0.0/8, *` names the host, a domain above it or a
/// network around it.
fn covers(list: &str, url: &BaseUrl) -> bool {
    list.split([',', ' ']).map(str::trim).any(|entry| {
        if let (Ok(network), Ok(address)) = (entry.parse::<IpNet>(), url.host().parse::<IpAddr>()) {
            return network.contains(&address);
        }
        let entry = entry.to_ascii_lowercase();
        let (entry, port) = match entry.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                (host.to_owned(), port.parse().ok())
            }
            _ => (entry, None),
        };
        let name = entry.trim_start_matches("*.").trim_start_matches('.');
        let name = name.trim_matches(['[', ']']);
        let host = url.host();
        let is_below = host
            .strip_suffix(name)
            .is_some_and(|above| above.ends_with('.'));
        let is_host = name == "*" || (!name.is_empty() && (host == name || is_below));
        is_host && port.is_none_or(|port: u16| port == url.port())
    })
}

#[cfg(test)]
mod tests {
    use super::from_variables;
    use crate::client::base_url::BaseUrl;

    fn proxy(url: &str, variables: &[(&str, &str)]) -> Option<String> {
        let url = BaseUrl::parse(url, true).unwrap();
        from_variables(&url, |name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).into())
        })
    }

    #[test]
    fn each_scheme_has_its_variables() {
        let all = [
            ("HTTPS_PROXY", " http://s:1\n"),
            ("HTTP_PROXY", "http://cgi:2"),
            ("http_proxy", "http://p:3"),
        ];
        assert_eq!(
            proxy("https://a.example", &all).as_deref(),
            Some("http://s:1")
        );
        assert_eq!(
            proxy("http://a.example", &all).as_deref(),
            Some("http://p:3")
        );
        assert_eq!(proxy("http://a.example", &all[..2]), None);
        let any = [("HTTPS_PROXY", " "), ("ALL_PROXY", "http://x:4")];
        assert_eq!(
            proxy("https://a.example", &any).as_deref(),
            Some("http://x:4")
        );
    }

    #[test]
    fn this_machine_and_listed_hosts_go_without() {
        for url in [
            "https://localhost:8443",
            "https://127.3.2.1",
            "https://[::1]:1",
        ] {
            assert_eq!(proxy(url, &[("HTTPS_PROXY", "http://s:1")]), None, "{url}");
        }
        for (list, is_direct) in [
            ("*", true),
            ("example.com", true),
            (".example.com", true),
            ("*.example.com", true),
            ("other.com, API.example.com", true),
            ("api.example.com:443", true),
            ("api.example.com:8443", false),
            ("ple.com", false),
            ("", false),
            (",", false),
            ("10.0.0.0/8", false),
        ] {
            let variables = [("HTTPS_PROXY", "http://s:1"), ("NO_PROXY", list)];
            let found = proxy("https://api.example.com", &variables);
            assert_eq!(found.is_none(), is_direct, "{list:?}");
        }
    }

    #[test]
    fn networks_are_listed_too() {
        for (list, is_direct) in [
            ("10.0.0.0/8", true),
            ("a.example,10.1.0.0/16", true),
            ("10.2.0.0/16", false),
            ("fd00::/8", false),
        ] {
            let variables = [("HTTPS_PROXY", "http://s:1"), ("NO_PROXY", list)];
            let found = proxy("https://10.1.2.3/v4", &variables);
            assert_eq!(found.is_none(), is_direct, "{list:?}");
        }
        let variables = [("HTTPS_PROXY", "http://s:1"), ("NO_PROXY", "fd00::/8")];
        assert_eq!(proxy("https://[fd00::1]/v4", &variables), None);
    }
}
