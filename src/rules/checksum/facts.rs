//! What a key says about itself, for a person who holds it: whose account, until when, which team.

use crate::rules::check_kind::CheckKind;

use super::base::from_base32;
use super::jwt::Claims;
use super::{gitlab, structure};

/// One thing a key says: what it is about, and the value.
pub type Fact = (&'static str, String);

/// Everything a key says about itself.
pub fn facts(kind: CheckKind, key: &[u8]) -> Vec<Fact> {
    let one = |name, value: Option<String>| value.map(|value| (name, value)).into_iter().collect();
    match kind {
        CheckKind::AwsKeyId => one("AWS account", aws_account(key)),
        CheckKind::GitlabRoutable => gitlab::routing(key),
        CheckKind::Jwt => Claims::read(key).map(|claims| said(&claims)).unwrap_or_default(),
        CheckKind::Slack => one("Slack team", structure::slack_team(key)),
        CheckKind::Discord => one("Discord bot", structure::discord_id(key)),
        CheckKind::Telegram => one("Telegram bot", structure::telegram_id(key)),
        CheckKind::AtlassianDataCenter => one("token number", structure::data_center_id(key)),
        CheckKind::SentryOrg | CheckKind::GrafanaCloud | CheckKind::OnePassword => {
            let json = structure::json_in(key).unwrap_or_default();
            // Only names of places: the rest of the object is the secret itself.
            [
                ("org", "organisation"),
                ("url", "server"),
                ("o", "organisation"),
                ("n", "token name"),
                ("signInAddress", "server"),
            ]
            .into_iter()
            .filter_map(|(field, name)| Some((name, json.get(field)?.as_str()?.to_string())))
            .collect()
        }
        _ => Vec::new(),
    }
}

fn said(claims: &Claims) -> Vec<Fact> {
    let texts = [
        ("algorithm", &claims.algorithm),
        ("issuer", &claims.issuer),
        ("subject", &claims.subject),
        ("audience", &claims.audience),
        ("role", &claims.role),
    ];
    let mut facts: Vec<Fact> = texts
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name, value.chars().take(200).collect()))
        .collect();
    let times = [("issued", claims.issued), ("expires", claims.expires)];
    facts.extend(times.into_iter().filter_map(|(name, at)| Some((name, date(at?)))));
    if claims.encrypted {
        facts.push(("payload", "encrypted".to_string()));
    }
    if claims.sample {
        facts.push(("note", "the well-known sample token of jwt.io".to_string()));
    }
    facts
}

/// The number of the account that an AWS access key id belongs to; `None` for ids of the old style, whose digits mean
/// nothing.
pub fn aws_account(key: &[u8]) -> Option<String> {
    let body = key.get(4..).filter(|body| body.len() == 16)?;
    let bytes = from_base32(body)?;
    let mut number = [0; 8];
    number[2..].copy_from_slice(bytes.get(..6)?);
    let number = u64::from_be_bytes(number);
    if number >> 47 == 0 {
        return None;
    }
    Some(format!("{:012}", (number & 0x7fff_ffff_ff80) >> 7))
}

/// A day in UTC, from seconds since 1970 (days to date as in H. Hinnant's `civil_from_days`).
fn date(seconds: i64) -> String {
    let day = seconds.div_euclid(86_400).clamp(-700_000, 2_900_000) + 719_468;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{:02}", of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::{aws_account, date, facts};
    use crate::rules::check_kind::CheckKind;

    #[test]
    fn accounts_are_decoded_from_new_ids_only() {
        let id = format!("{}RZPUZDIK{}", "AKIA", "A".repeat(8));
        assert_eq!(aws_account(id.as_bytes()).as_deref(), Some("123456789012"));
        let documented = format!("{}IOSFODNN7EXAMPLE", "AKIA");
        assert_eq!(aws_account(documented.as_bytes()), None);
        assert_eq!(aws_account(b"AKIA"), None);
        assert_eq!(facts(CheckKind::AwsKeyId, id.as_bytes())[0].0, "AWS account");
    }

    #[test]
    fn days_are_counted_right() {
        for (seconds, day) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (951_782_400, "2000-02-29"),
            (1_516_239_022, "2018-01-18"),
            (4_102_444_799, "2099-12-31"),
        ] {
            assert_eq!(date(seconds), day);
        }
        assert!(!date(i64::MAX).is_empty() && !date(i64::MIN).is_empty());
    }
}
