//! Files in which only precise rules count: what machines wrote, what others wrote, and texts for people. Generic rules
//! (a password, a token by its name) find nothing of use there and much that is none.

use std::path::Path;

/// Folders of other people's code.
const VENDORED: &[&str] = &[
    "node_modules",
    "bower_components",
    "jspm_packages",
    "vendor",
    "third_party",
    "third-party",
    "site-packages",
    ".venv",
];

/// Folders of texts in many languages.
const TRANSLATED: &[&str] = &[
    "locale",
    "locales",
    "lang",
    "langs",
    "i18n",
    "l10n",
    "translation",
    "translations",
    "langpacks",
    "_locales",
    "localization",
    "localisation",
    "nls",
    "language",
    "languages",
];

/// Names of files that package managers write.
const LOCKS: &[&str] = &[
    "package-lock.json",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "yarn.lock",
    "bun.lock",
    "deno.lock",
    "cargo.lock",
    "go.sum",
    "poetry.lock",
    "pdm.lock",
    "pipfile.lock",
    "composer.lock",
    "gemfile.lock",
    "uv.lock",
    "podfile.lock",
    "mix.lock",
    "pubspec.lock",
    "flake.lock",
    "packages.lock.json",
    "gradle.lockfile",
    ".terraform.lock.hcl",
];

/// Ends of the names of files that machines write.
const MADE: &[&str] = &[
    ".min.js",
    ".min.css",
    ".min.mjs",
    ".bundle.js",
    ".chunk.js",
    ".js.map",
    ".css.map",
    ".map",
    ".svg",
    ".snap",
];

/// Ends of the names of files that hold texts for people and nothing else.
const TEXTS: &[&str] = &[".po", ".pot", ".xlf", ".xliff", ".arb", ".resx", ".ftl", ".stringsdict"];

/// Why only precise rules count at a path; nothing if all do.
pub(super) fn only_precise(path: &[u8]) -> Option<&'static str> {
    let path = String::from_utf8_lossy(path).to_ascii_lowercase();
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", &path));
    if LOCKS.contains(&name) {
        return Some("a lock file");
    }
    if MADE.iter().any(|end| name.ends_with(end)) {
        return Some("a file that a machine wrote");
    }
    if folders.split('/').any(|f| VENDORED.contains(&f)) {
        return Some("a folder of other people's code");
    }
    // `values-de/strings.xml`; `values/strings.xml` may hold keys of the app as well.
    let values = Path::new(name).extension().is_some_and(|end| end == "xml")
        && folders.rsplit('/').next().is_some_and(|f| f.starts_with("values-"));
    let messages = name.starts_with("messages") && name.ends_with(".properties");
    let translated =
        folders.split('/').any(|f| TRANSLATED.contains(&f) || f.strip_suffix(".lproj").is_some());
    (translated || values || messages || TEXTS.iter().any(|end| name.ends_with(end)))
        .then_some("texts for people in many languages")
}

#[cfg(test)]
mod tests {
    use super::only_precise;

    #[test]
    fn generic_rules_rest_where_machines_and_translators_write() {
        for path in [
            "package-lock.json",
            "a/Cargo.lock",
            "node_modules/x/a.js",
            "web/vendor/x.php",
            "static/app.min.js",
            "lang/de/auth.php",
            "src/assets/i18n/fr.json",
            "img/a.svg",
            "web/messages_de.properties",
            "app/res/values-de/strings.xml",
            "app/res/values-eo/04-network.xml",
            "app/de.lproj/Localizable.strings",
            "a/Localization/Core/fi.json",
            "lib/app_de.arb",
            "po/de.po",
        ] {
            assert!(only_precise(path.as_bytes()).is_some(), "{path}");
        }
        for path in [
            "src/lock.rs",
            "a/vendor.php",
            "langs.py",
            "config/app.js",
            "map",
            "deploy/translate.sh",
            "app/res/values/strings.xml",
            "messages.py",
        ] {
            assert!(only_precise(path.as_bytes()).is_none(), "{path}");
        }
    }
}
