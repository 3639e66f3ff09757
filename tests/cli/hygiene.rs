//! Files that never belong in git: each name, in every mode, in both directions.

use std::collections::BTreeMap;

use crate::sandbox::{Ran, Sandbox};

/// Names with the content that they need to count, and the start of the rule that is to know them.
const NAMES: &[(&str, &str, &str)] = &[
    (".env", "A_KEY=0a1b2c3d4e5f\n", "dotenv"),
    (".env.local", "A_KEY=0a1b2c3d4e5f\n", "dotenv"),
    (".env.test.local", "A_KEY=0a1b2c3d4e5f\n", "dotenv"),
    (".env.production", "x\n", "dotenv-live"),
    (".env.staging", "x\n", "dotenv-live"),
    (".env.prod", "x\n", "dotenv-live"),
    (".dev.vars", "x\n", "platform"),
    (".vercel/project", "x\n", "platform"),
    (".netlify/state.json", "x\n", "platform"),
    (".wrangler/state", "x\n", "platform"),
    ("local.settings.json", "{}\n", "platform"),
    ("id_rsa", "x\n", "ssh-key"),
    ("id_dsa", "x\n", "ssh-key"),
    ("id_ecdsa", "x\n", "ssh-key"),
    ("id_ed25519", "x\n", "ssh-key"),
    ("id_ecdsa_sk", "x\n", "ssh-key"),
    ("id_ed25519_sk", "x\n", "ssh-key"),
    ("a.p12", "x\n", "key-store"),
    ("a.pfx", "x\n", "key-store"),
    ("a.jks", "x\n", "key-store"),
    ("a.keystore", "x\n", "key-store"),
    ("a.bks", "x\n", "key-store"),
    ("a.pkcs12", "x\n", "key-store"),
    ("a.ppk", "x\n", "key-store"),
    ("AuthKey.p8", "x\n", "signing-key"),
    ("secring.gpg2", "x\n", "signing-key"),
    (".gnupg/trustdb", "x\n", "signing-key"),
    ("private-keys-v1.d/a.key2", "x\n", "signing-key"),
    ("a.agekey", "x\n", "signing-key"),
    (".pypirc", "x\n", "registry"),
    (".gem/credentials", "x\n", "registry"),
    (".cargo/credentials", "x\n", "registry"),
    (".cargo/credentials.toml", "x\n", "registry"),
    ("auth.json", "{\"http-basic\": {}}\n", "registry"),
    (".netrc", "x\n", "netrc"),
    ("_netrc", "x\n", "netrc"),
    (".git-credentials", "x\n", "netrc"),
    (".pgpass", "x\n", "database"),
    ("pgpass.conf", "x\n", "database"),
    (".my.cnf", "x\n", "database"),
    (".mylogin.cnf", "x\n", "database"),
    (".mongorc.js", "x\n", "database"),
    (".dbshell", "x\n", "database"),
    (".aws/credentials", "x\n", "cloud"),
    (".aws/config", "x\n", "cloud"),
    ("credentials.csv", "x\n", "cloud"),
    ("ada_accessKeys.csv", "x\n", "cloud"),
    ("rootkey.csv", "x\n", "cloud"),
    ("credentials.json", "{\"private_key\": \"x\"}\n", "cloud"),
    ("client_secret_1.json", "x\n", "cloud"),
    ("token.json", "{\"refresh_token\": \"x\"}\n", "cloud"),
    ("token.pickle", "x\n", "cloud"),
    ("application_default_credentials.json", "x\n", "cloud"),
    ("my-service-account.json", "x\n", "cloud"),
    ("serviceaccount-1.json", "x\n", "cloud"),
    ("gcp-key-1.json", "x\n", "cloud"),
    ("app-firebase-adminsdk-1a2b.json", "x\n", "cloud"),
    (".azure/clouds.config", "x\n", "cloud"),
    ("accessTokens.json", "x\n", "cloud"),
    ("azureProfile.json", "x\n", "cloud"),
    ("msal_token_cache.bin", "x\n", "cloud"),
    ("a.publishsettings", "x\n", "cloud"),
    ("A.PublishSettings", "x\n", "cloud"),
    ("a.pubxml.user", "x\n", "cloud"),
    (".config/gcloud/access_tokens", "x\n", "cloud"),
    ("credentials.db", "x\n", "cloud"),
    ("legacy_credentials/a", "x\n", "cloud"),
    (".oci/config", "x\n", "cloud"),
    (".bluemix/config.json", "x\n", "cloud"),
    (".aliyun/config.json", "x\n", "cloud"),
    (".tccli/default.credential", "x\n", "cloud"),
    (".config/doctl/config", "x\n", "cloud"),
    (".config/hcloud/cli.toml", "x\n", "cloud"),
    (".fly/config.yml", "x\n", "cloud"),
    (".heroku/a", "x\n", "cloud"),
    (".kaggle/kaggle.json", "x\n", "cloud"),
    (".databrickscfg", "x\n", "cloud"),
    (".snowsql/config", "x\n", "cloud"),
    (".s3cfg", "x\n", "cloud"),
    (".boto", "x\n", "cloud"),
    (".passwd-s3fs", "x\n", "cloud"),
    ("rclone.conf", "x\n", "cloud"),
    (".edgerc", "x\n", "cloud"),
    ("terraform.tfstate", "x\n", "terraform-state"),
    ("a.tfstate.backup", "x\n", "terraform-state"),
    ("a.tfstate.1700000000", "x\n", "terraform-state"),
    ("a.tfplan", "x\n", "terraform-state"),
    (".terraform/environment", "x\n", "terraform-files"),
    (".terraformrc", "x\n", "terraform-files"),
    ("terraform.rc", "x\n", "terraform-files"),
    ("credentials.tfrc.json", "x\n", "cloud"),
    ("crash.log", "x\n", "tool-log"),
    (".pulumi/credentials.json", "x\n", "cloud"),
    ("kubeconfig", "x\n", "kubeconfig"),
    (".kube/config", "x\n", "kubeconfig"),
    ("a.kubeconfig", "x\n", "kubeconfig"),
    ("admin.conf", "users:\n- user:\n    client-key-data: x\n", "kubeconfig"),
    ("kubelet.conf", "x\n", "kubeconfig"),
    (".docker/config.json", "x\n", "docker"),
    (".dockercfg", "x\n", "docker"),
    ("dockerconfigjson", "x\n", "docker"),
    (".vault-token", "x\n", "vault"),
    ("vault-init.json", "x\n", "vault"),
    ("unseal-keys.txt", "x\n", "vault"),
    ("recovery-keys.txt", "x\n", "vault"),
    (".vault_pass", "x\n", "vault"),
    ("vault-password-file", "x\n", "vault"),
    (".vault-password", "x\n", "vault"),
    (".htpasswd", "x\n", "password-file"),
    ("htpasswd", "x\n", "password-file"),
    ("shadow", "root:$6$a$b:1:2\n", "password-file"),
    ("master.passwd", "x\n", "password-file"),
    ("NTDS.dit", "x\n", "password-file"),
    ("a.kdbx", "x\n", "password-store"),
    ("a.kdb", "x\n", "password-store"),
    ("a.psafe3", "x\n", "password-store"),
    ("a.agilekeychain/data", "x\n", "password-store"),
    ("a.opvault/default", "x\n", "password-store"),
    ("a.1pif", "x\n", "password-store"),
    ("a.1pux", "x\n", "password-store"),
    ("login.keychain", "x\n", "password-store"),
    ("login.keychain-db", "x\n", "password-store"),
    ("logins.json", "x\n", "password-store"),
    ("key4.db", "x\n", "password-store"),
    ("Login Data", "x\n", "password-store"),
    ("bitwarden_export_1.json", "x\n", "password-store"),
    ("lastpass_1.csv", "x\n", "password-store"),
    ("passwords.csv", "x\n", "password-store"),
    ("wallet.dat", "x\n", "wallet"),
    ("keystore/UTC--2021-01-01T00-00-00--ab", "x\n", "wallet"),
    ("a.wallet", "x\n", "wallet"),
    ("config/master.key", "x\n", "vault"),
    ("config/credentials/production.key", "x\n", "vault"),
    ("proftpdpasswd", "x\n", "client-login"),
    ("sftp-config.json", "x\n", "client-login"),
    (".ftpconfig", "x\n", "client-login"),
    (".ftppass", "x\n", "client-login"),
    ("filezilla.xml", "x\n", "client-login"),
    ("recentservers.xml", "x\n", "client-login"),
    ("sitemanager.xml", "x\n", "client-login"),
    ("WinSCP.ini", "x\n", "client-login"),
    (".vscode/sftp.json", "x\n", "client-login"),
    ("ws_ftp.ini", "x\n", "client-login"),
    ("robomongo.json", "x\n", "client-login"),
    (".remote-sync.json", "x\n", "client-login"),
    (".idea/dataSources.local.xml", "x\n", "client-login"),
    (".bash_history", "x\n", "history"),
    (".zsh_history", "x\n", "history"),
    (".psql_history", "x\n", "history"),
    (".mysql_history", "x\n", "history"),
    (".python_history", "x\n", "history"),
    (".node_repl_history", "x\n", "history"),
    (".irb_history", "x\n", "history"),
    ("ConsoleHost_history.txt", "x\n", "history"),
    ("a.hprof", "x\n", "memory-dump"),
    ("a.dmp", "x\n", "memory-dump"),
    ("a.har", "x\n", "memory-dump"),
    ("a.saz", "x\n", "memory-dump"),
    ("heapdump-1", "x\n", "memory-dump"),
    ("npm-debug.log", "x\n", "tool-log"),
    ("yarn-error.log", "x\n", "tool-log"),
    ("dump.rdb", "x\n", "database-dump"),
    (
        "backup.sql",
        "-- MySQL dump 10\nCREATE TABLE users (password text);\nINSERT INTO users VALUES (1);\n",
        "database-dump",
    ),
];

/// Names that are meant to be committed, or whose content here says nothing.
const FINE: &[&str] = &[
    ".env.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    "app/.env.example",
    ".env.test",
    ".env.development",
    "terraform.tfvars.example",
    "id_rsa.pub",
    "id_ed25519.pub",
    "server.crt",
    "debug.keystore",
    "secrets.yml.enc",
    ".terraform.lock.hcl",
    "package-lock.json",
    "google-services.json",
    "lang/en/auth.json",
    "locale/token.json",
    "schema.sql",
    "app.log",
    ".azure/pipelines.yml",
    ".netlify/functions/hello.js",
    "docs/kubeconfig.md",
    "vault-password-client.py",
    "etc/passwd",
    "data/seeds.txt",
    "items/id.json",
    ".npmrc",
    "settings.xml",
    ".vscode/settings.json",
];

/// All names, each in a folder of its own.
fn all() -> Sandbox {
    let sandbox = Sandbox::git();
    for (i, (name, content, _)) in NAMES.iter().enumerate() {
        sandbox.file(format!("{i:03}/{name}"), content);
    }
    for (i, name) in FINE.iter().enumerate() {
        sandbox.file(format!("f{i:02}/{name}"), "nothing\n");
    }
    sandbox
}

/// That each name was found once, by its rule, and nothing else; returns severities.
#[track_caller]
fn each_is_found(ran: &Ran, folder_names: bool) {
    let mut by_path: BTreeMap<String, String> = BTreeMap::new();
    for finding in ran.findings() {
        let path = finding["path"].as_str().unwrap().to_owned();
        let rule = finding["rule"].as_str().unwrap().to_owned();
        assert!(!path.starts_with('f'), "{finding}");
        assert!(finding["secret"] == "", "{finding}");
        by_path.insert(path, rule);
    }
    for (i, (name, content, rule)) in NAMES.iter().enumerate() {
        let path = format!("{i:03}/{name}");
        let folder = path.rsplit_once('/').unwrap().0;
        let known = by_path.get(&path).or_else(|| by_path.get(folder).filter(|_| folder_names));
        // The history knows names, not contents, and not what else lies in a folder.
        let unsure = (content.len() > 2 && !name.starts_with(".env")) || name.contains('/');
        if known.is_none() && folder_names && unsure {
            continue;
        }
        let known = known.unwrap_or_else(|| panic!("{path} is not found"));
        assert!(known.starts_with(&format!("hygiene-{rule}")), "{path}: {known}");
    }
}

#[test]
fn each_name_is_found_where_it_is_tracked() {
    let sandbox = all();
    sandbox.run_git(["add", "-A", "-f"]);
    each_is_found(&sandbox.run(["scan", "--format", "jsonl"]).code(1), false);
    each_is_found(&sandbox.run(["staged", "--format", "jsonl"]).code(1), false);
    sandbox.commit("all");
    sandbox.run(["staged"]).code(0);
    each_is_found(&sandbox.run(["audit", "--format", "jsonl"]).code(1), false);
    each_is_found(&sandbox.run(["history", "--format", "jsonl"]).code(1), true);
}

#[test]
fn what_was_once_committed_stands_in_the_history() {
    let sandbox = all();
    sandbox.run_git(["add", "-A", "-f"]);
    sandbox.commit("all");
    sandbox.run_git(["rm", "-rq", "."]);
    sandbox.commit("gone");
    sandbox.run(["scan"]).code(0);
    for mode in ["history", "audit"] {
        let ran = sandbox.run([mode, "--format", "jsonl"]).code(1);
        each_is_found(&ran, true);
        assert!(ran.findings().iter().all(|f| f["in_head"] == false && f["author"] == "Ada Example"));
    }
    sandbox.run(["history", "--disable", "hygiene"]).code(0);
}

#[test]
fn untracked_names_are_warned_of_and_the_line_helps() {
    let sandbox = all();
    let ran = sandbox.run(["scan"]).code(0);
    let mut lines = String::new();
    for (i, (name, ..)) in NAMES.iter().enumerate() {
        let start = format!("{i:03}/{name}: ");
        let note =
            ran.err.lines().find(|l| l.contains(&start)).unwrap_or_else(|| panic!("{start}{}", ran.err));
        let line = note.split_once("add `").unwrap().1.split_once("` to .gitignore").unwrap().0;
        lines.extend(line.split("`, `").map(|l| format!("{l}\n")));
    }
    assert!(FINE.iter().enumerate().all(|(i, name)| !ran.err.contains(&format!("f{i:02}/{name}: "))));
    sandbox.file(".gitignore", &lines);
    let ran = sandbox.run(["scan"]).code(0);
    assert!(!ran.err.contains(".gitignore"), "{}", ran.err);
    assert_eq!(sandbox.run_git(["status", "--porcelain", "-uall", "--", ":/f00"]), "?? f00/.env.example");
}

#[test]
fn a_file_is_the_same_file_from_wherever_it_is_looked_at() {
    let sandbox = Sandbox::git();
    sandbox.file("app/.env", "A_KEY=0a1b2c3d4e5f\n").commit("oops");
    let fingerprint = |ran: Ran| ran.findings()[0]["fingerprint"].as_str().unwrap().to_owned();
    let of_root = fingerprint(sandbox.run(["scan", "--format", "jsonl"]));
    assert_eq!(fingerprint(sandbox.run(["history", "--format", "jsonl"])), of_root);
    let mut inside = sandbox.command(crate::sandbox::keysieve());
    inside.args(["scan", "--format", "jsonl"]).current_dir(sandbox.dir.join("app"));
    assert_eq!(fingerprint(sandbox.run_command(&mut inside, b"")), of_root);
    sandbox.run(["baseline", "create"]).code(0);
    for mode in ["scan", "history", "audit"] {
        sandbox.run([mode]).code(0);
    }
}

#[test]
fn tracked_and_ignored_at_once_counts_and_an_empty_file_too() {
    let sandbox = Sandbox::git();
    sandbox.file(".gitignore", ".env\n").file(".env", "");
    sandbox.run_git(["add", "-f", ".env", ".gitignore"]);
    sandbox.run(["scan"]).code(1).says("git rm --cached");
    sandbox.run(["staged"]).code(1).says("hygiene-dotenv");
    sandbox.commit("x");
    sandbox.file("b/id_rsa", "x\n").commit("y");
    sandbox.run(["diff", "HEAD~1"]).code(1).says("hygiene-ssh-key").hides("hygiene-dotenv");
}

#[test]
fn hygiene_can_be_asked_for_alone() {
    let sandbox = Sandbox::git();
    let key = crate::sandbox::key("voicgen-live-api-key");
    sandbox.file("id_rsa", "x\n").file("a.txt", format!("VOICGEN_API_KEY={key}\n")).commit("x");
    let rules = |ran: Ran| ran.findings().iter().map(|f| f["rule"].to_string()).collect::<Vec<_>>();
    let only = ["\"hygiene-ssh-key\""];
    assert_eq!(rules(sandbox.run(["scan", "-f", "jsonl", "--only", "hygiene"])), only);
    assert_eq!(rules(sandbox.run(["scan", "-f", "jsonl", "--only", "hygiene-ssh-key"])), only);
    sandbox.run(["scan", "--only", "hygiene-netrc"]).code(0);
    sandbox.file(".keysieve.yml", "only: [hygiene-ssh-key]\n");
    assert_eq!(rules(sandbox.run(["scan", "-f", "jsonl"])), only);
    sandbox.run(["scan", "--only", "hygiene-nothing"]).code(2);
}
