//! Finding configuration files, from the start of a scan up to the root, and reading them safely.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::model::BlobPath;

use super::Config;
use super::read::Reader;

/// The names that a configuration may have.
pub const NAMES: [&str; 2] = [".keysieve.yml", ".keysieve.yaml"];
/// Largest file that is taken for a configuration, in bytes.
const LARGEST: u64 = 1 << 20;
/// How many folders up are looked at.
const FARTHEST: usize = 4096;
/// Most configuration files in one run.
const MOST_FILES: usize = 64;

/// Where to look for configurations.
#[derive(Debug, Clone, Copy)]
pub struct LoadOptions<'a> {
    /// The absolute folder from which to look upward.
    pub start: &'a Path,
    /// The absolute folder where to stop: the work tree's root, or `start` outside of git.
    pub root: &'a Path,
    /// Only this file (`--config`).
    pub explicit: Option<&'a Path>,
}

impl Config {
    /// Reads all files from the root down to the start; nearer folders add. No file at all is fine.
    ///
    /// # Errors
    /// [`Error::Config`] with file, line and column for everything that is not understood.
    pub fn load(options: &LoadOptions<'_>) -> Result<Config> {
        let mut config = Config::default();
        if let Some(file) = options.explicit {
            let folder = file.parent().unwrap_or(Path::new(""));
            let folder = if folder.is_absolute() { folder.to_path_buf() } else { options.start.join(folder) };
            read_into(&mut config, file, &folder, options.root, None)?;
            return Ok(config);
        }
        for file in Config::discover(options)? {
            let folder = file.parent().unwrap_or(options.root).to_path_buf();
            let named = file.strip_prefix(options.start).unwrap_or(&file).to_path_buf();
            inside(&file, &named, options.root)?;
            read_into(&mut config, &named, &folder, options.root, Some(&file))?;
        }
        Ok(config)
    }

    /// The files that [`Config::load`] would read, outermost first.
    pub fn discover(options: &LoadOptions<'_>) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for folder in options.start.ancestors().take(FARTHEST) {
            let mut here = Vec::new();
            for file in NAMES.iter().map(|n| folder.join(n)) {
                match fs::symlink_metadata(&file) {
                    Ok(_) => here.push(file),
                    Err(e) if is_absence(&e) => {}
                    Err(source) => return Err(Error::Io { path: file, doing: "open", source }),
                }
            }
            if let [first, second, ..] = here.as_slice() {
                return Err(whole(
                    second,
                    &format!("{} stands beside it: keep one of them", file_name(first)),
                ));
            }
            found.extend(here);
            if found.len() > MOST_FILES {
                return Err(whole(&found[0], "more than 64 configurations above each other"));
            }
            if folder == options.root || !options.start.starts_with(options.root) {
                break;
            }
        }
        found.reverse();
        Ok(found)
    }
}

/// Whether an error means that there is nothing, or nothing that we may see.
fn is_absence(e: &io::Error) -> bool {
    use io::ErrorKind::{InvalidFilename, NotADirectory, NotFound, PermissionDenied};
    matches!(e.kind(), NotFound | NotADirectory | PermissionDenied | InvalidFilename)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A complaint about a file as a whole.
fn whole(file: &Path, problem: &str) -> Error {
    Error::Config { file: file.to_path_buf(), line: 1, column: 1, problem: problem.to_string() }
}

/// A link in a repository must not make us read, and quote in an error, a file outside of it.
fn inside(file: &Path, named: &Path, root: &Path) -> Result<()> {
    let real = |p: &Path| {
        fs::canonicalize(p).map_err(|source| Error::Io { path: named.into(), doing: "open", source })
    };
    if real(file)?.starts_with(real(root)?) {
        return Ok(());
    }
    Err(whole(named, "a link that leads out of the repository; use --config to name the file"))
}

fn read_into(
    config: &mut Config,
    named: &Path,
    folder: &Path,
    root: &Path,
    found: Option<&Path>,
) -> Result<()> {
    let text = read_text(found.unwrap_or(named), named)?;
    let base = folder.strip_prefix(root).map(BlobPath::from_path).unwrap_or_default();
    let reader = Reader {
        file: Arc::from(named),
        folder,
        base: if found.is_some() { base.as_bytes() } else { b"" },
        inside: found.map(|_| root),
        text: &text,
        costs: Default::default(),
    };
    config.files.push(named.to_path_buf());
    reader.read(config).map_err(|w| Error::Config {
        file: named.to_path_buf(),
        line: w.line,
        column: w.column,
        problem: w.problem,
    })
}

/// The text of a small regular file in UTF-8.
fn read_text(path: &Path, named: &Path) -> Result<String> {
    // Not "read": a configuration that cannot be read is a wrong configuration (exit 2), not an incomplete scan.
    let io = |source| Error::Io { path: named.to_path_buf(), doing: "open", source };
    let meta = fs::metadata(path).map_err(io)?;
    if !meta.is_file() {
        return Err(whole(named, "not a regular file"));
    }
    let mut bytes = Vec::new();
    fs::File::open(path).map_err(io)?.take(LARGEST + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > LARGEST {
        return Err(whole(named, "larger than 1 MiB: this is no configuration"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    if matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, 0, ..] | [_, 0, _, 0, ..]) {
        return Err(whole(named, "this is UTF-16 (PowerShell's `>` writes it): save it as UTF-8"));
    }
    String::from_utf8(bytes.to_vec()).map_err(|e| {
        let good = String::from_utf8_lossy(&bytes[..e.utf8_error().valid_up_to()]).into_owned();
        let line = good.matches('\n').count() + 1;
        let column = good.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Error::Config { file: named.to_path_buf(), line, column, problem: "not UTF-8".to_string() }
    })
}
