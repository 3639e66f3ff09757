//! Writing reports: to standard output, or into files that appear whole or not at all.

use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustix::fs::{Access, access};

use super::Globals;
use super::stream::Streams;
use crate::error::{Error, Result};
use crate::model::Coverage;
use crate::reports::{Document, Format, Look, Report, format};
use crate::sieve::redacted;

/// One report to write.
pub(super) struct Wanted {
    format: &'static dyn Format,
    /// `None`: standard output.
    file: Option<PathBuf>,
}

/// Reads `--format`, `--output` and `--report` (`-` is standard output); a format that does not exist is a usage error.
pub(super) fn wanted(name: &str, output: Option<&Path>, more: &[String]) -> Result<Vec<Wanted>> {
    let place = |file: &Path| (file.as_os_str() != "-").then(|| file.to_path_buf());
    let mut all = vec![Wanted { format: named(name)?, file: output.and_then(place) }];
    for pair in more {
        let (name, file) = pair
            .split_once('=')
            .filter(|(_, file)| !file.is_empty())
            .ok_or_else(|| Error::Usage(format!("--report {pair}: FORMAT=FILE is needed")))?;
        let wanted = Wanted { format: named(name)?, file: place(Path::new(file)) };
        // The later would overwrite the earlier, and two on one stream are neither.
        if all.iter().any(|other| other.target() == wanted.target()) {
            return Err(Error::Usage(format!("--report {pair}: another report goes to the same place")));
        }
        all.push(wanted);
    }
    for wanted in &all {
        wanted.check()?;
    }
    Ok(all)
}

impl Wanted {
    /// Where it goes; `None`: standard output.
    pub(super) fn path(&self) -> Option<&PathBuf> {
        self.file.as_ref()
    }

    /// Whether lines of it may go out while the scan runs.
    pub(super) fn streams(&self) -> bool {
        self.format.streams() && self.file.as_deref().is_none_or(is_direct)
    }

    /// Where it really goes, however that was spelled.
    fn target(&self) -> Option<PathBuf> {
        let path = self.file.as_ref()?;
        let real = fs::canonicalize(path).or_else(|_| {
            fs::canonicalize(folder_of(path)).map(|folder| folder.join(path.file_name().unwrap_or_default()))
        });
        Some(real.unwrap_or_else(|_| path.clone()))
    }

    /// Whether the report can be written where it is wanted, as far as that can be told: a long scan should not end with
    /// nothing because a folder is missing.
    fn check(&self) -> Result<()> {
        let Some(path) = &self.file else { return Ok(()) };
        let folder = folder_of(path);
        let problem = match fs::metadata(path) {
            Ok(m) if m.is_dir() => "it is a folder".to_owned(),
            Ok(m) if !m.is_file() => return Ok(()),
            _ if !folder.is_dir() => format!("there is no folder {}", folder.display()),
            _ => match access(folder, Access::WRITE_OK) {
                Ok(()) => return Ok(()),
                Err(e) => format!("{}: {}", folder.display(), io::Error::from(e)),
            },
        };
        Err(Error::Usage(format!("the report {} cannot be written: {problem}", path.display())))
    }
}

/// The folder that a file is or will be in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn named(name: &str) -> Result<&'static dyn Format> {
    format(name).ok_or_else(|| {
        let known: Vec<_> = crate::reports::FORMATS.iter().map(|f| f.name()).collect();
        Error::Usage(format!("there is no format '{name}'; there are {}", known.join(", ")))
    })
}

/// Runs a command that makes no report: what it says goes to `--output` where that is given, in text or one of `formats`.
///
/// # Errors
/// If another format or a second report is asked for, and what the command itself fails with.
pub fn told(
    globals: &Globals,
    formats: &[&str],
    out: &mut dyn Write,
    run: impl FnOnce(&mut dyn Write) -> Result<u8>,
) -> Result<u8> {
    if globals.format != "text" && !formats.contains(&globals.format.as_str()) {
        let known: Vec<_> = std::iter::once("text").chain(formats.iter().copied()).collect();
        let problem = format!("--format {}: this command tells {}", globals.format, known.join(" or "));
        return Err(Error::Usage(crate::model::escape_terminal(&problem).into_owned()));
    }
    if !globals.report.is_empty() {
        return Err(Error::Usage("--report: this command makes no report".into()));
    }
    let Some(path) = globals.output.as_deref().filter(|path| path.as_os_str() != "-") else {
        return run(out);
    };
    let mut text = Vec::new();
    let code = run(&mut text)?;
    let io = |source| Error::Io { path: path.to_path_buf(), doing: "write", source };
    into_file(path, |file| file.write_all(&text)).map_err(io)?;
    Ok(code)
}

/// Writes all reports.
pub(super) fn write(wanted: &[Wanted], report: &Report, look: Look, out: &mut dyn Write) -> Result<()> {
    write_document(wanted, &Document::of(report, look), look, out)
}

/// Writes all reports, and of those that were streamed what is left.
pub(super) fn write_rest(
    wanted: &[Wanted],
    streams: &Streams,
    report: &Report,
    look: Look,
    out: &mut dyn Write,
) -> Result<()> {
    let document = Document::of(report, look);
    let all = wanted.iter().map(|one| {
        if one.streams() {
            streams.end(one.path(), &document, out)
        } else {
            write_or_give_up(one, &document, look, out)
        }
    });
    all.fold(Ok(()), Result::and)
}

/// Writes all reports from what is ready to be shown: fingerprints are made once, however many formats there are.
pub(super) fn write_document(
    wanted: &[Wanted],
    document: &Document<'_>,
    look: Look,
    out: &mut dyn Write,
) -> Result<()> {
    // One that cannot be written does not cost the others.
    wanted.iter().map(|one| write_or_give_up(one, document, look, out)).fold(Ok(()), Result::and)
}

fn write_or_give_up(one: &Wanted, document: &Document<'_>, look: Look, out: &mut dyn Write) -> Result<()> {
    let written = write_one(one, look, out, &|look, out| one.format.render(document, look, out));
    written.inspect_err(|e| give_up(one, &document.coverage.mode, e, look))
}

/// Where a report could not be written, whoever reads only that file must not take an older one for the answer: it says
/// so, or is absent.
fn give_up(one: &Wanted, mode: &str, problem: &Error, look: Look) {
    let Some(path) = one.file.as_deref().filter(|path| fs::metadata(path).is_ok_and(|m| m.is_file())) else {
        return;
    };
    let mut report = Report { coverage: Coverage::new(mode.to_owned()), ..Report::default() };
    report.coverage.missed("the report", redacted(&problem.to_string()));
    if write_one(one, look, &mut io::sink(), &|look, out| {
        one.format.render(&Document::of(&report, look), look, out)
    })
    .is_err()
    {
        let _ = fs::remove_file(path);
    }
}

/// Writes one report to where it is wanted.
fn write_one(
    one: &Wanted,
    look: Look,
    out: &mut dyn Write,
    render: &dyn Fn(Look, &mut dyn Write) -> io::Result<()>,
) -> Result<()> {
    match &one.file {
        None => {
            let mut out = BufWriter::with_capacity(1 << 16, out);
            render(look, &mut out).and_then(|()| out.flush()).map_err(Error::Output)
        }
        Some(path) => {
            let look = Look { color: false, width: None, ..look };
            into_file(path, |file| render(look, file)).map_err(|source| Error::Io {
                path: path.clone(),
                doing: "write the report",
                source,
            })
        }
    }
}

/// Writes a private file beside its place and renames it, so that readers see the old or the new one, whole. What is
/// not a regular file (a pipe, `/dev/stdout`) is written to directly.
fn into_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    if is_direct(path) {
        let mut file = BufWriter::new(OpenOptions::new().write(true).open(path)?);
        write(&mut file)?;
        return file.flush();
    }
    let file = tempfile::NamedTempFile::new_in(folder_of(path))?;
    let _pending = Pending::new(file.path());
    let mut file = BufWriter::new(file);
    write(&mut file)?;
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    // A link is followed, so that it stays a link.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    file.persist(target).map_err(|e| e.error)?;
    Ok(())
}

/// Whether what stands at a path is written to as it is: a pipe, a device.
fn is_direct(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|m| !m.is_file() && !m.is_dir())
}

/// The file that is being written and has no name yet.
static PENDING: Mutex<Option<PathBuf>> = Mutex::new(None);

/// While it lives, the process may be ended at once without leaving a half-written file.
struct Pending;

impl Pending {
    fn new(path: &Path) -> Pending {
        *PENDING.lock().unwrap_or_else(PoisonError::into_inner) = Some(path.to_path_buf());
        Pending
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        *PENDING.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Removes what is half written, before the process ends without an end.
pub(super) fn clean_up() {
    if let Some(path) = PENDING.lock().unwrap_or_else(PoisonError::into_inner).take() {
        let _ = fs::remove_file(path);
    }
}
