//! Files of settings that are in use: where a password that everybody knows opens something.

/// Ends of the names of files that hold settings.
const ENDS: &[&str] = &[
    ".env",
    ".yml",
    ".yaml",
    ".properties",
    ".ini",
    ".conf",
    ".cnf",
    ".cfg",
    ".toml",
    ".config",
    ".tfvars",
    ".tf",
];

/// Whole names of such files, and how some begin.
const NAMES: &[&str] = &["wp-config.php", "config.php", "database.php", "settings.py", "local_settings.py"];
const STARTS: &[&str] = &[".env", "appsettings.", "docker-compose", "compose."];

/// What builds and tests use is none, nor is what is only described.
const NOT_IN: &[&str] = &[
    ".github",
    ".devcontainer",
    ".gitlab",
    ".circleci",
    ".ci",
    "ci",
    "doc",
    "docs",
    "documentation",
    "test-resources",
    "i18n",
    "locales",
];
const NOT_NAMED: &[&str] = &[
    ".gitlab-ci.yml",
    ".travis.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "appveyor.yml",
    ".drone.yml",
];

/// Whether a path is that of settings in use.
pub fn is_settings(path: &[u8]) -> bool {
    let path = String::from_utf8_lossy(path).to_ascii_lowercase();
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let known = ENDS.iter().any(|end| name.ends_with(end))
        || NAMES.contains(&name)
        || STARTS.iter().any(|start| name.starts_with(start));
    let tried = |word: &str| {
        ["test", "example", "sample", "demo", "template", "mock"].iter().any(|w| word.contains(w))
    };
    known
        && !NOT_NAMED.contains(&name)
        && !folders.split('/').any(|f| NOT_IN.contains(&f) || tried(f))
        && !tried(name)
        && super::names::MEANT.iter().all(|end| !name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::is_settings;

    #[test]
    fn settings_in_use_are_told_from_those_of_tests_and_texts() {
        for path in [
            ".env",
            "deploy/docker-compose.yml",
            "src/main/resources/application-prod.properties",
            "a/.env.production",
        ] {
            assert!(is_settings(path.as_bytes()), "{path}");
        }
        for path in [
            ".env.example",
            "src/test/resources/application.yml",
            ".github/workflows/a.yml",
            "docs/setup.yml",
            "a.py",
            "README.md",
            "config/application-test.yml",
        ] {
            assert!(!is_settings(path.as_bytes()), "{path}");
        }
    }
}
