//! The hosts of Cloudflare that matter to a playback URL. The case of a host counts nowhere.

/// Whether `host` is `domain` or below it.
fn is_within(host: &str, domain: &str) -> bool {
    let start = host.len().checked_sub(domain.len());
    let end = start.and_then(|start| host.get(start..));
    end.is_some_and(|end| end.eq_ignore_ascii_case(domain))
        && (host.len() == domain.len() || host[..host.len() - domain.len()].ends_with('.'))
}

/// Whether the host is one of Stream's own, also of its older domain.
pub(crate) fn is_stream(host: &str) -> bool {
    is_within(host, STREAM) || is_older(host)
}

/// Whether the host is of the domain from before the customer codes.
pub(crate) fn is_older(host: &str) -> bool {
    is_within(host, OLDER)
}

/// What stands before the domain of today in a host below it.
pub(crate) fn label(host: &str) -> Option<&str> {
    let label = is_within(host, STREAM).then(|| &host[..host.len() - STREAM.len()])?;
    Some(label.strip_suffix('.').unwrap_or(label))
}

/// Whether the host is one of the legacy hosts that Cloudflare documents.
pub(crate) fn is_legacy(host: &str) -> bool {
    host.eq_ignore_ascii_case(OLDER) || is_page(host)
}

/// Whether the host is a page by itself, and needs no path behind the token.
pub(crate) fn is_page(host: &str) -> bool {
    let mut pages = ["iframe.videodelivery.net", "watch.cloudflarestream.com"].iter();
    pages.any(|page| host.eq_ignore_ascii_case(page))
}

/// Whether the host is known to play nothing: the dashboard, the API, and uploads.
pub(crate) fn is_no_player(host: &str) -> bool {
    let first = host.split('.').next().unwrap_or_default();
    is_within(host, "cloudflare.com") || (first.eq_ignore_ascii_case("upload") && is_stream(host))
}

/// The domain of every account's playback URLs.
pub(super) const STREAM: &str = "cloudflarestream.com";
const OLDER: &str = "videodelivery.net";

#[cfg(test)]
mod tests {
    use super::{is_no_player, is_stream, label};

    #[test]
    fn a_domain_ends_at_a_dot() {
        for host in [
            "cloudflarestream.com",
            "a.CloudflareStream.com",
            "a.b.videodelivery.net",
        ] {
            assert!(is_stream(host), "{host}");
        }
        for host in [
            "notcloudflarestream.com",
            "cloudflarestream.com.example",
            "com",
            "",
            "é",
        ] {
            assert!(!is_stream(host), "{host}");
        }
        assert_eq!(label("customer-x.cloudflarestream.com"), Some("customer-x"));
        assert_eq!(label("cloudflarestream.com"), Some(""));
        assert_eq!(label("videodelivery.net"), None);
    }

    #[test]
    fn uploads_play_nothing() {
        for host in [
            "dash.cloudflare.com",
            "Upload.videodelivery.net",
            "upload.customer-x.cloudflarestream.com",
        ] {
            assert!(is_no_player(host), "{host}");
        }
        for host in [
            "customer-x.cloudflarestream.com",
            "upload.example.com",
            "cloudflare.community",
        ] {
            assert!(!is_no_player(host), "{host}");
        }
    }
}
