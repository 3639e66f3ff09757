//! Adding an `allow` entry to a configuration's text: comments, order and spelling of the rest stay as they are.

use super::yaml::{self, Node, Value};

/// What an added entry says.
#[derive(Debug, Clone)]
pub struct NewAllow {
    /// The rule's id.
    pub rule: String,
    /// The fingerprint.
    pub fingerprint: String,
    /// A path pattern, where the entry is about a file.
    pub path: Option<String>,
    /// A pattern for the value.
    pub value: Option<String>,
    /// A pattern for the line it stands on.
    pub line: Option<String>,
    /// Why it is fine.
    pub reason: String,
    /// The last day on which it is: `YYYY-MM-DD`.
    pub until: Option<String>,
}

impl NewAllow {
    /// Keys and values, in the order in which they are written.
    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = Vec::new();
        if !self.rule.is_empty() {
            fields.push(("rule", quoted(&self.rule)));
        }
        if !self.fingerprint.is_empty() {
            fields.push(("fingerprint", quoted(&self.fingerprint)));
        }
        fields.extend(self.path.as_ref().map(|p| ("path", quoted(p))));
        fields.extend(self.value.as_ref().map(|v| ("value", quoted(v))));
        fields.extend(self.line.as_ref().map(|l| ("line", quoted(l))));
        fields.push(("reason", quoted(&self.reason)));
        fields.extend(self.until.as_ref().map(|day| ("until", day.clone())));
        fields
    }

    /// The entry as lines of a list.
    pub fn block(&self, indent: &str) -> String {
        let fields = self.fields();
        let lines = fields
            .iter()
            .enumerate()
            .map(|(i, (key, value))| format!("{indent}{} {key}: {value}\n", if i == 0 { '-' } else { ' ' }));
        lines.collect()
    }

    fn flow(&self) -> String {
        let fields: Vec<String> =
            self.fields().iter().map(|(key, value)| format!("{key}: {value}")).collect();
        format!("{{{}}}", fields.join(", "))
    }
}

/// A text in double quotes, which YAML reads back as it is.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_else(|_| "\"\"".to_string())
}

/// The text with one more `allow` entry.
///
/// # Errors
/// Says why the text cannot be changed safely.
pub fn add_allow(text: &str, entry: &NewAllow) -> Result<String, String> {
    // A file with Windows' line endings keeps them.
    let crlf = text.matches("\r\n").count();
    if crlf > 0 && crlf == text.matches('\n').count() {
        return add_allow(&text.replace("\r\n", "\n"), entry).map(|changed| changed.replace('\n', "\r\n"));
    }
    let before = parse(text)?;
    let list = before.as_ref().and_then(allow_of);
    let changed = match list {
        None => append(text, entry),
        Some(list) => insert(text, list, entry)?,
    };
    let count = |root: &Option<Node>| match root.as_ref().and_then(allow_of).map(|n| &n.value) {
        Some(Value::List(list)) => list.len(),
        _ => 0,
    };
    // The way to be sure is to read it again.
    if count(&parse(&changed)?) != count(&before) + 1 {
        return Err("cannot add to `allow` without breaking the file: add the entry by hand".to_string());
    }
    Ok(changed)
}

fn parse(text: &str) -> Result<Option<Node>, String> {
    yaml::parse(text.trim_start_matches('\u{feff}')).map_err(|w| format!("line {}: {}", w.line, w.problem))
}

fn allow_of(root: &Node) -> Option<&Node> {
    let Value::Map(map) = &root.value else { return None };
    map.iter().find(|(key, _)| key.scalar() == Some("allow")).map(|(_, value)| value)
}

fn append(text: &str, entry: &NewAllow) -> String {
    let mut text = text.to_string();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    if !text.trim().is_empty() {
        text.push('\n');
    }
    text + "allow:\n" + &entry.block("  ")
}

fn insert(text: &str, list: &Node, entry: &NewAllow) -> Result<String, String> {
    let byte = |chars: usize| text.char_indices().nth(chars).map_or(text.len(), |(i, _)| i);
    let (start, end) = (byte(list.span.0), byte(list.span.1));
    let items = match &list.value {
        Value::List(items) => items,
        Value::Scalar(empty, true) if empty.is_empty() => {
            // `allow:` with nothing after it: the entry goes to the line below.
            let line_end = text[start..].find('\n').map_or(text.len(), |i| start + i + 1);
            let gap = if text[..line_end].ends_with('\n') { "" } else { "\n" };
            return Ok(format!("{}{gap}{}{}", &text[..line_end], entry.block("  "), &text[line_end..]));
        }
        _ => return Err("`allow` is no list".to_string()),
    };
    if text[start..].starts_with('[') {
        let close = text[start..end.max(start + 1)].rfind(']').map_or_else(|| text[start..].find(']'), Some);
        let close = start + close.ok_or("the list of `allow` has no end")?;
        let comma = if items.is_empty() { "" } else { ", " };
        return Ok(format!("{}{comma}{}{}", text[..close].trim_end(), entry.flow(), &text[close..]));
    }
    let (Some(first), Some(last)) = (items.first(), items.last()) else {
        return Err("`allow` is empty in a way that cannot be added to".to_string());
    };
    let head = text[..byte(first.span.0)].rsplit('\n').next().unwrap_or_default();
    let indent: String = head.chars().take_while(|c| *c == ' ').collect();
    // After the last line of the last entry that is neither empty nor a comment.
    let from = byte(last.span.0);
    let mut at = from;
    let mut after = text[from..].find('\n').map_or(text.len(), |i| from + i + 1);
    while at < byte(last.span.1).min(text.len()) {
        let line_end = text[at..].find('\n').map_or(text.len(), |i| at + i + 1);
        let line = text[at..line_end.min(byte(last.span.1)).max(at)].trim();
        if !line.is_empty() && !line.starts_with('#') {
            after = line_end;
        }
        at = line_end;
    }
    let gap = if text[..after].ends_with('\n') { "" } else { "\n" };
    Ok(format!("{}{gap}{}{}", &text[..after], entry.block(&indent), &text[after..]))
}

#[cfg(test)]
mod tests {
    use super::{NewAllow, add_allow};

    fn entry() -> NewAllow {
        NewAllow {
            rule: "acme-key".into(),
            fingerprint: String::new(),
            path: None,
            value: None,
            line: None,
            reason: "it's \"fine\": # really".into(),
            until: Some("2027-01-01".into()),
        }
    }

    const BLOCK: &str =
        "- rule: \"acme-key\"\n    reason: \"it's \\\"fine\\\": # really\"\n    until: 2027-01-01\n";

    #[test]
    fn an_entry_is_added_and_everything_else_stays() {
        for (before, after) in [
            ("", format!("allow:\n  {BLOCK}")),
            ("# c\nversion: 1", format!("# c\nversion: 1\n\nallow:\n  {BLOCK}")),
            (
                "allow:\n  # first\n  - path: a # why\n    reason: x\n  # after\n\nversion: 1 # end\n",
                format!("allow:\n  # first\n  - path: a # why\n    reason: x\n  {BLOCK}  # after\n\nversion: 1 # end\n"),
            ),
            ("allow:\n- path: a\n  reason: x", format!("allow:\n- path: a\n  reason: x\n{}", BLOCK.replace("\n    ", "\n  "))),
            ("allow: []\nversion: 1\n", "allow: [{rule: \"acme-key\", reason: \"it's \\\"fine\\\": # really\", until: 2027-01-01}]\nversion: 1\n".into()),
            (
                "allow: [{path: a, reason: x}]\n",
                "allow: [{path: a, reason: x}, {rule: \"acme-key\", reason: \"it's \\\"fine\\\": # really\", until: 2027-01-01}]\n".into(),
            ),
            ("allow:\nversion: 1\n", format!("allow:\n  {BLOCK}version: 1\n")),
            ("# c\r\n", format!("# c\n\nallow:\n  {BLOCK}").replace('\n', "\r\n")),
        ] {
            assert_eq!(add_allow(before, &entry()).as_deref(), Ok(after.as_str()), "{before}");
        }
    }

    #[test]
    fn what_cannot_be_changed_safely_is_left_alone() {
        for text in ["allow: x\n", "allow: {a: b}\n", "a: [\n", "- a\n"] {
            assert!(add_allow(text, &entry()).is_err(), "{text}");
        }
    }
}
