//! What the content of a file has to say where its name is not enough.

/// So much of a file is looked at.
const HEAD: usize = 64 << 10;

/// What must hold beside the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing.
    Name,
    /// One of these words, in small letters here, stands in the content.
    Any(&'static [&'static str]),
    /// It stands at the top of the repository, or one of these words in the content: such names are common.
    TopOr(&'static [&'static str]),
    /// The content is a list of numbers, such as the bytes of a key.
    Numbers,
    /// A line is twelve words or more in small letters, as wallets spell their keys.
    Words,
    /// The content is a copy of a database in which people have passwords.
    Users,
}

impl Needs {
    /// Whether a file of this path (from the root) and this content meets it. `None` is a content that is not known,
    /// such as that of a file that is gone.
    pub(super) fn met(self, path: &[u8], content: Option<&[u8]>) -> bool {
        let at_top = || !path.contains(&b'/');
        match (self, content) {
            (Needs::Name, _) => true,
            (Needs::TopOr(_), _) if at_top() => true,
            (_, None) => false,
            (Needs::Any(words) | Needs::TopOr(words), Some(content)) => {
                let text = head(content);
                words.iter().any(|w| text.contains(w))
            }
            (Needs::Numbers, Some(content)) => is_numbers(content),
            (Needs::Words, Some(content)) => has_words(content),
            (Needs::Users, Some(content)) => has_users(content),
        }
    }
}

fn head(content: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(&content[..content.len().min(HEAD)]).into_owned();
    text.make_ascii_lowercase();
    text
}

/// `[12, 255, …]`: 32 bytes or more.
fn is_numbers(content: &[u8]) -> bool {
    let text = head(content);
    let Some(inside) = text.trim().strip_prefix('[').and_then(|t| t.strip_suffix(']')) else { return false };
    let numbers: Vec<&str> = inside.split(',').map(str::trim).collect();
    matches!(numbers.len(), 32..=128) && numbers.iter().all(|n| n.parse::<u8>().is_ok())
}

fn has_words(content: &[u8]) -> bool {
    head_as_written(content).lines().any(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let word = |w: &&str| (3..=8).contains(&w.len()) && w.bytes().all(|b| b.is_ascii_lowercase());
        matches!(words.len(), 12 | 15 | 18 | 21 | 24) && words.iter().all(word)
    })
}

fn head_as_written(content: &[u8]) -> String {
    String::from_utf8_lossy(&content[..content.len().min(HEAD)]).into_owned()
}

/// A dump with rows, or a database file, with a table of people that has a column for their passwords. A schema alone
/// is no secret, and is committed on purpose.
fn has_users(content: &[u8]) -> bool {
    const DUMPS: &[&str] =
        &["mysql dump", "mariadb dump", "postgresql database dump", "phpmyadmin sql dump", "pgdmp"];
    const PEOPLE: &[&str] = &["user", "account", "customer", "member", "admin"];
    const COLUMNS: &[&str] = &["passw", "pwd", "encrypted_password", "pass_hash", "user_pass"];
    let text = head(content);
    let has = |words: &[&str]| words.iter().any(|w| text.contains(w));
    let file = text.starts_with("sqlite format 3") || text.starts_with("pgdmp");
    let rows = text.contains("insert into") || text.lines().any(|l| l.starts_with("copy "));
    (file || (has(DUMPS) && rows)) && has(PEOPLE) && has(COLUMNS)
}

/// Whether an environment file holds nothing but names, references and obvious placeholders, so that it is only bad
/// practice. Looks at the first 64 KiB.
pub(super) fn is_harmless_env(content: &[u8]) -> bool {
    let text = head_as_written(content);
    text.split(['\n', '\r']).map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).all(|line| {
        let value = line.split_once('=').map_or("", |(_, value)| value).trim().trim_matches(['"', '\'']);
        let lower = value.to_ascii_lowercase();
        value.len() < 6
            || value.starts_with("${")
            || value.starts_with('<')
            || ["your", "change", "example", "placeholder", "xxxx", "todo", "localhost"]
                .iter()
                .any(|w| lower.contains(w))
    })
}

#[cfg(test)]
mod tests {
    use super::{Needs, is_harmless_env};

    #[test]
    fn an_environment_file_without_values_is_harmless() {
        assert!(is_harmless_env(
            b"# x\nA=\nB=${C}\nPORT=3000\nKEY=your-key-here\nURL='http://localhost:80'\n"
        ));
        assert!(!is_harmless_env(b"KEY=0a1b2c3d4e5f\n"));
    }

    #[test]
    fn contents_are_told_from_their_likes() {
        let numbers = |n: usize| format!("[{}]", vec!["7"; n].join(", "));
        assert!(Needs::Numbers.met(b"id.json", Some(numbers(64).as_bytes())));
        assert!(!Needs::Numbers.met(b"id.json", Some(numbers(4).as_bytes())));
        assert!(!Needs::Numbers.met(b"id.json", Some(b"{\"id\": 1}")));
        assert!(Needs::Words.met(b"seed.txt", Some("word ".repeat(12).trim().as_bytes())));
        assert!(!Needs::Words.met(b"seed.txt", Some(b"some seeds of trees\n")));
        let dump = "-- MySQL dump 10.13\nCREATE TABLE users (password varchar);\n";
        assert!(!Needs::Users.met(b"a.sql", Some(dump.as_bytes())), "a schema");
        assert!(Needs::Users.met(b"a.sql", Some(format!("{dump}INSERT INTO users VALUES (1);").as_bytes())));
        assert!(Needs::TopOr(&["x"]).met(b"auth.json", Some(b"{}")) && Needs::TopOr(&["x"]).met(b"a", None));
        assert!(!Needs::TopOr(&["x"]).met(b"lang/auth.json", Some(b"{}")));
        assert!(!Needs::Any(&["x"]).met(b"a", None) && Needs::Any(&["x"]).met(b"a", Some(b"aX")));
    }
}
