//! Tests of reading gitleaks' configurations.

use std::fs;

use super::{Gitleaks, Target};
use crate::error::{Error, Result};

fn load(text: &str) -> Result<Gitleaks> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(".gitleaks.toml");
    fs::write(&path, text).expect("written");
    Gitleaks::load(&path, None)
}

#[test]
fn rules_and_allowlists_are_read_in_any_spelling_of_keys() {
    let all = load(
        "title = 'x'\n[extend]\nuseDefault = true\ndisabledRules = ['a-b']\n[allowlist]\npaths = ['^docs/']\n\
         [[allowlists]]\ntargetRules = ['r1']\ncondition = 'and'\nregexTarget = 'line'\nregexes = ['x']\nstopwords = ['Ab']\n\
         [[rules]]\nid = 'r1'\ndescription = 'One'\nregex = '''k_([a-z]+)_([0-9]+)'''\nsecretgroup = 2\nentropy = 1.5\nkeywords = ['K_']\n\
         path = '''\\.txt$'''\n[rules.allowlist]\ncommits = ['abc']\n[[rules]]\nid = 'p'\npath = 'id_rsa$'\n[[rules]]\nid = 'aws'\ntags = ['x']\n",
    )
    .expect("good");
    assert!(all.extends_default && all.disabled == ["a-b"], "{all:?}");
    assert_eq!((all.rules.len(), all.files.len(), all.paths.len(), all.allow.len()), (1, 1, 1, 3), "{all:?}");
    assert_eq!((all.rules[0].group, all.rules[0].keywords.as_slice()), (2, ["k_".to_string()].as_slice()));
    assert!(all.allow[0].rules == ["r1"] && all.allow[0].commits == ["abc"]);
    let last = &all.allow[2];
    assert!(last.all && last.target == Target::Line && last.stopwords == ["ab"], "{last:?}");
    assert!(all.notes.is_empty(), "{:?}", all.notes);
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (text, line, words) in [
        ("a = 1\nb = \n", 2, "not TOML"),
        ("\n[[rules]]\nid = 'x'\nregex = '''a++'''\n", 4, "possessive"),
        ("[[rules]]\nid = 'x'\nregex = '''(?=a)'''\n", 3, "looking ahead"),
        ("[[rules]]\nid = 'x'\nregex = '''('''\n", 3, "regular expression"),
        ("[[rules]]\nregex = 'abc'\n", 1, "without an `id`"),
        ("[[rules]]\nid = 'x'\nregex = 'abc'\nsecretGroup = 1\n", 3, "no group 1"),
        ("[[rules]]\nid = 'x'\nregex = 'abc'\n[[rules]]\nid = 'x'\nregex = 'abd'\n", 5, "two rules"),
        ("[[rules]]\nid = 'x'\nregex = 'abc'\nentropy = 'high'\n", 4, "must be a number"),
        ("[allowlist]\nregexes = 'a'\nregexTarget = 'file'\n", 3, "none of secret, match, line"),
        ("[allowlist]\nregexes = ['a']\ncondition = 'XOR'\n", 3, "none of AND, OR"),
        ("[allowlist]\npaths = ['[']\n", 2, "regular expression"),
        ("[allowlist]\npaths = [1]\n", 2, "texts only"),
        ("[extend]\nuseDefault = true\npath = 'x'\n", 3, "cannot be used together"),
    ] {
        match load(text) {
            Err(Error::Config { line: at, problem, .. }) => {
                assert!(at == line && problem.contains(words), "{text}: {at} {problem}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn what_is_not_done_is_said() {
    let all = load("filter = 'x'\n[[rules]]\nid = 'r'\nregex = 'abc'\ntokenEfficiency = true\n[[rules.required]]\nid = 'q'\n[[rules]]\nid = 's'\nentropy = 2\n")
        .expect("good");
    assert_eq!(all.notes.len(), 4, "{:?}", all.notes);
}

#[test]
fn an_extending_file_wins_and_does_not_inherit_what_it_does_not_want() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
    write(
        "a.toml",
        "[extend]\npath = 'b.toml'\ndisabledRules = ['gone']\n[[rules]]\nid = 'x'\nregex = 'mine'\n",
    );
    write(
        "b.toml",
        "[[rules]]\nid = 'x'\nregex = 'theirs'\n[[rules]]\nid = 'gone'\nregex = 'abc'\n[[rules]]\nid = 'kept'\nregex = 'abc'\n",
    );
    let all = Gitleaks::load(&folder.path().join("a.toml"), None).expect("good");
    let rules: Vec<(&str, &str)> = all.rules.iter().map(|r| (&*r.rule.id, r.text.as_str())).collect();
    assert_eq!(rules, [("x", "mine"), ("kept", "abc")]);
    write("c.toml", "[extend]\npath = 'c.toml'\n");
    assert_eq!(Gitleaks::load(&folder.path().join("c.toml"), None).expect("good").notes.len(), 1);
    let other = tempfile::tempdir().expect("a temporary folder");
    assert!(Gitleaks::load(&folder.path().join("a.toml"), Some(other.path())).is_err());
    assert!(Gitleaks::load(&folder.path().join("a.toml"), Some(folder.path())).is_ok());
}

#[test]
fn hostile_files_are_refused_quickly() {
    let started = std::time::Instant::now();
    let many: String = (0..4000)
        .map(|i| format!("[[rules]]\nid = 'r{i}'\nregex = '''\\w{{40}}(a|b{i}){{30}}[a-z]{{90}}'''\n"))
        .collect();
    let _ = load(&many);
    assert!(load(&"[[rules]]\n".repeat(400_000)).is_err());
    assert!(load(&format!("a = {}", "[".repeat(100_000))).is_err());
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
