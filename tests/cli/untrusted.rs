//! `--untrusted`: nothing that a repository brings along silences a finding; without it, all of that is said.

use crate::sandbox::{Sandbox, keyed};

const RULE: &str = "voicgen-live-api-key";

/// A repository that tries everything to keep one key quiet.
fn hostile() -> Sandbox {
    let sandbox = Sandbox::git();
    let text = format!(
        "# keysieve:allow-begin quiet\n# secretlint-disable\n# keysieve:allow-next-line quiet\n\
         VOICGEN_API_KEY={} # keysieve:allow quiet gitleaks:allow pragma: allowlist secret\n# keysieve:allow-end\n",
        keyed(RULE, 1)
    );
    sandbox.file("sub/deep/key.txt", text);
    let config = "exclude: [\"**\"]\ndisable: [Voicgen, \"generic-*\"]\nmin-severity: critical\nconfidence: certain\n\
                  decode: false\nmax-file-size: 1B\nallow:\n  - path: \"**\"\n    reason: quiet\n\
                  severity: {voicgen-live-api-key: info}\npaths: {voicgen-live-api-key: {except: [\"**\"]}}\n\
                  gitleaks-config: .gitleaks.toml\n";
    sandbox.file(
        ".gitleaks.toml",
        "[allowlist]\npaths = ['''.*''']\n[extend]\ndisabledRules = ['voicgen-live-api-key']\n",
    );
    sandbox.run(["baseline", "create", "--no-inline-allow"]).code(0);
    sandbox.file(".keysieve.yml", config).file("sub/.keysieve.yml", "exclude: [\"**\"]\n");
    std::os::unix::fs::symlink("../.keysieve.yml", sandbox.dir.join("sub/deep/.keysieve.yml")).unwrap();
    sandbox.file(".ignore", "*\n").file(".gitignore", "*\n").file("sub/.gitignore", "*\n");
    sandbox.file(".gitattributes", "* -text -diff binary export-ignore linguist-vendored filter=quiet\n");
    sandbox.run_git(["config", "core.excludesFile", ".ignore"]);
    sandbox.run_git(["config", "diff.external", "true"]);
    sandbox.run_git(["add", "-A", "-f"]);
    sandbox
}

#[test]
fn nothing_in_the_repository_silences_a_finding() {
    let sandbox = hostile();
    let quiet = |args: &[&str]| sandbox.run([args, &["-f", "jsonl", "--untrusted"]].concat()).code(1);
    let finds = |args: &[&str]| {
        let findings = quiet(args).findings();
        let found =
            findings.iter().any(|f| f["rule"] == RULE && f["path"].as_str().unwrap().ends_with("key.txt"));
        assert!(found, "{args:?}: {findings:?}");
        assert!(findings.iter().all(|f| f["severity"] != "info"), "{args:?}: {findings:?}");
    };
    finds(&["scan"]);
    finds(&["scan", "sub/deep"]);
    finds(&["scan", "sub/deep/key.txt"]);
    finds(&["staged"]);
    sandbox.run_git(["commit", "-q", "--allow-empty", "-m", "empty", "--only"]);
    sandbox.run_git(["commit", "-q", "-m", "all"]);
    sandbox.run_git(["update-index", "--skip-worktree", "sub/deep/key.txt"]);
    finds(&["scan"]);
    finds(&["diff", "HEAD~1"]);
    finds(&["history"]);
    finds(&["audit"]);
    let mut inside = sandbox.command(crate::sandbox::keysieve());
    inside.args(["scan", "--untrusted"]).current_dir(sandbox.dir.join("sub/deep"));
    inside.env("KEYSIEVE_SKIP", "1").env("SKIP", "keysieve").env("KEYSIEVE_CONFIG", "../../.keysieve.yml");
    sandbox.run_command(&mut inside, b"").code(1).says("key.txt");
}

#[test]
fn without_it_everything_that_was_silenced_is_said() {
    let sandbox = hostile();
    sandbox
        .run(["scan"])
        .code(0)
        .warns("rules switched off: Voicgen, generic-*")
        .warns("below severity critical")
        .warns("over --max-file-size");
    sandbox.file(".keysieve.yml", "allow:\n  - path: \"**\"\n    reason: quiet\n");
    sandbox.run(["scan", "--no-inline-allow"]).code(0).warns("allowed by .keysieve.yml");
    std::fs::remove_file(sandbox.dir.join(".keysieve.yml")).unwrap();
    sandbox.run(["scan"]).code(0).warns("allowed by a comment");
    sandbox.run(["scan", "--no-inline-allow"]).code(0).warns("in the baseline");
    sandbox.run(["scan", "--no-inline-allow", "--baseline", ".keysieve-baseline", "--untrusted"]).code(0);
}
