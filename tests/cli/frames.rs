//! Keys that only their provider's word tells, in the frames in which people and programs write them down: the word may be
//! an ordinary one, glued to others, or the only thing that a comment says. Keys are made while the test runs.

use super::kinds::{all_found, none_found};
use super::sandbox::keyed;

/// `{w}` stands for the provider's word, `{W}` for it in capitals.
const FRAMES: &[&str] = &[
    "{w}_token: \"{}\"\n",
    "{w} '{}'\n",
    "{w} SECRET {}\n",
    "{w} private access key\n{}\n",
    "{w}.key.{}\n",
    "{w}-access-token-{}\n",
    "{w}SECRET-{}\n",
    "{w}-{}\n",
    "{w}_api_key,{},prod\n",
    "[INFO] Sending request to the {w} API\n[DEBUG] Using Key={}\n",
    "# {w} credentials\nsheet_id := \"{}\"\n",
    "// {w}\nconst KEY = \"{}\";\n",
    "[{\"name\": \"{w}\",\n\"test\": {\n\"key\": \"{}\"\n}}]\n",
    "UPDATE settings SET value='{}' WHERE name='{w}_api_key';\n",
    "<li>{w} key: <code>{}</code></li>\n",
    "gh secret set {W}_TOKEN --body \"{}\"\n",
    "curl -u {}: https://api.{w}.com/v1\n",
    "api:\n  base_url: \"https://api.{w}.com/v1/key/{}\"\n  timeout: 3\n",
    "sheets := get{w}(\"{}\")\n",
    "var c = require(\"{w}\")(\"{}\");\n",
];

#[test]
fn a_provider_s_word_tells_its_key_in_every_frame() {
    for (rule, word) in
        [("deputy-api-key", "deputy"), ("selectpdf-api-key", "selectpdf"), ("demio-api-key", "demio")]
    {
        let forms: Vec<(&str, String)> = FRAMES
            .iter()
            .map(|f| ("a.txt", f.replace("{w}", word).replace("{W}", &word.to_uppercase())))
            .collect();
        let forms: Vec<(&str, &str)> = forms.iter().map(|(name, form)| (*name, form.as_str())).collect();
        all_found(&forms, &|i| keyed(rule, i as u64 + 1));
    }
}

#[test]
fn an_ordinary_word_tells_nothing_where_it_is_only_a_word() {
    let (hex, uuid) = (keyed("aha-api-key", 3), keyed("refiner-api-key", 3));
    let texts: Vec<String> = [
        "the deputy sheriff\nid: {}\n",
        "the deputy of the token\nid: {}\n",
        "deputy = find(x)\nrevision = \"{}\"\n",
        "deputy_token_id = 3\ntrace: {}\n",
        "a refiner of oil\n- uid: {}\n",
        "aha, the build is {}\n",
        "see deputy.rs and build {}\n",
    ]
    .iter()
    .flat_map(|form| [form.replace("{}", &hex), form.replace("{}", &uuid)])
    .collect();
    let texts: Vec<(&str, &str)> = texts.iter().map(|t| ("a.txt", t.as_str())).collect();
    none_found(&texts);
}

#[test]
fn a_mark_and_a_dot_in_front_of_a_random_value_are_no_path() {
    all_found(&[("a.yml", "token: s.{}\n"), ("b.yml", "vault_token: hx.{}\n")], &|i| {
        keyed("generic-token", i as u64 + 5)[..24].to_owned()
    });
    none_found(&[
        ("a.py", "token: settings.apiTokenForTheWholeHouse\n"),
        ("b.py", "token: x.LongNameOfSomething2\n"),
    ]);
}

#[test]
fn a_word_for_secrets_may_be_glued_in_front_of_a_key_with_a_prefix() {
    for rule in ["github-personal-access-token", "neospeech-api-key", "aws-access-key-id"] {
        all_found(
            &[
                ("a.txt", "token_{}\n"),
                ("b.txt", "neospeech-SECRET-{}\n"),
                ("c.txt", "audiopod_api_key-{}\n"),
                ("d.txt", "x: audiopod-access-token-{}\n"),
            ],
            &|i| keyed(rule, i as u64 + 1),
        );
    }
}

#[test]
fn the_provider_s_own_word_may_be_glued_in_front_of_a_key_with_a_prefix() {
    for (rule, word) in [("github-personal-access-token", "github"), ("slack-bot-token", "slack")] {
        let forms = [format!("{word}-{{}}\n"), format!("{word}_{{}}\n"), format!("x: my-{word}-{{}}\n")];
        let forms: Vec<_> = forms.iter().map(|form| ("a.txt", form.as_str())).collect();
        all_found(&forms, &|i| keyed(rule, i as u64 + 1));
    }
}

#[test]
fn a_key_of_capitals_may_follow_a_small_letter() {
    all_found(&[("a.txt", "key{}\n"), ("b.txt", "aws_access_key{}\n")], &|i| {
        keyed("aws-access-key-id", i as u64 + 1)
    });
    let key = keyed("aws-access-key-id", 5);
    none_found(&[
        ("a.txt", &format!("KEY{key}\n")),
        ("b.txt", &format!("key7{key}\n")),
        ("c.txt", &format!("key{key}X\n")),
    ]);
}
