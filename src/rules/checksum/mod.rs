//! What can be decided offline about a key: checksums and structures, one family a file, to check and to make.
//!
//! A checksum that holds makes a finding certain. One that does not never drops it by itself: providers bring out
//! new variants, and nine in ten published test strings are invented.

mod armor;
mod azure;
mod base;
mod base58;
mod bech32;
mod bip39;
mod crc;
mod crc_tail;
mod facts;
mod gitlab;
mod jwt;
mod macaroon;
mod nats;
mod structure;

pub use base::from_base64;
pub use bip39::is_mnemonic_word;
pub use facts::{Fact, aws_account, facts};
pub use jwt::Claims;

use crate::model::Checksum;

use super::check_kind::CheckKind;
use super::rng::Rng;

/// What a key's checksum or structure says. `None` where it cannot tell (an unknown variant, a key cut short).
pub fn check(kind: CheckKind, key: &[u8]) -> Checksum {
    match kind {
        CheckKind::Crc32Base62
        | CheckKind::Cloudflare
        | CheckKind::Zuplo
        | CheckKind::Atlassian
        | CheckKind::Grafana => crc_tail::check(kind, key),
        CheckKind::GitlabRoutable => gitlab::check(key),
        CheckKind::AzureKey => azure::check_key(key),
        CheckKind::AzureAnnotated => azure::check_annotated(key),
        CheckKind::Entra => azure::check_entra(key),
        CheckKind::AzureDevops => azure::check_devops(key),
        CheckKind::Bech32 => bech32::check(key),
        CheckKind::Base58Check => base58::check(key),
        CheckKind::JfrogKey => base58::check_jfrog(key),
        CheckKind::Bip39 => bip39::check(key),
        CheckKind::Nats => nats::check(key),
        CheckKind::PgpArmor => armor::check_pgp(key),
        CheckKind::Pem => armor::check_pem(key),
        CheckKind::Jwt => jwt::check(key),
        CheckKind::Macaroon => macaroon::check(key),
        CheckKind::AwsKeyId => Checksum::None,
        CheckKind::Discord
        | CheckKind::Telegram
        | CheckKind::JfrogReference
        | CheckKind::AtlassianDataCenter
        | CheckKind::AwsSmtp
        | CheckKind::Slack
        | CheckKind::Wireguard
        | CheckKind::GrafanaCloud
        | CheckKind::SentryOrg
        | CheckKind::OnePassword => structure::check(kind, key),
    }
}

/// A key like the one given whose checksum or structure is right; `prefix` bytes of it are fixed.
pub(super) fn seal(kind: CheckKind, key: &[u8], prefix: usize, rng: &mut Rng) -> Option<Vec<u8>> {
    match kind {
        CheckKind::Crc32Base62
        | CheckKind::Cloudflare
        | CheckKind::Zuplo
        | CheckKind::Atlassian
        | CheckKind::Grafana => crc_tail::seal(kind, key),
        CheckKind::GitlabRoutable => gitlab::seal(key, prefix, rng),
        CheckKind::AzureKey => azure::seal_key(key),
        CheckKind::AzureAnnotated => azure::seal_annotated(key),
        CheckKind::Entra => azure::seal_entra(key),
        CheckKind::AzureDevops => azure::seal_devops(key),
        CheckKind::Bech32 => bech32::seal(key),
        CheckKind::Base58Check => base58::seal(key),
        CheckKind::Nats => nats::seal(key),
        CheckKind::Jwt => jwt::seal(key, prefix, rng),
        CheckKind::Macaroon => macaroon::seal(key, rng),
        CheckKind::PgpArmor | CheckKind::Pem => armor::seal(key, rng),
        CheckKind::JfrogKey => base58::seal_jfrog(rng),
        CheckKind::AwsKeyId => Some(key.to_vec()),
        CheckKind::Bip39 => bip39::seal(rng),
        _ => structure::seal(kind, key, prefix, rng),
    }
}
