//! Keys that decode to something that can be recognised: Discord, JFrog, Data Center tokens, Slack, Telegram, AWS,
//! WireGuard, BIP-39, and JSON in base64 (Grafana Cloud, Sentry, 1Password).

use serde_json::Value;

use crate::model::Checksum;
use crate::rules::charset::Charset;
use crate::rules::check_kind::CheckKind;
use crate::rules::rng::Rng;

use super::base::{from_base64, to_base64};

/// Longer keys are not decoded.
const LONGEST: usize = 64 << 10;

/// What recognition proves: chance cannot decode to it.
fn proof(holds: bool) -> Checksum {
    if holds { Checksum::Valid } else { Checksum::Invalid }
}

/// What recognition only allows: chance does that often.
fn allowed(holds: bool) -> Checksum {
    if holds { Checksum::None } else { Checksum::Invalid }
}

/// Decides by structure.
pub(super) fn check(kind: CheckKind, key: &[u8]) -> Checksum {
    if key.len() > LONGEST {
        return Checksum::None;
    }
    match kind {
        CheckKind::Discord => proof(discord_id(key).is_some()),
        CheckKind::Telegram => allowed(telegram_id(key).is_some()),
        CheckKind::JfrogReference => proof(is_jfrog_reference(key)),
        CheckKind::AtlassianDataCenter => proof(data_center_id(key).is_some()),
        CheckKind::AwsSmtp => {
            allowed(from_base64(key).is_some_and(|bytes| bytes.len() == 33 && bytes[0] == 4))
        }
        CheckKind::Slack => allowed(is_slack(key)),
        CheckKind::Wireguard => allowed(is_clamped(key)),
        CheckKind::GrafanaCloud | CheckKind::SentryOrg | CheckKind::OnePassword => {
            proof(json_in(key).is_some())
        }
        _ => Checksum::None,
    }
}

/// A key that is recognised, like the one given.
pub(super) fn seal(kind: CheckKind, key: &[u8], prefix: usize, rng: &mut Rng) -> Option<Vec<u8>> {
    match kind {
        CheckKind::Discord => {
            let dot = key.iter().position(|&b| b == b'.')?;
            let len = if dot == 24 { 18 } else { 19 };
            Some([&to_base64(&rng.digits(len), true, false), &key[dot..]].concat())
        }
        CheckKind::JfrogReference => {
            let mut text = b"reftkn:01:".to_vec();
            text.extend(rng.digits(10));
            text.push(b':');
            text.extend(rng.text(ALNUM, 27));
            Some(to_base64(&text, false, false))
        }
        CheckKind::AtlassianDataCenter => {
            let mut text = rng.digits(12);
            text.push(b':');
            text.extend(rng.bytes(20));
            let start = key.iter().rposition(|&b| b == b'-').map_or(0, |dash| dash + 1);
            Some([&key[..start], &to_base64(&text, false, false)].concat())
        }
        CheckKind::AwsSmtp => {
            let mut bytes = rng.bytes(33);
            bytes[0] = 4;
            Some(to_base64(&bytes, false, false))
        }
        CheckKind::Wireguard => {
            let mut bytes = rng.bytes(32);
            bytes[0] &= 0xf8;
            bytes[31] = bytes[31] & 0x3f | 0x40;
            Some(to_base64(&bytes, false, true))
        }
        CheckKind::GrafanaCloud | CheckKind::SentryOrg | CheckKind::OnePassword => {
            Some(sealed_json(kind, key, prefix, rng))
        }
        _ => Some(key.to_vec()),
    }
}

const ALNUM: Charset = Charset::WORD.without(b'_');

fn sealed_json(kind: CheckKind, key: &[u8], prefix: usize, rng: &mut Rng) -> Vec<u8> {
    let start = key.windows(2).position(|pair| pair == b"ey").unwrap_or(prefix);
    let mut text = |len| String::from_utf8_lossy(&rng.text(ALNUM, len)).into_owned();
    let (json, tail) = match kind {
        CheckKind::GrafanaCloud => {
            let (name, secret) = (text(8), text(32));
            (
                format!("{{\"o\":\"9\",\"n\":\"{name}\",\"k\":\"{secret}\",\"m\":{{\"r\":\"eu\"}}}}"),
                String::new(),
            )
        }
        CheckKind::SentryOrg => {
            let org = text(8).to_ascii_lowercase();
            let url = "https://sentry.io";
            let json = format!(
                "{{\"iat\":1700000000.5,\"url\":\"{url}\",\"region_url\":\"{url}\",\"org\":\"{org}\"}}"
            );
            (json, format!("_{}", text(43)))
        }
        _ => {
            let (secret, key) = (text(43), text(43));
            let json = format!(
                "{{\"signInAddress\":\"my.1password.com\",\"userAuth\":{{\"method\":\"SRPg-4096\",\"alg\":\"PBES2g-HS256\",\
                 \"iterations\":650000}},\"email\":\"{}@1passwordserviceaccounts.com\",\"srpX\":\"{}\",\
                 \"secretKey\":\"A3-{key}\",\"muk\":{{\"k\":\"{secret}\"}}}}",
                text(13).to_ascii_lowercase(),
                text(64),
            );
            (json, String::new())
        }
    };
    let body = to_base64(json.as_bytes(), kind == CheckKind::OnePassword, false);
    [&key[..start.min(key.len())], &body, tail.as_bytes()].concat()
}

/// The number of the bot: the first part of a Discord token is its decimal form in base64.
pub(super) fn discord_id(key: &[u8]) -> Option<String> {
    let first = key.split(|&b| b == b'.').next()?;
    digits(from_base64(first)?, 15..=20)
}

/// The number of a Telegram bot.
pub(super) fn telegram_id(key: &[u8]) -> Option<String> {
    let colon = key.iter().position(|&b| b == b':')?;
    (key.get(colon + 1) == Some(&b'A')).then_some(())?;
    digits(key[..colon].to_vec(), 8..=10)
}

/// The number of a Data Center token.
pub(super) fn data_center_id(key: &[u8]) -> Option<String> {
    let bytes = from_base64(key.rsplit(|&b| b == b'-').next()?)?;
    let colon = bytes.len().checked_sub(21)?;
    (bytes[colon] == b':').then_some(())?;
    digits(bytes[..colon].to_vec(), 6..=15)
}

fn digits(bytes: Vec<u8>, lengths: std::ops::RangeInclusive<usize>) -> Option<String> {
    let good = lengths.contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_digit);
    String::from_utf8(bytes).ok().filter(|_| good)
}

fn is_jfrog_reference(key: &[u8]) -> bool {
    let bytes = from_base64(key).unwrap_or_default();
    let parts: Vec<&[u8]> = bytes.split(|&b| b == b':').collect();
    matches!(parts.as_slice(), [b"reftkn", version, id, secret]
        if version.len() == 2 && id.iter().all(u8::is_ascii_digit) && secret.iter().all(u8::is_ascii_alphanumeric))
}

/// `xoxb-` and its like: numbers of team and user, then the random part.
fn is_slack(key: &[u8]) -> bool {
    let parts: Vec<&[u8]> = key.split(|&b| b == b'-').collect();
    match parts.as_slice() {
        [b"xoxb" | b"xoxp" | b"xoxa" | b"xoxr", numbers @ .., secret] if !numbers.is_empty() => {
            numbers.iter().all(|n| !n.is_empty() && n.iter().all(u8::is_ascii_alphanumeric))
                && secret.len() >= 16
        }
        _ => true,
    }
}

/// The number of the Slack team.
pub(super) fn slack_team(key: &[u8]) -> Option<String> {
    let mut parts = key.split(|&b| b == b'-');
    let head = parts.next()?;
    let team = parts.next()?.to_vec();
    head.starts_with(b"xox").then(|| digits(team, 8..=14))?
}

fn is_clamped(key: &[u8]) -> bool {
    from_base64(key).is_some_and(|b| b.len() == 32 && b[0].trailing_zeros() >= 3 && b[31] & 0xc0 == 0x40)
}

/// The JSON object that a key holds in base64.
pub(super) fn json_in(key: &[u8]) -> Option<Value> {
    let start = key.windows(2).position(|pair| pair == b"ey")?;
    let body = &key[start..];
    // A tail after `_` is no part of the JSON, but `_` may also be a digit of base64url: try both.
    let short = body.iter().rposition(|&b| b == b'_').map(|at| &body[..at]);
    [Some(body), short]
        .into_iter()
        .flatten()
        .find_map(|text| serde_json::from_slice::<Value>(&from_base64(text)?).ok().filter(Value::is_object))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_structures() {
        let discord = format!("{}.{}.{}", "MTAwMDAwMDAwMDAwMDAwMDAw", "Gabcde", "a".repeat(38));
        assert_eq!(discord_id(discord.as_bytes()).as_deref(), Some("100000000000000000"));
        assert_eq!(check(CheckKind::Discord, discord.as_bytes()), Checksum::Valid);
        assert_eq!(check(CheckKind::Discord, discord.replace("MTA", "NXY").as_bytes()), Checksum::Invalid);
        let data_center = format!("MTIzNDU2Nzg5MDEyO{}", "kZGRkZGRkZGRkZGRkZGRkZGRkZG");
        assert_eq!(data_center_id(data_center.as_bytes()).as_deref(), Some("123456789012"));
        let telegram = format!("123456789:AA{}", "x".repeat(33));
        assert_eq!(telegram_id(telegram.as_bytes()).as_deref(), Some("123456789"));
        assert_eq!(check(CheckKind::Telegram, b"123456789:BBxx"), Checksum::Invalid);
        let slack = format!("{}-123456789012-123456789012-{}", "xoxb", "a".repeat(24));
        assert_eq!(slack_team(slack.as_bytes()).as_deref(), Some("123456789012"));
        assert_eq!(check(CheckKind::Slack, slack.as_bytes()), Checksum::None);
    }

    #[test]
    fn made_keys_are_recognised() {
        let mut rng = Rng::new(b"structure", 1);
        for (kind, like) in [
            (CheckKind::Discord, "aaaaaaaaaaaaaaaaaaaaaaaa.bbbbbb.ccc"),
            (CheckKind::JfrogReference, "cmVmdGtuxxxx"),
            (CheckKind::AtlassianDataCenter, "ABC-xxxx"),
            (CheckKind::GrafanaCloud, "glc_eyJvxxxx"),
            (CheckKind::SentryOrg, "sntrys_eyJpxxxx"),
            (CheckKind::OnePassword, "ops_eyJzxxxx"),
        ] {
            let made = seal(kind, like.as_bytes(), 4, &mut rng).expect("made");
            assert_eq!(check(kind, &made), Checksum::Valid, "{kind:?}");
            assert_eq!(check(kind, like.as_bytes()), Checksum::Invalid, "{kind:?}");
        }
        for kind in [CheckKind::AwsSmtp, CheckKind::Wireguard] {
            let made = seal(kind, b"", 0, &mut rng).expect("made");
            assert_eq!((check(kind, &made), made.len()), (Checksum::None, 44));
            assert_eq!(check(kind, &[b'x'; 43]), Checksum::Invalid);
        }
    }
}
