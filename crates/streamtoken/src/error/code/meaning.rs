//! What follows from a code: its group, the exit code, whether to try again, what Cloudflare's API calls it.

use super::ErrorCode;

impl ErrorCode {
    /// The group that the hundreds say: `input`, `key`, `token`, `api`, `service` or `internal`. A
    /// surface that has a class of error for each group chooses it by this name.
    pub const fn group(self) -> &'static str {
        match self.number() / 100 {
            1 => "input",
            2 => "key",
            3 => "token",
            4 => "api",
            5 => "service",
            _ => "internal",
        }
    }

    /// The exit code of the command line: 1 token refused, 2 input, 3 key, 4 API or network, 5 service,
    /// 70 internal.
    pub const fn exit_code(self) -> u8 {
        match self.number() / 100 {
            1 => 2,
            2 => 3,
            3 => 1,
            4 => 4,
            5 => 5,
            _ => 70,
        }
    }

    /// Whether the same call may succeed later without a change.
    pub const fn retryable(self) -> bool {
        matches!(
            self,
            Self::TokenNotYetValid
                | Self::ApiRateLimited
                | Self::ApiServerError
                | Self::ApiConnection
                | Self::ApiTimeout
                | Self::StoreUnavailable
                | Self::RequestTimeout
                | Self::Overloaded
                | Self::FaultInjected
        )
    }

    /// The code with which Cloudflare's API says what this one says, as far as it is public; where it is
    /// not, the nearest that is. 1000 or more; 10001 (a fault of the service) and 10429 (later again) are
    /// our choice.
    pub const fn api_code(self) -> u32 {
        match self {
            Self::RouteUnknown | Self::MethodNotAllowed => 7000,
            Self::IdentifierInvalid | Self::AccountIdInvalid | Self::AccountUnknown => 7003,
            Self::CredentialMissing
            | Self::CredentialInvalid
            | Self::CredentialForbidden
            | Self::PolicyForbids => 10000,
            Self::KeyNotFound | Self::CredentialUnknown => 10003,
            Self::JsonInvalid
            | Self::JsonDuplicateMember
            | Self::JsonTooDeep
            | Self::TextNotUtf8
            | Self::BodyTypeUnsupported
            | Self::BodyEncodingUnsupported => 10004,
            Self::BodyTooLarge => 10011,
            Self::Overloaded | Self::FaultInjected => 10429,
            _ if self.http_status() >= 500 => 10001,
            _ => 10005,
        }
    }
}
