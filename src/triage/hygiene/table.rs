//! Which files never belong in git: a table of names, by what their makers say about them.
//!
//! Only names whose content is secret by nature or by convention. Files that are often harmless (`*.log`, `*.pcap`,
//! `wp-config.php`, `.npmrc`, `*.pem`) are left to the rules, which look at their content; where a name is common
//! elsewhere too, the content has a say here (decision 0100).

use crate::model::Severity;

use super::content::Needs;

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
    /// Name patterns, met in any case of letters: a name (`*` for any characters), the end of a path (with `/` in it),
    /// or a folder (with `/` at its end). As written they are lines for .gitignore.
    pub(super) names: &'static [&'static str],
    /// The lines for .gitignore, where they are not the pattern itself.
    pub(super) lines: &'static [&'static str],
    /// What else must hold, where a name alone says too little.
    pub(super) needs: Needs,
}

pub(super) const fn kind(
    rule: &'static str,
    name: &'static str,
    severity: Severity,
    why: &'static str,
    names: &'static [&'static str],
) -> Hygiene {
    Hygiene { rule, name, severity, why, names, lines: &[], needs: Needs::Name }
}

impl Hygiene {
    pub(super) const fn needing(mut self, needs: Needs) -> Hygiene {
        self.needs = needs;
        self
    }

    const fn ignored_by(mut self, lines: &'static [&'static str]) -> Hygiene {
        self.lines = lines;
        self
    }
}

use Severity::{Critical, High, Medium};

/// Environment files, keys, and logins of one person or program.
pub(super) const LOGINS: &[Hygiene] = &[
    kind(
        "hygiene-dotenv-live",
        "environment file of a live system",
        Critical,
        "It holds the live values of a system.",
        &[".env.production", ".env.staging", ".env.prod", ".env.live"],
    )
    .ignored_by(&[".env.*", "!.env.example"]),
    kind(
        "hygiene-dotenv",
        "environment file",
        High,
        "Frameworks read run-time secrets from it and list it as untracked themselves.",
        &[".env", ".env.local", ".env.*.local", ".env.secret", ".env.secrets"],
    )
    .ignored_by(&[".env", ".env.local", ".env.*.local"]),
    kind(
        "hygiene-platform-secrets",
        "local secrets of a platform's tools",
        High,
        "The platform's tools keep secrets for local runs in it.",
        &[".dev.vars", ".dev.vars.*", "local.settings.json", ".vercel/", ".netlify/", ".wrangler/"],
    ),
    kind(
        "hygiene-ssh-key",
        "SSH private key",
        Critical,
        "A private key opens every machine that trusts it.",
        &["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "id_ecdsa_sk", "id_ed25519_sk", "id_xmss"],
    ),
    kind(
        "hygiene-signing-key",
        "private key",
        Critical,
        "Who holds it signs, decrypts or publishes in your name.",
        &["*.p8", "*.agekey", "secring.*", ".gnupg/", "private-keys-v1.d/"],
    ),
    kind(
        "hygiene-signing-key",
        "private key",
        Critical,
        "Who holds it decrypts what was meant for you.",
        &["key.txt", "keys.txt"],
    )
    .needing(Needs::Any(&["age-secret-key-"])),
    kind(
        "hygiene-key-store",
        "key store",
        High,
        "It holds private keys, protected by a password at best.",
        &["*.p12", "*.pfx", "*.pkcs12", "*.jks", "*.keystore", "*.bks", "*.ppk"],
    ),
    kind(
        "hygiene-registry-login",
        "login of a package registry",
        Critical,
        "Who holds it can publish packages in your name.",
        &[".pypirc", ".gem/credentials", ".cargo/credentials", ".cargo/credentials.toml"],
    ),
    kind(
        "hygiene-registry-login",
        "login of a package registry",
        High,
        "Composer keeps tokens and passwords of registries in it.",
        &["auth.json"],
    )
    .needing(Needs::TopOr(&[
        "\"github-oauth\"",
        "\"gitlab-token\"",
        "\"http-basic\"",
        "\"bitbucket-oauth\"",
    ])),
    kind(
        "hygiene-netrc",
        "stored logins of git and other network programs",
        Critical,
        "It holds user names with passwords or tokens in clear.",
        &[".netrc", "_netrc", ".git-credentials"],
    ),
    kind(
        "hygiene-database-login",
        "stored database password",
        High,
        "Database clients read passwords from it.",
        &[".pgpass", "pgpass.conf", ".my.cnf", ".mylogin.cnf", ".mongorc.js", ".dbshell"],
    ),
    kind(
        "hygiene-client-login",
        "stored logins of a file transfer client",
        High,
        "The client stores passwords in it.",
        &[
            "proftpdpasswd",
            "sftp-config.json",
            ".ftpconfig",
            ".ftppass",
            "filezilla.xml",
            "recentservers.xml",
            "sitemanager.xml",
            "WinSCP.ini",
            ".vscode/sftp.json",
            "ws_ftp.ini",
            "robomongo.json",
            ".remote-sync.json",
            "confCons.xml",
            ".idea/dataSources.local.xml",
            ".idea/webServers.xml",
        ],
    ),
    kind(
        "hygiene-client-login",
        "stored logins of a file transfer client",
        High,
        "The client stores passwords in it.",
        &["deployment-config.json"],
    )
    .needing(Needs::TopOr(&["\"password\"", "\"passphrase\"", "\"privatekey\""])),
    kind(
        "hygiene-history",
        "history of typed commands",
        High,
        "People type passwords and tokens into commands.",
        &[
            ".bash_history",
            ".zsh_history",
            ".psql_history",
            ".mysql_history",
            ".python_history",
            ".node_repl_history",
            ".irb_history",
            ".rediscli_history",
            "ConsoleHost_history.txt",
        ],
    ),
    kind(
        "hygiene-memory-dump",
        "dump of a program's memory or traffic",
        High,
        "Memory and recorded traffic hold tokens and passwords in clear.",
        &["*.hprof", "*.dmp", "*.har", "*.saz", "heapdump*"],
    ),
    kind(
        "hygiene-tool-log",
        "log of a tool that failed",
        Medium,
        "Tools write their environment, arguments and requests into it when they fail.",
        &["npm-debug.log", "yarn-error.log", "crash.log"],
    ),
    kind(
        "hygiene-database-dump",
        "copy of a database",
        High,
        "It holds the accounts of people with their password hashes.",
        &["*.sql", "*.dump", "*.bak", "*.sqlite", "*.sqlite3", "*.db", "*.mdb"],
    )
    .needing(Needs::Users),
    kind(
        "hygiene-database-dump",
        "copy of a database",
        Medium,
        "It holds everything that a database held at one moment.",
        &["dump.rdb"],
    ),
];
