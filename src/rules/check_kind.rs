//! The names of what can be decided offline about a key. `build.rs` uses this file too; the algorithms live in
//! `checksum/`.

/// A checksum or structure that can be decided offline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckKind {
    /// GitHub and npm: CRC32 of the 30 characters before the last six, in base62.
    Crc32Base62,
    /// GitLab's routable tokens: base64 of routing lines, their length, CRC32 in base36.
    GitlabRoutable,
    /// Cloudflare: CRC32 of the 40 characters after the prefix, eight lower hex digits.
    Cloudflare,
    /// Zuplo: CRC32 of the 32 characters between `zpka_` and the last `_`, eight lower hex digits.
    Zuplo,
    /// Atlassian and Bitbucket: CRC32 of all before it, eight upper hex digits.
    Atlassian,
    /// Grafana's service accounts: CRC32 of all before the last `_`, little-endian, eight hex digits.
    Grafana,
    /// Grafana's cloud tokens: `glc_` and base64 of JSON.
    GrafanaCloud,
    /// Azure's identifiable keys: Marvin32 in the last bytes of the decoded key.
    AzureKey,
    /// Azure's annotated keys (`JQQJ99`): Marvin32 in the last characters.
    AzureAnnotated,
    /// Entra client secrets (`8Q~`): Marvin32 in the last three characters.
    Entra,
    /// Azure DevOps' old tokens: CRC32 scattered over 52 characters of base32.
    AzureDevops,
    /// bech32: age identities, nostr keys.
    Bech32,
    /// Base58Check: Bitcoin WIF and extended keys.
    Base58Check,
    /// NATS nkeys: base32 with CRC16.
    Nats,
    /// BIP-39 phrases: words of the English list, as many as there may be, the last bits a checksum.
    Bip39,
    /// OpenPGP armour: the CRC24 line.
    PgpArmor,
    /// JSON web tokens: header and payload decode as JSON.
    Jwt,
    /// Discord bot tokens: the first part decodes to a decimal id.
    Discord,
    /// Telegram bot tokens: a decimal id, a colon, 35 characters that start with `A`.
    Telegram,
    /// JFrog reference tokens: base64 of `reftkn:`.
    JfrogReference,
    /// JFrog API keys: base58 of 54 bytes.
    JfrogKey,
    /// Bitbucket, Jira and Confluence Data Center: base64 of a decimal id, a colon and 20 bytes.
    AtlassianDataCenter,
    /// AWS access key ids: an account number decodes.
    AwsKeyId,
    /// AWS SES passwords for SMTP: 33 bytes that begin with 4.
    AwsSmtp,
    /// Macaroons: PyPI's tokens.
    Macaroon,
    /// Slack tokens: numbers of team and user.
    Slack,
    /// Sentry's organisation tokens: `sntrys_` and base64 of JSON.
    SentryOrg,
    /// 1Password service accounts: `ops_` and base64 of JSON.
    OnePassword,
    /// Keys in PEM armour: base64 that decodes to DER or to the container that the header names.
    Pem,
    /// WireGuard private keys: 32 clamped bytes.
    Wireguard,
}

impl CheckKind {
    /// All, with the names that rule files use.
    pub const ALL: &'static [(&'static str, CheckKind)] = &[
        ("crc32-base62", CheckKind::Crc32Base62),
        ("gitlab-routable", CheckKind::GitlabRoutable),
        ("cloudflare", CheckKind::Cloudflare),
        ("zuplo", CheckKind::Zuplo),
        ("atlassian", CheckKind::Atlassian),
        ("grafana", CheckKind::Grafana),
        ("grafana-cloud", CheckKind::GrafanaCloud),
        ("azure-key", CheckKind::AzureKey),
        ("azure-annotated", CheckKind::AzureAnnotated),
        ("entra", CheckKind::Entra),
        ("azure-devops", CheckKind::AzureDevops),
        ("bech32", CheckKind::Bech32),
        ("base58check", CheckKind::Base58Check),
        ("nats", CheckKind::Nats),
        ("bip39", CheckKind::Bip39),
        ("pgp-armor", CheckKind::PgpArmor),
        ("jwt", CheckKind::Jwt),
        ("discord", CheckKind::Discord),
        ("telegram", CheckKind::Telegram),
        ("jfrog-reference", CheckKind::JfrogReference),
        ("jfrog-key", CheckKind::JfrogKey),
        ("atlassian-data-center", CheckKind::AtlassianDataCenter),
        ("aws-key-id", CheckKind::AwsKeyId),
        ("aws-smtp", CheckKind::AwsSmtp),
        ("macaroon", CheckKind::Macaroon),
        ("slack", CheckKind::Slack),
        ("sentry-org", CheckKind::SentryOrg),
        ("onepassword", CheckKind::OnePassword),
        ("pem", CheckKind::Pem),
        ("wireguard", CheckKind::Wireguard),
    ];

    /// The name that rule files use.
    pub fn as_str(self) -> &'static str {
        CheckKind::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// From the name that rule files use.
    pub fn parse(name: &str) -> Option<CheckKind> {
        CheckKind::ALL.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }
}
