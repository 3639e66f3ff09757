//! Names that never belong in git, names that do, and what ships to browsers.

use super::{check, environment_of, finding, may_name, path_penalty, ships_to_browsers, weigh};
use crate::model::{BlobPath, Origin, Part, Severity};

fn rule(path: &str) -> Option<&'static str> {
    check(path.as_bytes()).map(|h| h.rule)
}

#[test]
fn what_never_belongs_in_git_is_known_by_its_name() {
    for (path, expected) in [
        (".env", "hygiene-dotenv"),
        ("app/.env.local", "hygiene-dotenv"),
        ("app/.env.test.local", "hygiene-dotenv"),
        (".env.production", "hygiene-dotenv-live"),
        ("deploy/id_rsa", "hygiene-ssh-key"),
        ("ID_RSA", "hygiene-ssh-key"),
        ("certs/Server.P12", "hygiene-key-store"),
        ("home/.gnupg/anything", "hygiene-signing-key"),
        (".aws/credentials", "hygiene-cloud-credentials"),
        ("x/.aws/credentials", "hygiene-cloud-credentials"),
        ("alice_accessKeys.csv", "hygiene-cloud-credentials"),
        ("my-app-firebase-adminsdk-1a2b.json", "hygiene-cloud-credentials"),
        ("infra/terraform.tfstate", "hygiene-terraform-state"),
        ("infra/terraform.tfstate.backup", "hygiene-terraform-state"),
        (".docker/config.json", "hygiene-docker-login"),
        ("config/master.key", "hygiene-vault"),
        ("team.kdbx", "hygiene-password-store"),
        (".zsh_history", "hygiene-history"),
        (".netrc", "hygiene-netrc"),
        (".pypirc", "hygiene-registry-login"),
        ("x/.config/gcloud/a/b", "hygiene-cloud-credentials"),
        ("config/credentials/staging.key", "hygiene-vault"),
        ("safe.opvault/default/x", "hygiene-password-store"),
    ] {
        assert_eq!(rule(path), Some(expected), "{path}");
    }
}

#[test]
fn examples_public_halves_and_ordinary_files_are_left_alone() {
    for path in [
        ".env.example",
        ".env.sample",
        ".env.template",
        ".env.dist",
        ".env.test",
        ".env.development",
        ".environment",
        "env",
        "app.env",
        "id_rsa.pub",
        "id_rsa.md",
        "docs/.env.md",
        "server.pem",
        "server.crt",
        ".npmrc",
        "credentials",
        "config.json",
        "aws/credentials",
        "docker/config.json",
        "xdebug.keystore.txt",
        "debug.keystore",
        "secrets.yml.enc",
        ".env.vault",
        ".env.gpg",
        "terraform.tfvars.example",
        "src/main.rs",
        "kubeconfig.yaml",
        "app.log",
        "",
        "p12",
        ".p12",
        "a.wallets",
        "\u{fffd}",
        ".azure/pipelines.yml",
        ".netlify/functions/a.js",
        "tools/vault-password-client.py",
        "config/gcloud/a",
        "credentials/a.key",
    ] {
        assert_eq!(rule(path), None, "{path}");
    }
    assert!(check(b"\xff/.env").is_none());
}

#[test]
fn a_finding_is_bound_to_its_path() {
    let kind = check(b".env").expect("known");
    let of = |path: &str| {
        finding(kind, Origin::File(BlobPath::new(b"x"), Part::Content), path.as_bytes(), Severity::High)
    };
    assert_ne!(of(".env").fingerprint(), of("a/.env").fingerprint());
    assert!(of(".env").remedy.about.contains("`.env.*.local`"));
}

#[test]
fn the_lines_for_gitignore_cover_the_file() {
    let lines = |path: &str| check(path.as_bytes()).expect(path).ignore_lines(path.as_bytes()).join(" ");
    assert_eq!(lines("a/.env.local"), ".env .env.local .env.*.local");
    assert_eq!(lines(".env.prod"), ".env.* !.env.example");
    assert_eq!(
        (lines("a/b.p12"), lines("a/B.P12"), lines("ID_RSA")),
        ("*.p12".into(), "B.P12".into(), "ID_RSA".into())
    );
    assert_eq!(
        (lines("x/.aws/credentials"), lines("x/.gnupg/a/b")),
        ("**/.aws/credentials".into(), ".gnupg/".into())
    );
}

#[test]
fn names_of_files_and_folders_can_be_asked_for_alone() {
    for name in [".env", "id_rsa", "credentials", "gcloud", ".gnupg", "master.key", "safe.opvault"] {
        assert!(may_name(name.as_bytes()), "{name}");
    }
    assert!(!may_name(b"main.rs") && !may_name(b"src") && !may_name(b"\xff"));
}

#[test]
fn content_and_place_decide_how_bad_it_is() {
    let of = |path: &str, content: &str| {
        weigh(check(path.as_bytes()).expect(path), path.as_bytes(), Some(content.as_bytes()))
    };
    assert_eq!(of(".env", "KEY=0a1b2c3d4e5f\n"), Some(Severity::High));
    assert_eq!(of(".env", "PORT=3000\n"), Some(Severity::Low));
    assert_eq!(of("tests/id_rsa", "x"), Some(Severity::Low));
    assert_eq!(of("lang/en/auth.json", "{}"), None);
    assert_eq!(of("etc/shadow", "root:$6$a$b:1"), Some(Severity::High));
    assert_eq!(weigh(check(b".env").expect("known"), b".env", None), Some(Severity::High));
}

#[test]
fn test_folders_make_judged_values_less_sure() {
    assert_eq!(
        (path_penalty(b"src/a.rs"), path_penalty(b"tests/a.rs"), path_penalty(b"a/fixtures/x.json")),
        (0, 12, 15)
    );
    assert_eq!(
        (path_penalty(b"a/login_test.go"), path_penalty(b"latest/a.rs"), path_penalty(b".env.example")),
        (12, 0, 15)
    );
}

#[test]
fn what_ships_to_browsers_is_known_by_variable_and_folder() {
    assert!(ships_to_browsers(b"a.ts", Some("NEXT_PUBLIC_KEY")) && ships_to_browsers(b"a", Some("VITE_X")));
    assert!(ships_to_browsers(b"public/app.js", None) && ships_to_browsers(b"dist/app.min.js", None));
    assert!(
        !ships_to_browsers(b"src/app.js", Some("API_KEY")) && !ships_to_browsers(b"public/readme.md", None)
    );
    assert!(!ships_to_browsers(b"src/public.js", Some("VITE_")));
}

#[test]
fn environments_are_read_from_names() {
    assert_eq!(environment_of("STRIPE_DEV_KEY"), Some(("development", "STRIPE_KEY".into())));
    assert_eq!(environment_of("stripe_key_prod"), Some(("production", "STRIPE_KEY".into())));
    assert_eq!(environment_of("DEVICE_KEY"), None);
}
