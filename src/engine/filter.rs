//! The ordered filters: each names a kind of thing that looks like a key and is none.
//!
//! A key with a mark of its own (a checksum that holds, or a prefix and a long random body) is *rich*: only filters on
//! the shape of its body can drop it, since any word may stand in random text by chance. `keysieve explain` shows
//! which filter dropped a value; every filter carries examples in both directions, held by a test.

mod data;
mod known;
mod label;
mod placeholder;
mod reference;
mod shapes;
#[cfg(test)]
mod tests;

use crate::model::Checksum;
use crate::rules::{Rule, Segment, Shape};

use super::context::Surroundings;
pub(super) use placeholder::{says_nothing, well_known};

use super::judge::random::{Makeup, RANDOM, score};

/// What filters look at.
#[derive(Debug)]
pub(super) struct Case<'c> {
    /// The rule that matched.
    pub(super) rule: &'c Rule,
    /// The key.
    pub(super) key: &'c [u8],
    /// The key without the prefix that all keys of its kind share.
    pub(super) body: &'c [u8],
    /// What stands around.
    pub(super) around: &'c Surroundings<'c>,
    /// What the key is made of.
    pub(super) makeup: Makeup,
    /// What its body is made of.
    pub(super) body_makeup: Makeup,
    /// How random the body reads.
    pub(super) score: i32,
    /// Whether only its shape can speak against it.
    pub(super) rich: bool,
    /// Whether the rule is for any provider.
    pub(super) generic: bool,
    /// How strongly the context speaks for the rule.
    pub(super) fit: u8,
}

impl<'c> Case<'c> {
    /// Looks at a candidate.
    pub(super) fn new(
        rule: &'c Rule,
        key: &'c [u8],
        body: &'c [u8],
        around: &'c Surroundings<'c>,
        checksum: Checksum,
        fit: u8,
    ) -> Case<'c> {
        let (makeup, body_makeup) = (Makeup::of(key), Makeup::of(body));
        let score = score(body, &body_makeup);
        let prefixed = key.len() - body.len() >= 3;
        let generic = rule.id.starts_with("generic-");
        // A provider's pattern has as much of its own as a long prefix.
        let pattern = !generic && matches!(rule.shape, Shape::Pattern(_));
        let rich = checksum == Checksum::Valid || pattern || prefixed && body.len() >= 16 && score >= RANDOM;
        Case { rule, key, body, around, makeup, body_makeup, score, rich, generic, fit }
    }

    /// The literal bytes with which the rule's shape begins.
    pub(super) fn prefix(&self) -> &'c [u8] {
        &self.key[..self.key.len().saturating_sub(self.body.len())]
    }

    /// Whether a literal of the rule's own shape holds this text: what all keys of a kind share says nothing.
    pub(super) fn in_shape(&self, text: &[u8]) -> bool {
        let Shape::Templates(templates) = &self.rule.shape else { return false };
        templates.iter().flat_map(|t| t.segments.iter()).any(|segment| match segment {
            Segment::Literal(own) | Segment::LiteralNoCase(own) => own.windows(text.len()).any(|w| w == text),
            Segment::Run(..) => false,
        })
    }

    /// Whether the body reads as random.
    pub(super) fn looks_random(&self) -> bool {
        self.body.len() >= 12 && self.score >= RANDOM
    }

    /// The string or bare word that holds the key.
    pub(super) fn value(&self) -> &'c [u8] {
        let value = &self.around.value;
        self.around.bytes.get(value.start..value.end).unwrap_or_default()
    }

    /// Whether the key is a hexadecimal number although the rule draws from a larger alphabet: more likely a digest.
    pub(super) fn is_hex_of_larger(&self) -> bool {
        let Shape::Templates(templates) = &self.rule.shape else { return false };
        let sets = templates.iter().flat_map(|t| t.segments.iter());
        let larger =
            sets.filter_map(|s| if let Segment::Run(set, _) = s { Some(set.len()) } else { None }).max();
        self.key.len() >= 32 && self.makeup.is_hex() && larger.is_some_and(|n| n > 24)
    }

    /// In a URL: whether the host behind the password may be a real one.
    pub(super) fn has_real_host(&self) -> bool {
        let after = self.around.after(80);
        let host = after.strip_prefix(b"@").unwrap_or(after);
        let length =
            host.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')).count();
        let host = &host[..length];
        let example = [
            &b"example.com"[..],
            b"example.org",
            b"example.net",
            b".example",
            b".test",
            b".invalid",
            b"domain.com",
            b"host.com",
        ];
        host == b"localhost"
            || host.contains(&b'.') && !example.iter().any(|e| host.ends_with(e))
            || host.iter().any(|b| b.is_ascii_digit() || *b == b'-')
    }

    /// Whether the key is only a part of a longer run of the same kind.
    pub(super) fn is_part(&self) -> bool {
        let joins =
            |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'_'));
        let before = self.around.before(1);
        let after = self.around.after(2);
        joins(before.first()) && before != b"/"
            || joins(after.first())
            || after.first() == Some(&b'-') && joins(after.get(1)) && self.rule.confidence < 90
    }
}

/// A kind of thing that is no key.
pub(super) struct Filter {
    /// Its name, as `explain` shows it.
    pub(super) name: &'static str,
    /// What it drops, and why that is right.
    pub(super) about: &'static str,
    /// Whether it drops.
    test: fn(&Case<'_>) -> bool,
    /// Lines whose value (between `«` and `»`) it drops.
    #[cfg_attr(not(test), expect(dead_code, reason = "examples are read by tests"))]
    drops: &'static [&'static str],
    /// Lines whose value it keeps.
    #[cfg_attr(not(test), expect(dead_code, reason = "examples are read by tests"))]
    keeps: &'static [&'static str],
}

/// All filters, in the order in which they are asked: shapes first, they are the surest.
pub(super) static FILTERS: &[Filter] = &[
    Filter {
        name: "published",
        about: "a test value that a vendor or a standard published",
        test: |case| known::published(case.key).is_some(),
        drops: &["AWS_SECRET_ACCESS_KEY=«wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»", "key = «DEMO_KEY»"],
        keeps: &["key = «DEMO_KEY_2»"],
    },
    Filter {
        name: "repeated",
        about: "one character over and over, or very few different ones",
        test: shapes::repeated,
        drops: &[
            "token = «xxxxxxxxxxxxxxxxxxxx»",
            "token: «00000000-0000-0000-0000-000000000000»",
            "key = «ababababbabaabbabaab»",
        ],
        keeps: &["token = «aaab81k2mdk2ld92mfk2»", "password = «mississippi»"],
    },
    Filter {
        name: "sequence",
        about: "characters in the order of the alphabet or of the digits",
        test: shapes::sequence,
        drops: &[
            "token = «abcdefghijklmnopqrstuvwx»",
            "key = «1234567890abcdef1234567890abcdef»",
            "key = «9876543210fedcba»",
        ],
        keeps: &["token = «4f1c7d20b9a83e65»", "password = «abcxyz99»"],
    },
    Filter {
        name: "periodic",
        about: "the same few characters again and again",
        test: shapes::periodic,
        drops: &["key = «deadbeefdeadbeefdeadbeef»", "key = «12ab12ab12ab12ab»"],
        keeps: &["key = «4f1c7d20b9a83e654f1d»"],
    },
    Filter {
        name: "spelled",
        about: "words that hexadecimal digits spell, and rows of keyboards",
        test: shapes::spelled,
        drops: &["key = «00ffdeadbeef10»", "password = «qwertyuiop1»"],
        keeps: &["key = «00ffdeadbe1f10»"],
    },
    Filter {
        name: "ellipsis",
        about: "an ellipsis or a row of x where the rest should stand",
        test: shapes::ellipsis,
        drops: &["token = «abc12...»", "token = «k9XXXXf2»"],
        keeps: &["token = «abc12.f.g»"],
    },
    Filter {
        name: "blank",
        about: "a blank to be filled by a template or by the reader",
        test: shapes::blank,
        drops: &[
            "token = \"«<your token>»\"",
            "key = «__API_KEY__»",
            "token = \"Bearer ${«token123»}\"",
            "password: \"«{{ vault_pw1 }}»\"",
        ],
        keeps: &["password = \"«a<b>c1»\""],
    },
    Filter {
        name: "encrypted",
        about: "encrypted at rest: of use only to who holds another key",
        test: data::encrypted,
        drops: &["password: «ENC[AES256_GCM,data:abc]»", "secret: «{cipher}0a1b2c3d»"],
        keeps: &["password: «ENCORE99»"],
    },
    Filter {
        name: "reference",
        about: "the value stands elsewhere: an environment variable, a setting, a secret store",
        test: reference::reference,
        drops: &[
            "password = «$DB_PASSWORD»",
            "token: «process.env.TOKEN»",
            "password: «:password»",
            "secret = \"«op://vault/item/field»\"",
            "key = «var.api_key»",
            "pw = '«%s»'",
            "pw = «%DB_PASS%»",
            "password = \"«SECRET[directory.nested/password]»\"",
        ],
        keeps: &[
            "password = '«$uper!ecret1»'",
            "password = '«secretive-9A»'",
            "token = \"«data8f1c7d20b9a83e65»\"",
        ],
    },
    Filter {
        name: "code",
        about: "code and not a value: a call, an index, a path of attributes, a number",
        test: reference::code,
        drops: &[
            "key = «X25519.KeyPair»",
            "password = «getPassword»(user)",
            "token = «next»;",
            "key = «0x1234»",
            "pass = «foo->bar»",
            "$token = «token»;",
            "password: «Option»<String>,",
            "auth: «kafka::KafkaAuthConfig»,",
        ],
        keeps: &["password = «Tr0ub4dor»", "secret=«k9#s8d7f6»"],
    },
    Filter {
        name: "digest",
        about: "a digest or a revision, by its name or by what stands in front of it",
        test: |case| data::digest(case) || data::sum_line(case),
        drops: &[
            "sha256 = «9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08»",
            "uses: a/token@«de90cc6fb38fc0963ad72b210f1f284cd68cea36»",
            "integrity: sha512-«z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg»",
        ],
        keeps: &["token = «de90cc6fb38fc0963ad72b210f1f284cd68cea36»"],
    },
    Filter {
        name: "public",
        about: "a public key, a certificate, an image",
        test: data::public_data,
        drops: &[
            "key = \"«ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB»\"",
            "token = «0x36435796Ca9be2bf150CE0dECc2D8Fab5C4d6E13»",
            "key: \"data:image/png;base64,«iVBORw0KGgoAAAANSUhEUgAA»\"",
        ],
        keeps: &["key = \"«AAAAclient81k2mdk2ld92mfk2»\""],
    },
    Filter {
        name: "uuid",
        about: "an identifier under a name that says nothing of a secret",
        test: data::uuid,
        drops: &[
            "trace = «0736f5ef-7e88-499a-80cc-90c85d2a5180»",
            "keyId = «0736f5ef-7e88-499a-80cc-90c85d2a5180»",
        ],
        keeps: &["api_token = «0736f5ef-7e88-499a-80cc-90c85d2a5180»"],
    },
    Filter {
        name: "place",
        about: "a path, a URL without a password, a file name, a selector",
        test: reference::place,
        drops: &[
            "key = «/etc/ssl/private/ssl.key»",
            "key_file = «server.pem»",
            "password = '«#add-password»'",
            "token = \"«https://example.com/token»\"",
        ],
        keeps: &["token = «/8f1c7d20b9a83e65ZQkd»", "password = '«#gets0m3»'"],
    },
    Filter {
        name: "placeholder",
        about: "it says openly that it is none: your-api-key, changeme, example",
        test: placeholder::words_say_so,
        drops: &[
            "key = «your-api-key-here»",
            "password = «changeme»",
            "token = «my_secret_token»",
            "password = «example123»",
        ],
        keeps: &["password = «blooberry7»", "token = «8f1c7dfoo9a83e65ZQkd»"],
    },
    Filter {
        name: "echo",
        about: "it repeats its own name",
        test: placeholder::echo,
        drops: &[
            "password = \"«password»\"",
            "addPassword = \"«add-password»\"",
            "api_key: \"«apiKey»\"",
            "token_secret: \"«secret-token»\"",
        ],
        keeps: &["password = \"«tomato-7»\""],
    },
    Filter {
        name: "encoded words",
        about: "base64 of words, as in documentation and tests",
        test: data::encoded_words,
        drops: &[
            "credential = «YS1naXQtdG9rZW4tZm9yLXRlc3Rz»",
            "AccountKey=«MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=»",
            "_auth = «dGVzdHVzZXI6dGVzdHBhc3N3b3Jk»",
        ],
        keeps: &["credential = «Zf3D0LXCM3EIMbgJpUNnkRtOfOueHznB»", "auth: «Y2k6R3I0bml0ZSM5cmN6ZVg=»"],
    },
    Filter {
        name: "sentence",
        about: "text for people: a label, a message, a question",
        test: label::sentence,
        drops: &[
            "password: \"«Enter your password»\"",
            "password: \"«Password:»\"",
            "token = \"«the token is wrong here»\"",
            "password = \"«Passwort ändern»\"",
            "new_password=«Nouveau» mot de passe",
            "'password' => '«Lozinka»',",
            "password = '«Benutzerpasswort»'",
            "Authorization: «AWS4-HMAC-SHA256» Credential=abc/2020",
        ],
        keeps: &[
            "password = '«open sesame»'",
            "password = '«thisismypassword»'",
            "PASSWORD=«tr0ub4dor» ./run all",
        ],
    },
    Filter {
        name: "constant",
        about: "a constant of code: capitals, digits and underscores only",
        test: data::constant,
        drops: &[".token = «AVS_TKN_MODCFG_UPDOWN_MIX_COEFF_4_S32»,", "define PASS2 «OCTEON_CN56XX_PASS2_X»"],
        keeps: &["token = «AVS_tkn_4S32ZfLX»", "key = «WHWPPKLOD23IRAUKKY24V9WWV6IC»"],
    },
    Filter {
        name: "identifier",
        about: "words joined as in code, with no sign of chance",
        test: data::identifier,
        drops: &[
            "schemaToken = '«doc_vector_schema»'",
            "secret: «myAppSecretName»",
            "API_KEY = «llmApiKeyEnvVarExists»",
            "token = \"«getAccessTokenSilently»\"",
        ],
        keeps: &["password = «correct9Horse»", "secret = «Zf3D0LXCM3EIMbgJ»"],
    },
    Filter {
        name: "number",
        about: "a version, a date, a time, an address",
        test: data::number_like,
        drops: &[
            "token = \"«1.20.3»\"",
            "\"parse-passwd\": \"«^1.0.0»\"",
            "key = «2024-01-02»",
            "key = «18»",
        ],
        keeps: &["password = «4ian1234»"],
    },
    Filter {
        name: "data",
        about: "a piece of a long run of encoded data",
        test: data::inside_data,
        drops: &[
            "MIIEpAIBAAKCAQEA1c7+9z5Pad7OejecsQ0buZq9GkHiH8n0Sk2wIbGqzh0t7jUh\nx2Q4C2w«VvOGAhcHwxfM8JfZs3nDSZJndtVVn»",
        ],
        keeps: &["key = «4f1c7d20b9a83e65»", "a\nkey = «x2Q4C2wVvOGAhcHwxfM8JfZs3nDSZJndtVVn»"],
    },
];

/// The first filter that drops a case, and what it is about.
pub(super) fn dropped_by(case: &Case<'_>) -> Option<(&'static str, &'static str)> {
    FILTERS.iter().find(|f| (f.test)(case)).map(|f| (f.name, f.about))
}
