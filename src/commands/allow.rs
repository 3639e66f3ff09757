//! `keysieve allow`: saying that a finding is fine, in the configuration, with a reason; and looking which of these
//! entries nobody needs any more.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;

use crate::config::{Config, Date, LoadOptions, NAMES, NewAllow, add_allow, hide_keys};
use crate::error::{Error, Result};
use crate::model::{Finding, Fingerprint, Origin, escape_terminal};
use crate::repo::read_text;
use crate::sieve::redacted;
use crate::triage::write_whole;

use super::Globals;
use super::baseline::{ended, said, shown};
use super::configured::near;
use super::place::{Here, here};
use super::survey::{Wanted, survey};

/// Say that a finding is fine: writes an entry into .keysieve.yml. `allow check` names entries nobody needs
#[derive(Debug, Clone, ClapArgs)]
pub struct Args {
    /// Where the finding stands, or its fingerprint (ks1:…), as reports name them; or `check`
    #[arg(value_name = "PATH:LINE|FINGERPRINT")]
    place: String,
    /// Why it is fine
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    reason: String,
    /// The last day on which it is fine
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    until: Option<String>,
    /// Only this rule
    #[arg(long, value_name = "RULE")]
    rule: Option<String>,
    /// Allow it only in this file, not wherever the same key stands
    #[arg(long)]
    here_only: bool,
    /// check: look at everything that was ever committed as well
    #[arg(long)]
    history: bool,
}

fn day(text: &str) -> std::result::Result<String, String> {
    Date::parse(text).map(|d| d.to_string()).ok_or_else(|| "a day such as 2027-01-31 is needed".to_string())
}

/// Runs the command; returns the exit code.
pub fn run(args: &Args, globals: &Globals, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8> {
    let here = here()?;
    let mut globals = globals.clone();
    if args.place == "check" {
        return check(args, &mut globals, &here, out, err);
    }
    // It is written down for all to read.
    let reason = redacted(args.reason.trim());
    if reason.is_empty() {
        return Err(Error::Usage("--reason is needed: why is it fine?".into()));
    }
    let target = Target::parse(&args.place, here.repository.is_some())?;
    let explicit = globals.config.clone();
    let (session, report) = survey(&mut globals, &here, &target.wanted(&here))?;
    let touches = |f: &&Finding| target.means(f, session.triage().path_from_root(f).as_deref());
    let wanted = |f: &&Finding| args.rule.as_ref().is_none_or(|rule| *rule == f.rule);
    let mut found: Vec<&Finding> = report.findings.iter().filter(touches).filter(wanted).collect();
    found.sort_by_key(|f| (f.rule.clone(), f.secret.clone()));
    found.dedup_by_key(|f| (f.rule.clone(), f.secret.clone()));
    if found.is_empty() {
        let allowed = report.suppressed.iter().filter(touches).filter(wanted).count();
        return nothing(args, &target, allowed, ended(&report, err), err);
    }
    // Whoever explains why a key is fine may have written the key.
    let reason = hide_keys(args.reason.trim());
    let file = explicit.unwrap_or_else(|| config_file(&here.root));
    let mut text = match read_text(&file) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(source) => return Err(Error::Io { path: file, doing: "open", source }),
    };
    for finding in &found {
        let in_root =
            session.triage().path_from_root(finding).map(|p| String::from_utf8_lossy(&p).into_owned());
        let entry = NewAllow {
            rule: finding.rule.to_string(),
            fingerprint: finding.fingerprint().to_string(),
            path: in_root.filter(|_| args.here_only).map(|p| format!("/{p}")),
            value: None,
            line: None,
            reason: reason.clone(),
            until: args.until.clone(),
        };
        text = add_allow(&text, &entry)
            .map_err(|problem| Error::Usage(format!("{}: {problem}", shown(&file))))?;
    }
    write_whole(&file, &text)?;
    // Read back at once: a file that the next run would refuse must not stay unnoticed.
    Config::load(&LoadOptions { start: &here.root, root: &here.root, explicit: Some(&file) })?;
    for finding in &found {
        said(
            err,
            &format!(
                "{}: {} is allowed now: {}",
                shown(&near(&file)),
                finding.fingerprint(),
                escape_terminal(&reason)
            ),
        );
    }
    Ok(0)
}

/// Answers where nothing is found that could be allowed; `allowed`: how much is already, `code`: how the scan ended.
fn nothing(args: &Args, target: &Target, allowed: usize, code: u8, err: &mut dyn Write) -> Result<u8> {
    let shown = escape_terminal(&args.place);
    if allowed > 0 {
        said(err, &format!("{shown}: what is found there is allowed already"));
        return Ok(code);
    }
    if let Target::Past(..) = target {
        return Err(Error::Incomplete(format!(
            "{shown}: no such file, and nothing in the history stood there"
        )));
    }
    Err(Error::Usage(format!("{shown}: nothing is found there")))
}

/// What is to be allowed.
enum Target {
    /// A file that is there, and a line of it.
    Here(PathBuf, Option<u64>),
    /// A path that only the history knows, and a line.
    Past(String, Option<u64>),
    /// A finding, wherever it stands.
    Print(Fingerprint),
}

impl Target {
    fn parse(text: &str, has_history: bool) -> Result<Target> {
        if let Some(print) = Fingerprint::parse(text) {
            return Ok(Target::Print(print));
        }
        match place(text) {
            Ok((path, line)) => Ok(Target::Here(path, line)),
            Err(_) if text.starts_with("ks1:") => Err(Error::Usage(format!(
                "{}: no fingerprint: `ks1:` and 32 digits of 0-9 and a-f, as reports print them",
                escape_terminal(text)
            ))),
            Err(_) if has_history => {
                let mut parts: Vec<&str> = text.split(':').collect();
                let mut numbers = Vec::new();
                while let Some(n) = parts.last().filter(|_| parts.len() > 1).and_then(|p| p.parse().ok()) {
                    numbers.push(n);
                    parts.pop();
                }
                Ok(Target::Past(parts.join(":"), numbers.last().copied()))
            }
            Err(missing) => Err(missing),
        }
    }

    fn wanted(&self, here: &Here) -> Wanted {
        match self {
            Target::Here(path, _) => Wanted { paths: vec![path.clone()], ..Wanted::default() },
            _ => Wanted { history: here.repository.is_some(), ..Wanted::default() },
        }
    }

    fn means(&self, finding: &Finding, in_root: Option<&[u8]>) -> bool {
        let lines = finding.location.start.line..=finding.location.end.line;
        match self {
            Target::Here(_, line) => line.is_none_or(|line| lines.contains(&line)),
            Target::Past(path, line) => {
                in_root == Some(path.as_bytes())
                    && !matches!(finding.location.origin, Origin::File(..))
                    && line.is_none_or(|line| lines.contains(&line))
            }
            Target::Print(print) => finding.fingerprint() == *print,
        }
    }
}

fn config_file(root: &Path) -> PathBuf {
    let there = NAMES.iter().map(|n| root.join(n)).find(|f| f.symlink_metadata().is_ok());
    there.unwrap_or_else(|| root.join(NAMES[0]))
}

/// `PATH:LINE`, or `PATH` alone for the whole file.
pub(super) fn place(text: &str) -> Result<(PathBuf, Option<u64>)> {
    if let Some((path, line)) = text.rsplit_once(':')
        && let Ok(line) = line.parse::<u64>()
    {
        // `PATH:LINE:COLUMN`, as reports print it.
        if let Some((path, first)) = path.rsplit_once(':')
            && let Ok(first) = first.parse::<u64>()
            && !Path::new(text).exists()
        {
            return exists(path).map(|p| (p, Some(first)));
        }
        if !Path::new(text).exists() {
            return exists(path).map(|p| (p, Some(line)));
        }
    }
    exists(text).map(|p| (p, None))
}

fn exists(path: &str) -> Result<PathBuf> {
    if Path::new(path).symlink_metadata().is_err() {
        return Err(Error::Incomplete(format!("{}: no such file", escape_terminal(path))));
    }
    Ok(PathBuf::from(path))
}

fn check(
    args: &Args,
    globals: &mut Globals,
    here: &Here,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8> {
    let (session, report) = survey(globals, here, &Wanted { history: args.history, ..Wanted::default() })?;
    let stale = session.triage().stale();
    for line in stale.iter().chain(&session.triage().expired()) {
        writeln!(out, "{}", redacted(&escape_terminal(line))).map_err(Error::Output)?;
    }
    let code = ended(&report, err);
    if stale.is_empty() {
        said(err, "every allow entry is needed");
        return Ok(code);
    }
    Ok(1)
}
