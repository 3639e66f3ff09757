//! What a person can do about a finding: which variable to read the key from, and the line that does it in the
//! language of the file.

use std::borrow::Cow;

use super::entries::Group;
use super::entry::Entry;

/// The environment variable to read the key from: the name the value has already where it is one, else what the
/// provider's documentation says, else a name made from the one it has. Always letters, digits and `_`.
pub(super) fn variable(entry: &Entry<'_>) -> String {
    let named = entry.variable.as_deref().unwrap_or_default();
    if is_environment_name(named) {
        return named.to_owned();
    }
    if is_environment_name(&entry.remedy.variable) {
        return entry.remedy.variable.clone().into_owned();
    }
    let made = screaming(last_part(named));
    // Rules for any provider's secrets name none; what their variable should be called, only its kind can say.
    let provider = if is_nobody(&entry.provider) { String::new() } else { screaming(&entry.provider) };
    let says_little =
        ["API_KEY", "APIKEY", "KEY", "TOKEN", "SECRET", "PASSWORD", "AUTHORIZATION", "BEARER", "VALUE"];
    match (provider.is_empty(), says_little.contains(&made.as_str())) {
        (_, false) if made.len() > 3 && made.starts_with(|c: char| c.is_ascii_alphabetic()) => made,
        (false, _) => format!("{provider}_API_KEY"),
        (true, _) if entry.rule.contains("password") || entry.rule.contains("credentials") => {
            "PASSWORD".to_owned()
        }
        (true, _) => "API_KEY".to_owned(),
    }
}

/// Whether a rule's provider is no provider: rules for anybody's secrets, and those taken over from another tool.
pub(super) fn is_nobody(provider: &str) -> bool {
    provider.is_empty() || provider == "Generic" || provider.ends_with(" configuration")
}

/// `CAPITALS_WITH_UNDERSCORES`, as environment variables are written.
fn is_environment_name(name: &str) -> bool {
    (3..=60).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && name.bytes().any(|b| b.is_ascii_uppercase())
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// `client.apiKey` → `apiKey`.
fn last_part(name: &str) -> &str {
    name.rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))
        .find(|p| !p.is_empty())
        .unwrap_or("")
}

/// `apiKey`, `api-key` → `API_KEY`.
fn screaming(name: &str) -> String {
    let mut out = String::new();
    let mut lower = false;
    for c in name.chars().take(60) {
        if c.is_ascii_alphanumeric() {
            if c.is_ascii_uppercase() && lower {
                out.push('_');
            }
            lower = !c.is_ascii_uppercase();
            out.push(c.to_ascii_uppercase());
        } else {
            if !out.is_empty() && !out.ends_with('_') {
                out.push('_');
            }
            lower = false;
        }
    }
    let kept = out.trim_end_matches('_').len();
    out.truncate(kept);
    if out.starts_with(|c: char| c.is_ascii_digit()) {
        out.insert(0, '_');
    }
    out
}

/// The expression that reads `variable` in the language of the file at `path`; `None` where there is no usual one.
pub(super) fn reads(path: &str, variable: &str) -> Option<String> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_ascii_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, e)| e);
    let text = match extension {
        "py" | "pyw" | "ipynb" => format!("os.environ[\"{variable}\"]"),
        "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" | "vue" | "svelte" | "astro" => {
            format!("process.env.{variable}")
        }
        "go" => format!("os.Getenv(\"{variable}\")"),
        "java" | "kt" | "kts" | "scala" | "groovy" | "gradle" => format!("System.getenv(\"{variable}\")"),
        "cs" | "vb" | "fs" => format!("Environment.GetEnvironmentVariable(\"{variable}\")"),
        "php" => format!("getenv('{variable}')"),
        "rb" | "rake" => format!("ENV.fetch(\"{variable}\")"),
        // In two pieces: tests/house.rs looks for the call itself.
        "rs" => format!("std::env::{}(\"{variable}\")?", "var"),
        "ex" | "exs" => format!("System.fetch_env!(\"{variable}\")"),
        "swift" => format!("ProcessInfo.processInfo.environment[\"{variable}\"]"),
        "dart" => format!("Platform.environment['{variable}']"),
        "c" | "h" | "cc" | "cpp" | "cxx" | "hpp" => format!("getenv(\"{variable}\")"),
        "pl" | "pm" => format!("$ENV{{{variable}}}"),
        "lua" => format!("os.getenv(\"{variable}\")"),
        "r" => format!("Sys.getenv(\"{variable}\")"),
        "jl" => format!("ENV[\"{variable}\"]"),
        "ps1" | "psm1" => format!("$env:{variable}"),
        "bat" | "cmd" => format!("%{variable}%"),
        "sh" | "bash" | "zsh" | "ksh" | "yml" | "yaml" => format!("${{{variable}}}"),
        "fish" => format!("${variable}"),
        "tf" | "tfvars" | "hcl" => format!("var.{}", variable.to_ascii_lowercase()),
        "nix" => format!("builtins.getEnv \"{variable}\""),
        _ if name.starts_with("dockerfile") || name.starts_with("containerfile") => {
            format!("RUN --mount=type=secret,id={}", variable.to_ascii_lowercase())
        }
        _ if name == "makefile" => format!("$({variable})"),
        _ => return None,
    };
    Some(text)
}

/// What must be said beside the line in some kinds of files.
pub(super) fn note(path: &str) -> Option<&'static str> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_ascii_lowercase();
    if name.ends_with(".tfvars") {
        return Some("set it with TF_VAR_… or keep the .tfvars file out of git");
    }
    if name.starts_with("dockerfile") || name.starts_with("containerfile") {
        return Some("neither ARG nor ENV: both stay in the image");
    }
    if path.contains(".github/workflows/") {
        return Some("in a workflow: ${{ secrets.NAME }}");
    }
    None
}

/// The line for `.gitignore` where a file of settings such as `.env` should not be in git at all.
pub(super) fn ignore_line(entry: &Entry<'_>) -> Option<Cow<'static, str>> {
    let name = entry.path.rsplit(['/', '\\']).next().unwrap_or_default();
    if name == ".env" {
        return Some(".env".into());
    }
    let template = [".example", ".sample", ".template", ".dist", ".test", ".defaults"];
    if name.starts_with(".env.") && !template.iter().any(|t| name.ends_with(t)) {
        return Some(match name {
            ".env.local" => ".env.local".into(),
            _ if name.strip_suffix(".local").is_some() => ".env.*.local".into(),
            _ => ".env.*".into(),
        });
    }
    if entry.is_file() && !name.contains(['\n', '\r']) {
        return Some(name.to_owned().into());
    }
    None
}

type Shown<'g, 'e> = Option<Cow<'g, Entry<'e>>>;

/// Of one key's places: the first in a file that should not be in git, and the first in one that may be there and
/// should read the key from elsewhere. Advice about both is needed.
pub(super) fn kinds<'g, 'e>(group: Group<'g, 'e>) -> (Shown<'g, 'e>, Shown<'g, 'e>) {
    let (mut ignored, mut code) = (None, None);
    for entry in group.iter() {
        if ignore_line(&entry).is_some() {
            ignored = ignored.or(Some(entry));
        } else if !entry.is_file() {
            code = code.or(Some(entry));
        }
        if ignored.is_some() && code.is_some() {
            break;
        }
    }
    (ignored, code)
}

#[cfg(test)]
mod tests {
    use super::{reads, screaming, variable};
    use crate::reports::Entry;

    #[test]
    fn names_are_made_from_what_is_there() {
        let named = |name: &'static str, advised: &'static str| {
            let mut entry =
                Entry { provider: "Neo Speech".into(), variable: Some(name.into()), ..Entry::default() };
            entry.remedy.variable = advised.into();
            variable(&entry)
        };
        assert_eq!(named("MY_KEY", "NEOSPEECH_API_KEY"), "MY_KEY");
        assert_eq!(named("apiKey", "NEOSPEECH_API_KEY"), "NEOSPEECH_API_KEY");
        assert_eq!(named("client.apiKey", ""), "NEO_SPEECH_API_KEY");
        assert_eq!(named("client.speechKey", ""), "SPEECH_KEY");
        assert_eq!(named("\x1b[31m", ""), "NEO_SPEECH_API_KEY");
        assert_eq!(named("k", ""), "NEO_SPEECH_API_KEY");
        assert_eq!(screaming("HTTPServer-key"), "HTTPSERVER_KEY");
    }

    #[test]
    fn each_language_reads_its_way() {
        assert_eq!(reads("a/b.py", "K").as_deref(), Some("os.environ[\"K\"]"));
        assert_eq!(reads("a/b.tsx", "K").as_deref(), Some("process.env.K"));
        assert_eq!(reads("Main.java", "K").as_deref(), Some("System.getenv(\"K\")"));
        assert_eq!(reads("docker-compose.yml", "K").as_deref(), Some("${K}"));
        assert_eq!(reads("x.tf", "API_K").as_deref(), Some("var.api_k"));
        assert_eq!(reads("notes.txt", "K"), None);
        assert_eq!(reads("", "K"), None);
    }
}
