//! `keysieve hook`: putting hooks in place, taking them away, saying how they stand, and being called by them.

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, Subcommand};

use crate::error::{Error, Result};
use crate::hook::{self, Change, HookFolder, Rule, Stage, State};
use crate::model::escape_terminal;
use crate::repo::Repository;

use super::{Globals, hook_run};

/// Install, remove or show the git hooks
#[derive(Debug, Clone, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Clone, Subcommand)]
enum Action {
    /// Put the hook where git looks for it; a hook that is there is kept and runs first
    Install(Install),
    /// Take our hooks away and put back what was there before
    Uninstall(Which),
    /// Say how each hook stands; exit code 1 when pre-commit is not protected
    Status,
    /// What an installed hook calls
    Run(hook_run::Args),
}

#[derive(Debug, Clone, ClapArgs)]
struct Which {
    /// Which hooks (default: pre-commit; for uninstall: all)
    #[arg(long, value_enum, value_delimiter = ',')]
    stage: Vec<Stage>,
    /// For all of your repositories instead of this one
    #[arg(long)]
    global: bool,
}

#[derive(Debug, Clone, ClapArgs)]
struct Install {
    #[command(flatten)]
    which: Which,
    /// Where a hook manager rules the folder, add the lines to its file instead of printing them
    #[arg(long)]
    write: bool,
}

/// Runs the command; returns the exit code.
pub fn run(args: &Args, globals: &Globals, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8> {
    match &args.action {
        Action::Install(a) if a.which.global => install_global(&a.which.stage, out),
        Action::Install(a) => install(a, out),
        Action::Uninstall(which) => uninstall(which, out),
        Action::Status => status(out),
        Action::Run(args) => hook_run::run(args, globals, out, err),
    }
}

fn install(args: &Install, out: &mut dyn Write) -> Result<u8> {
    let repository = hook_run::repository()?;
    let folder = hook::find_folder(&repository)?;
    let program = program()?;
    let mut code = 0;
    for stage in stages(&args.which.stage, &[Stage::PreCommit]) {
        if let Some(manager) = hook::ruling(&folder, &repository, stage) {
            code = code.max(managed(manager, &repository, stage, args.write, out)?);
            if args.write && !folder.path.join(stage.as_str()).exists() {
                let now = format!("note: {} has no {} hook yet", manager.as_str(), stage.as_str());
                line(out, &format!("{now}: run `{}` now", manager.set_up()))?;
            }
            continue;
        }
        keep_changed(&folder.path, stage, out)?;
        let change = hook::install(&folder.path, stage, &program)?;
        say(out, &change, &folder.path, stage)?;
        if let Some(manager) = hook::waiting(&repository) {
            waits(manager, &repository, stage, args.write, out)?;
        }
    }
    if folder.rule == Rule::User {
        line(
            out,
            "note: core.hooksPath of your own configuration rules this folder, so that it serves all your repositories",
        )?;
    }
    Ok(code)
}

/// A hook manager is configured but does not rule the folder yet. When it does, it may set our hook aside.
fn waits(
    manager: hook::Manager,
    repository: &Repository,
    stage: Stage,
    write: bool,
    out: &mut dyn Write,
) -> Result<()> {
    let top = repository.work_tree.as_deref().unwrap_or(&repository.git_dir);
    let name = manager.as_str();
    let (file, lines) = hook::lines_for(manager, top, stage);
    if hook::is_managed(manager, top, stage) || (write && hook::add_lines(manager, top, stage).is_ok()) {
        return line(out, &format!("note: {} calls keysieve too, once {name} is set up", shown(&file)));
    }
    let text = format!(
        "note: this repository is made for {name}, which may set this hook aside once it is set up.\n\
         Add this to {} (or run `keysieve hook install --stage {} --write`):\n\n{lines}",
        shown(&file),
        stage.as_str()
    );
    line(out, &text)
}

/// A hook manager would overwrite ours: its own file gets the lines.
fn managed(
    manager: hook::Manager,
    repository: &Repository,
    stage: Stage,
    write: bool,
    out: &mut dyn Write,
) -> Result<u8> {
    let top = repository.work_tree.as_deref().unwrap_or(&repository.git_dir);
    let (file, lines) = hook::lines_for(manager, top, stage);
    let (name, file_name) = (manager.as_str(), shown(&file));
    if write {
        let what = if hook::add_lines(manager, top, stage)? { "added to" } else { "stands already in" };
        line(out, &format!("{}: {what} {file_name}, which {name} reads", stage.as_str()))?;
        return Ok(0);
    }
    if hook::is_managed(manager, top, stage) {
        line(out, &format!("{}: {name} calls keysieve already ({file_name})", stage.as_str()))?;
        return Ok(0);
    }
    let text = format!(
        "{stage} is NOT protected yet: {name} runs the hooks of this repository and would overwrite ours.\n\
         To have {name} call keysieve, let keysieve change {file_name}:\n\n    \
         keysieve hook install --stage {stage} --write\n\n\
         or add this to {file_name} yourself:\n\n{lines}\n\n\
         Then see that it counts with `keysieve hook status`, and commit {file_name}: it serves everybody.",
        stage = stage.as_str(),
        lines = lines.trim_end(),
    );
    line(out, &text)?;
    Ok(2)
}

fn install_global(wanted: &[Stage], out: &mut dyn Write) -> Result<u8> {
    let (folder, fresh) = match hook::global_folder() {
        Some(folder) => (folder, false),
        None => {
            (HookFolder { path: hook::set_template(&config_home()?)?.join("hooks"), rule: Rule::Own }, true)
        }
    };
    let program = program()?;
    for stage in stages(wanted, &[Stage::PreCommit]) {
        keep_changed(&folder.path, stage, out)?;
        let change = hook::install(&folder.path, stage, &program)?;
        say(out, &change, &folder.path, stage)?;
    }
    let why = match (folder.rule, fresh) {
        (Rule::User, _) => {
            "Your core.hooksPath names this folder: it serves all your repositories from now on."
        }
        (_, true) => "init.templateDir of your git configuration now names this template.",
        (_, false) => "Your init.templateDir names this template.",
    };
    line(out, why)?;
    if folder.rule != Rule::User {
        line(
            out,
            "git copies it into repositories that are created or cloned from now on; in one that is there already, run",
        )?;
        line(out, "`git init` once (it changes nothing else), or `keysieve hook install`.")?;
    }
    Ok(0)
}

fn uninstall(which: &Which, out: &mut dyn Write) -> Result<u8> {
    let mut code = 0;
    let mut said = false;
    let folder = if which.global {
        hook::global_folder().ok_or_else(|| Error::Usage("there is no global hook folder".into()))?
    } else {
        let repository = hook_run::repository()?;
        for stage in stages(&which.stage, &Stage::ALL) {
            let unmanaged = unmanage(&repository, stage, out)?;
            said |= unmanaged.is_some();
            code = code.max(unmanaged.unwrap_or(0));
        }
        hook::find_folder(&repository)?
    };
    for stage in stages(&which.stage, &Stage::ALL) {
        keep_changed(&folder.path, stage, out)?;
        let change = hook::uninstall(&folder.path, stage)?;
        if change != Change::Nothing || !which.stage.is_empty() {
            say(out, &change, &folder.path, stage)?;
            said = true;
        }
    }
    if !said {
        line(out, &format!("no hook of keysieve was there ({})", shown(&folder.path)))?;
    }
    if which.global && hook::unset_template(&config_home()?)? {
        line(out, "init.templateDir, which keysieve had set, is unset again")?;
    }
    Ok(code)
}

/// Before one of our hooks is replaced or removed: what somebody wrote into it is not lost.
fn keep_changed(folder: &Path, stage: Stage, out: &mut dyn Write) -> Result<()> {
    if let Some(copy) = hook::keep_changed(folder, stage)? {
        let text = format!("{}: it was changed by hand; a copy is kept: {}", stage.as_str(), shown(&copy));
        line(out, &text)?;
    }
    Ok(())
}

/// Takes our lines out of the files of hook managers; `None` where there are none, else the exit code.
fn unmanage(repository: &Repository, stage: Stage, out: &mut dyn Write) -> Result<Option<u8>> {
    let Some(top) = repository.work_tree.as_deref() else { return Ok(None) };
    let mut code = None;
    for manager in hook::Manager::ALL {
        let (file, _) = hook::lines_for(manager, top, stage);
        match hook::remove_lines(manager, top, stage)? {
            Some(true) => {
                line(out, &format!("{}: taken out of {}", stage.as_str(), shown(&file)))?;
                code = code.or(Some(0));
            }
            Some(false) => {
                let text = "calls keysieve in words that keysieve did not write: take them out by hand";
                line(out, &format!("{}: {} {text}", stage.as_str(), shown(&file)))?;
                code = Some(2);
            }
            None => {}
        }
    }
    Ok(code)
}

fn status(out: &mut dyn Write) -> Result<u8> {
    let repository = hook_run::repository()?;
    let folder = hook::find_folder(&repository)?;
    line(out, &format!("hooks folder: {}", shown(&folder.path)))?;
    let mut protected = false;
    for stage in Stage::ALL {
        let text = match hook::state(&folder.path, stage)? {
            State::Ours { program, chained, executable } => {
                let gone = if program.is_file() { "" } else { ", but that program is gone" };
                let first = if chained { "; the hook from before runs first" } else { "" };
                let dead = if executable { "" } else { "; not executable, so git does not run it" };
                protected |= stage == Stage::PreCommit && executable && program.is_file();
                format!("installed, calls {}{gone}{first}{dead}", shown(&program))
            }
            State::Foreign => match hook::ruling(&folder, &repository, stage) {
                Some(manager) => {
                    let top = repository.work_tree.as_deref().unwrap_or(&repository.git_dir);
                    let legacy = hook::is_legacy(&folder.path, stage);
                    let there = hook::is_managed(manager, top, stage) || legacy;
                    protected |= stage == Stage::PreCommit && there;
                    let how = match (there, legacy) {
                        (_, true) => "runs our hook from before it",
                        (true, false) => "calls keysieve",
                        (false, false) => "does not call keysieve",
                    };
                    format!("ruled by {}, which {how}", manager.as_str())
                }
                None => "another hook; `keysieve hook install` would keep it and run it first".into(),
            },
            State::Absent => "not installed".into(),
        };
        line(out, &format!("{:<12} {text}", stage.as_str()))?;
    }
    Ok(u8::from(!protected))
}

fn stages(wanted: &[Stage], default: &[Stage]) -> Vec<Stage> {
    let mut stages = if wanted.is_empty() { default.to_vec() } else { wanted.to_vec() };
    stages.sort();
    stages.dedup();
    stages
}

/// The program that the hook will call: this one, by the name under which it was called if that is a link, so that an
/// update of the link's target is followed.
fn program() -> Result<PathBuf> {
    let exe = env::current_exe().map_err(|source| Error::Io {
        path: "keysieve".into(),
        doing: "find the program of",
        source,
    })?;
    let called = env::args_os().next().unwrap_or_default();
    let called = Path::new(&called);
    let same = called.is_absolute() && called.canonicalize().ok() == exe.canonicalize().ok();
    Ok(if same { called.to_path_buf() } else { exe })
}

/// Where the user's programs keep their configuration (XDG Base Directory Specification).
fn config_home() -> Result<PathBuf> {
    let absolute = |name: &str| env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    absolute("XDG_CONFIG_HOME").or_else(|| absolute("HOME").map(|h| h.join(".config"))).ok_or_else(|| {
        Error::Usage("neither HOME nor XDG_CONFIG_HOME says where your configuration is".into())
    })
}

fn say(out: &mut dyn Write, change: &Change, folder: &Path, stage: Stage) -> Result<()> {
    let what = match change {
        Change::Installed => "installed",
        Change::Chained => "installed; the hook that was there is kept and runs first",
        Change::Unchanged => "is installed already",
        Change::Updated => "brought up to date",
        Change::Removed => "removed",
        Change::Restored => "removed; the hook from before is back",
        Change::Nothing => "none of ours was there",
    };
    line(out, &format!("{}: {what} ({})", stage.as_str(), shown(folder)))
}

fn shown(path: &Path) -> String {
    escape_terminal(&path.to_string_lossy()).into_owned()
}

fn line(out: &mut dyn Write, text: &str) -> Result<()> {
    writeln!(out, "{text}").map_err(Error::Output)
}
