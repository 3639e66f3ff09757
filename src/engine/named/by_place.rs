//! Places where a password stands by itself, without a name: addresses, options, calls, statements.

use std::ops::Range;

use crate::engine::candidate::Candidate;
use crate::engine::masks::is_token;

use super::forward::value_of;
use super::site::Sites;
use super::value::Value;
use super::{calls, login, options, phrase, places};

impl Sites<'_, '_> {
    /// The part of a URL behind its `://`.
    pub(super) fn url(&mut self, start: usize) {
        self.login(login::option_user(self.bytes, start), (start, start));
        if places::is_address(self.bytes, start) {
            self.far(start);
            self.login(places::behind_address(self.bytes, start), (start, start));
        }
        let Some(rule) = self.index.url else { return };
        self.sink.stand(start);
        self.sink.record.reads_until(start + 302);
        let Some((from, to)) = userinfo_password(self.bytes, start) else { return };
        self.sink.push(Candidate { start: from, end: to, rule, prefix: 0, name: None });
    }

    /// A password that stands beside the name of its user.
    pub(super) fn login(&mut self, value: Option<Value>, name: (usize, usize)) {
        if let (Some(rule), Some(value)) = (self.index.login, value) {
            self.whole(rule, value, Some(name));
        }
    }

    /// What is typed or piped for a person: `SET PASSWORD FOR x = 'X'`, `expect "Password:"`, `echo X | passwd --stdin`.
    pub(super) fn typed(&mut self, (from, to): (usize, usize)) {
        let (bytes, name) = (self.bytes, &self.bytes[from..to]);
        // Nearly all names end otherwise.
        if !matches!(name.last(), Some(b'd' | b'D' | b'n' | b'N' | b'e' | b'E' | b'h' | b'H' | b't' | b'T')) {
            return;
        }
        let ends = |word: &[u8]| {
            name.len() >= word.len() && name[name.len() - word.len()..].eq_ignore_ascii_case(word)
        };
        if ends(b"chpasswd") || ends(b"passwd") || ends(b"password-stdin") {
            self.sink.record.reads_from(from.saturating_sub(options::COMMAND));
            let stdin = ends(b"password-stdin") || bytes[to..].starts_with(b" --stdin");
            let value = if ends(b"chpasswd") {
                options::piped_for_user(bytes, from)
            } else {
                options::piped(bytes, from).filter(|_| stdin)
            };
            self.login(value, (from, to));
        }
        let value = if ends(b"userpwd") {
            value_of(bytes, to).and_then(|(value, _)| login::behind_colon(bytes, value))
        } else if ends(b"redis.auth") || ends(b"redisclient.auth") || ends(b"jedis.auth") {
            login::only_string(bytes, to)
        } else if ends(b"key_mgmt") || ends(b"key-mgmt") {
            self.sink.record.reads_from(from.saturating_sub(places::REACH));
            self.sink.record.reads_until(to + places::REACH);
            places::shared_key(bytes, from)
        } else {
            None
        };
        self.login(value, (from, to));
        if ends(b"password") || ends(b"assword") || ends(b"passphrase") {
            let value = places::set_for(bytes, to).or_else(|| places::sent(bytes, to));
            if let Some(value) = value {
                self.sink.record.reads_until(value.end + 64);
                self.login(Some(value), (from, to));
            }
        }
    }

    /// A dash or a slash that may begin an option.
    pub(super) fn option(&mut self, at: usize) {
        let dash = self.bytes[at] == b'-';
        let wanted = if dash {
            options::may_stand(self.bytes, at)
        } else {
            matches!(self.bytes.get(at + 1), Some(b'u' | b'U' | b'p' | b'a' | b'r' | b'R' | b'A' | b'P'))
                && matches!(self.bytes.get(at + 2), Some(b's' | b':' | b'd' | b'p' | b'S' | b'D' | b'P'))
        };
        if !wanted {
            return;
        }
        self.far(at);
        let found = if dash { options::password(self.bytes, at) } else { options::slashed(self.bytes, at) };
        if let Some((value, end)) = found {
            self.login(Some(value), (at, end));
        }
    }

    /// A colon between two letters or digits.
    pub(super) fn joint(&mut self, at: usize) {
        let value = if places::may_be_pgpass(self.bytes, at) {
            self.far(at);
            places::pgpass(self.bytes, at)
        } else if places::is_source(self.bytes, at) {
            self.far(at);
            places::behind_source(self.bytes, at)
        } else if calls::is_address(self.bytes, at) {
            self.far(at);
            calls::behind_address(self.bytes, at)
        } else if options::is_user(self.bytes, at) {
            self.far(at);
            options::of_user(self.bytes, at)
        } else {
            None
        };
        if let Some(value) = value.or_else(|| places::driver(self.bytes, at)) {
            self.far(at);
            self.login(Some(value), (at, at));
        }
    }

    /// A place among small letters and single bytes between them.
    pub(super) fn phrase(&mut self, at: usize) {
        let Some(rule) = self.index.phrase else { return };
        if !phrase::may_stand(self.bytes, at) {
            return;
        }
        self.far(at);
        if let Some(Range { start, end }) = phrase::around(self.bytes, at) {
            self.sink.push(Candidate { start, end, rule, prefix: 0, name: None });
        }
    }

    /// Much around this place has a say.
    fn far(&mut self, at: usize) {
        self.sink.stand(at);
        self.sink.record.reads_from(at.saturating_sub(2 * options::COMMAND));
        self.sink.record.reads_until(at + 2 * places::REACH);
    }

    /// Four letters by which statements, calls and prompts are found.
    #[inline]
    pub(super) fn sign(&mut self, at: usize, four: [u8; 4]) {
        match &four {
            b"IDEN" | b"iden" => self.identified(at),
            b"PDO(" if self.begins(at) => {
                self.far(at);
                self.login(places::behind_first(self.bytes, at + 4), (at, at));
            }
            b"FTP(" if self.begins(at) => self.call(at + 3),
            b"gin(" | b"ect(" if matches!(self.bytes[..at], [.., b'o' | b'e' | b'n']) => self.call(at + 3),
            b"sqli" if self.bytes.get(at + 4) == Some(&b'(') => self.call(at + 4),
            b"sqlp" if self.bytes[at..].starts_with(b"sqlplus ") => {
                self.far(at);
                self.login(calls::sqlplus(self.bytes, at + 7), (at, at));
            }
            // `assword:`, as scripts write it that wait for a prompt whatever its first letter.
            [b'a' | b'A', ..] if !matches!(self.bytes[..at], [.., b'p' | b'P']) => {
                let prompt = self.bytes.get(at..at + 7).is_some_and(|w| w.eq_ignore_ascii_case(b"assword"));
                if prompt {
                    self.far(at);
                    self.login(places::sent(self.bytes, at + 7), (at, at + 7));
                }
            }
            _ => {}
        }
    }

    /// Whether a name begins at `at`.
    fn begins(&self, at: usize) -> bool {
        !at.checked_sub(1).is_some_and(|i| is_token(self.bytes[i]))
    }

    /// The bracket of a call.
    fn call(&mut self, open: usize) {
        if let Some(takes) = calls::takes(self.bytes, open) {
            self.far(open);
            self.login(calls::password(self.bytes, open, takes), (open, open));
        }
    }

    /// SQL's `IDENTIFIED BY`. In small letters it may be a sentence.
    fn identified(&mut self, at: usize) {
        let text = &self.bytes[at..];
        let capitals = text.starts_with(b"IDENTIFIED ");
        if (capitals || text.starts_with(b"identified ")) && self.begins(at) {
            self.far(at);
            let value = places::identified(self.bytes, at + 10);
            let value = value.filter(|v| capitals || v.quoted && places::in_statement(self.bytes, at));
            self.login(value, (at, at));
        }
    }

    /// An equals sign between letters: that of an entry of LDAP, as in `bind("cn=admin,dc=acme", "X")`.
    #[inline]
    pub(super) fn name_of_entry(&mut self, at: usize) {
        if matches!(
            self.bytes[..at],
            [.., b'"' | b'\'', b'c' | b'C', b'n' | b'N'] | [.., b'"' | b'\'', b'u', b'i', b'd']
        ) {
            self.far(at);
            self.login(calls::behind_entry(self.bytes, at), (at, at));
        }
    }
}

/// The password of the `user:password@` at `start`.
fn userinfo_password(bytes: &[u8], start: usize) -> Option<(usize, usize)> {
    let text = bytes.get(start..bytes.len().min(start + 300))?;
    let stop = text
        .iter()
        .position(|&b| b.is_ascii_whitespace() || b < 0x20 || b"\"'`<>\\,;".contains(&b))
        .unwrap_or(text.len());
    let colon = text[..stop].iter().position(|&b| matches!(b, b':' | b'/' | b'@'))?;
    if text[colon] != b':' {
        return None;
    }
    // Passwords may hold `@` or `/`: the last `@` in front of the first `/` that follows one.
    let first = colon + text[colon..stop].iter().position(|&b| b == b'@')?;
    let authority = first
        + text[first..stop].iter().position(|&b| matches!(b, b'/' | b'?' | b'#')).unwrap_or(stop - first);
    let last = colon + text[colon..authority].iter().rposition(|&b| b == b'@')?;
    if text[colon..last].contains(&b'/')
        && text[colon + 1..last].iter().take_while(|b| b.is_ascii_digit()).count() > 0
    {
        return None;
    }
    (last > colon + 1).then_some((start + colon + 1, start + last))
}
