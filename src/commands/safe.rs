//! What standard error may say of a failure.

use crate::reports::log;
use crate::sieve::redacted;

/// A message without the keys and the commands to a terminal or a CI system that a name or an argument brought in.
pub fn safe(message: &str) -> String {
    let lines: Vec<_> = message.split('\n').map(log).collect();
    let mut message = redacted(&lines.join("\n"));
    // What is taken for an option has dashes in front, which are no part of a key.
    let options: Vec<String> = message
        .split(|c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '`'))
        .filter(|word| word.starts_with('-'))
        .map(|word| word.trim_start_matches('-').to_owned())
        .collect();
    for option in options {
        let hidden = redacted(&option);
        if hidden != option {
            message = message.replace(&option, &hidden);
        }
    }
    message
}
