//! Which files never belong in git: a table of names, by what their makers say about them.
//!
//! Only names whose content is secret by nature or by convention. Files that are often harmless (`*.sql`, `*.log`,
//! `wp-config.php`, `.npmrc`, `*.pem`) are left to the rules, which look at their content.

use crate::model::Severity;

/// A kind of file that never belongs in git.
#[derive(Debug)]
pub struct Hygiene {
    /// The rule's id.
    pub rule: &'static str,
    /// What it is, in words.
    pub name: &'static str,
    /// How bad it is when it is tracked.
    pub severity: Severity,
    /// Why, in one sentence.
    pub why: &'static str,
    /// Name patterns in lower case: a name (`*` for any characters), the end of a path (with `/` in it), or a folder
    /// (with `/` at its end).
    pub names: &'static [&'static str],
    /// The lines for .gitignore.
    pub ignore: &'static [&'static str],
}

const fn kind(
    rule: &'static str,
    name: &'static str,
    severity: Severity,
    why: &'static str,
    files: (&'static [&'static str], &'static [&'static str]),
) -> Hygiene {
    Hygiene { rule, name, severity, why, names: files.0, ignore: files.1 }
}

use Severity::{Critical, High, Medium};

/// The kinds; the first that a name fits counts.
pub(super) const KINDS: &[Hygiene] = &[
    kind(
        "hygiene-dotenv-live",
        "environment file of a live system",
        Critical,
        "It holds the live values of a system.",
        (&[".env.production", ".env.staging", ".env.prod", ".env.live"], &[".env.*", "!.env.example"]),
    ),
    kind(
        "hygiene-dotenv",
        "environment file",
        High,
        "Frameworks read run-time secrets from it and list it as untracked themselves.",
        (
            &[".env", ".env.local", ".env.*.local", ".env.secret", ".env.secrets"],
            &[".env", ".env.local", ".env.*.local"],
        ),
    ),
    kind(
        "hygiene-platform-secrets",
        "local secrets of a platform's tools",
        High,
        "The platform's tools keep secrets for local runs in it.",
        (&[".dev.vars", ".dev.vars.*", "local.settings.json"], &[".dev.vars*", "local.settings.json"]),
    ),
    kind(
        "hygiene-ssh-key",
        "SSH private key",
        Critical,
        "A private key opens every machine that trusts it.",
        (
            &["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "id_ecdsa_sk", "id_ed25519_sk", "id_xmss"],
            &["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"],
        ),
    ),
    kind(
        "hygiene-key-store",
        "key store",
        High,
        "It holds private keys, protected by a password at best.",
        (
            &[
                "*.p12",
                "*.pfx",
                "*.pkcs12",
                "*.jks",
                "*.keystore",
                "*.bks",
                "*.ppk",
                "*.p8",
                "*.agekey",
                "secring.*",
                ".gnupg/",
                "private-keys-v1.d/",
            ],
            &["*.p12", "*.pfx", "*.jks", "*.keystore", "*.ppk", "*.p8"],
        ),
    ),
    kind(
        "hygiene-registry-login",
        "login of a package registry",
        Critical,
        "Who holds it can publish packages in your name.",
        (
            &[".pypirc", ".gem/credentials", ".cargo/credentials", ".cargo/credentials.toml"],
            &[".pypirc", ".gem/", ".cargo/credentials*"],
        ),
    ),
    kind(
        "hygiene-netrc",
        "stored logins of git and other network programs",
        Critical,
        "It holds user names with passwords or tokens in clear.",
        (&[".netrc", "_netrc", ".git-credentials"], &[".netrc", "_netrc", ".git-credentials"]),
    ),
    kind(
        "hygiene-database-login",
        "stored database password",
        High,
        "Database clients read passwords from it.",
        (
            &[".pgpass", "pgpass.conf", ".my.cnf", ".mylogin.cnf", ".mongorc.js"],
            &[".pgpass", ".my.cnf", ".mylogin.cnf"],
        ),
    ),
    kind(
        "hygiene-cloud-credentials",
        "credentials of a cloud account",
        Critical,
        "A cloud provider's tools keep the account's keys or tokens in it.",
        (
            &[
                ".aws/credentials",
                "*_accesskeys.csv",
                "rootkey.csv",
                "application_default_credentials.json",
                "firebase-adminsdk-*.json",
                "*-firebase-adminsdk-*.json",
                "client_secret*.json",
                "token.pickle",
                ".azure/accesstokens.json",
                "msal_token_cache.*",
                "*.publishsettings",
                ".config/gcloud/",
                "legacy_credentials/",
                ".oci/config",
                ".aliyun/config.json",
                ".config/doctl/config.yaml",
                ".config/hcloud/cli.toml",
                ".kaggle/kaggle.json",
                "kaggle.json",
                ".databrickscfg",
                ".snowsql/config",
                ".s3cfg",
                ".boto",
                ".passwd-s3fs",
                "rclone.conf",
                ".edgerc",
                "credentials.tfrc.json",
                ".pulumi/credentials.json",
            ],
            &[
                ".aws/",
                "*_accessKeys.csv",
                "client_secret*.json",
                "*-firebase-adminsdk-*.json",
                ".config/gcloud/",
                ".s3cfg",
                "rclone.conf",
            ],
        ),
    ),
    kind(
        "hygiene-terraform-state",
        "Terraform state",
        Critical,
        "It holds every attribute in clear, passwords and keys included.",
        (&["*.tfstate", "*.tfstate.backup", "*.tfplan"], &["*.tfstate", "*.tfstate.*", "*.tfplan"]),
    ),
    kind(
        "hygiene-kubeconfig",
        "access to a Kubernetes cluster",
        Critical,
        "It holds client keys or tokens of a cluster.",
        (
            &["kubeconfig", "*.kubeconfig", ".kube/config", "kubelet.conf"],
            &["kubeconfig", "*.kubeconfig", ".kube/"],
        ),
    ),
    kind(
        "hygiene-docker-login",
        "login of a container registry",
        Critical,
        "It holds registry logins, encoded but not encrypted.",
        (&[".docker/config.json", ".dockercfg", ".dockerconfigjson"], &[".docker/config.json", ".dockercfg"]),
    ),
    kind(
        "hygiene-vault",
        "key of a secret store",
        Critical,
        "It opens a store of other secrets.",
        (
            &[
                ".vault-token",
                "vault-init.json",
                ".vault_pass",
                ".vault_pass.txt",
                ".vault-password",
                "vault-password.txt",
                "master.key",
                "credentials/production.key",
                "credentials/staging.key",
            ],
            &[".vault-token", ".vault_pass*", "/config/master.key", "/config/credentials/*.key"],
        ),
    ),
    kind(
        "hygiene-password-store",
        "password store",
        Critical,
        "It holds many passwords at once.",
        (
            &[
                "*.kdbx",
                "*.kdb",
                "*.psafe3",
                "*.agilekeychain",
                "*.opvault",
                "*.1pif",
                "*.1pux",
                "*.keychain",
                "*.keychain-db",
                "key4.db",
                "logins.json",
                "login data",
                "bitwarden*export*.json",
                "lastpass*.csv",
                "passwords.csv",
            ],
            &["*.kdbx", "*.psafe3", "*.1pif", "*.1pux"],
        ),
    ),
    kind(
        "hygiene-password-file",
        "file of password hashes",
        High,
        "Hashes of weak passwords are found by trying.",
        (&[".htpasswd", "htpasswd", "proftpdpasswd", "master.passwd", "ntds.dit"], &[".htpasswd"]),
    ),
    kind(
        "hygiene-wallet",
        "cryptocurrency wallet",
        Critical,
        "Who holds it holds the money.",
        (&["wallet.dat", "utc--20*--*", "*.wallet"], &["wallet.dat", "UTC--*"]),
    ),
    kind(
        "hygiene-client-login",
        "stored logins of a file transfer client",
        High,
        "The client stores passwords in it.",
        (
            &[
                "sftp-config.json",
                ".ftpconfig",
                ".ftppass",
                "filezilla.xml",
                "recentservers.xml",
                "sitemanager.xml",
                "winscp.ini",
                ".vscode/sftp.json",
                "ws_ftp.ini",
                ".remote-sync.json",
                "confcons.xml",
                ".idea/datasources.local.xml",
                ".idea/webservers.xml",
            ],
            &[
                "sftp-config.json",
                ".ftpconfig",
                ".vscode/sftp.json",
                ".idea/dataSources.local.xml",
                ".idea/webServers.xml",
            ],
        ),
    ),
    kind(
        "hygiene-history",
        "history of typed commands",
        High,
        "People type passwords and tokens into commands.",
        (
            &[
                ".bash_history",
                ".zsh_history",
                ".psql_history",
                ".mysql_history",
                ".python_history",
                ".node_repl_history",
                ".irb_history",
                ".rediscli_history",
                "consolehost_history.txt",
            ],
            &[".*_history"],
        ),
    ),
    kind(
        "hygiene-memory-dump",
        "dump of a program's memory or traffic",
        Medium,
        "Memory and recorded traffic hold tokens and passwords in clear.",
        (&["*.hprof", "*.dmp", "*.har", "*.saz"], &["*.hprof", "*.dmp", "*.har"]),
    ),
];
