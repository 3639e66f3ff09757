//! The HTML report in a real headless Chromium: it renders, filters, sorts, ticks, and hostile content stays text.
//!
//! Skipped with a message where no Chromium is installed (`.ci/run` installs it).

#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]
#![allow(clippy::unwrap_used, reason = "a test that cannot talk to its browser has failed")]

mod browser;
mod content;

use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use keysieve::reports::{Document, Look, format};

use browser::{Browser, find};
use content::{HOSTILE, document};

/// One browser at a time: each takes several processes.
static TURN: Mutex<()> = Mutex::new(());

/// Writes a report and opens it; `None` where there is no browser.
fn open(folder: &tempfile::TempDir, json: &serde_json::Value) -> Option<(Browser, MutexGuard<'static, ()>)> {
    let Some(program) = find() else {
        eprintln!("SKIPPED: no chromium on this machine; the HTML report was not tried in a browser");
        return None;
    };
    let path = write(folder, json);
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let browser = Browser::open(&program, folder.path(), &format!("file://{}", path.display()));
    browser.wait_for("document.documentElement?.dataset.ready === 'true'");
    Some((browser, turn))
}

fn write(folder: &tempfile::TempDir, json: &serde_json::Value) -> PathBuf {
    let document = Document::read(json.to_string().as_bytes()).unwrap();
    let mut page = Vec::new();
    format("html").unwrap().render(&document, Look::PLAIN, &mut page).unwrap();
    let path = folder.path().join("report.html");
    fs::write(&path, page).unwrap();
    path
}

#[test]
fn filters_search_and_sort_work() {
    let folder = tempfile::tempdir().unwrap();
    let Some((page, _turn)) = open(&folder, &document(120)) else { return };
    assert_eq!(page.text("document.querySelectorAll('article').length"), "50");
    assert_eq!(page.text("document.getElementById('count').textContent"), "120 keys.");
    page.run("document.getElementById('more').click()");
    assert_eq!(page.text("document.querySelectorAll('article').length"), "100");

    page.run("const s = document.getElementById('by-severity'); s.value = 'critical'; s.dispatchEvent(new Event('change'))");
    assert_eq!(page.text("document.getElementById('count').textContent"), "24 keys of 120.");
    assert_eq!(page.text("document.querySelectorAll('article:not(.critical)').length"), "0");
    assert_eq!(page.text("document.querySelectorAll('.bars button[aria-pressed=true]').length"), "1");

    page.run("document.getElementById('reset').click()");
    page.wait_for("document.getElementById('count').textContent === '120 keys.'");
    page.run("const q = document.getElementById('search'); q.value = 'file7.py key'; q.dispatchEvent(new Event('input'))");
    page.wait_for("document.getElementById('count').textContent === '1 key of 120.'");

    page.run("document.getElementById('reset').click()");
    page.wait_for("document.getElementById('count').textContent === '120 keys.'");
    page.run("[...document.querySelectorAll('.bars button')].find(b => b.dataset.value === 'Beta').click()");
    assert_eq!(page.text("document.getElementById('count').textContent"), "40 keys of 120.");
    assert_eq!(page.text("document.getElementById('by-provider').value"), "Beta");

    page.run(
        "const o = document.getElementById('sort'); o.value = 'oldest'; o.dispatchEvent(new Event('change'))",
    );
    let dates = page.text("[...document.querySelectorAll('article td.num')].map(c => c.textContent).join()");
    let dates: Vec<&str> = dates.split(',').collect();
    assert!(dates.len() >= 40 && dates.is_sorted(), "{dates:?}");
}

#[test]
fn ticks_are_counted_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let Some((page, _turn)) = open(&folder, &document(3)) else { return };
    assert_eq!(page.text("document.getElementById('progress').textContent"), "0 of 3 keys done.");
    page.run("document.querySelector('#checks input').click()");
    assert_eq!(page.text("document.getElementById('progress').textContent"), "1 of 3 keys done.");
    assert_eq!(page.text("document.querySelectorAll('article input:checked').length"), "1");
    page.run(
        "window.saved = null; URL.createObjectURL = (b) => { window.saved = b; return 'blob:x'; }; \
              HTMLAnchorElement.prototype.click = () => {}; document.getElementById('export-md').click()",
    );
    let list = page.text("await window.saved.text()");
    assert_eq!((list.matches("- [x]").count(), list.matches("- [ ]").count()), (1, 2), "{list}");
}

#[test]
fn hostile_content_stays_text() {
    let folder = tempfile::tempdir().unwrap();
    let Some((page, _turn)) = open(&folder, &content::hostile()) else { return };
    assert_eq!(page.text("typeof window.pwned"), "undefined");
    // Our own script, the data, and nothing else; nothing that could load or run.
    assert_eq!(page.text("document.querySelectorAll('script').length"), "2");
    assert_eq!(
        page.text(
            "document.querySelectorAll('img, iframe, object, embed, link, base, form[action], b').length"
        ),
        "0"
    );
    assert_eq!(page.text("[...document.querySelectorAll('*')].some(e => [...e.attributes].some(a => a.name.startsWith('on')))"), "false");
    assert_eq!(
        page.text(
            "[...document.querySelectorAll('a[href]')].every(a => /^(https:|#)/.test(a.getAttribute('href')))"
        ),
        "true"
    );
    assert_eq!(page.text("/[\\u202a-\\u202e\\u2066-\\u2069\\u001b]/.test(document.body.innerText)"), "false");
    let shown = page.text("document.getElementById('list').textContent");
    for text in HOSTILE.iter().filter(|t| t.chars().all(|c| !c.is_control() && c != '\u{202e}')) {
        assert!(shown.contains(text), "{text} is not shown as it is");
    }
    assert_eq!(page.text("performance.getEntriesByType('resource').length"), "0", "something was loaded");
    let blocked = page.text(
        "await new Promise(r => { document.addEventListener('securitypolicyviolation', e => r(e.violatedDirective)); \
         const s = document.createElement('img'); s.src = 'https://example.org/x.png'; document.body.append(s); \
         setTimeout(() => r('nothing'), 3000); })",
    );
    assert_eq!(blocked, "img-src", "the policy lets the page load things");
}

#[test]
fn keyboard_and_names_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let Some((page, _turn)) = open(&folder, &document(10)) else { return };
    page.run("document.dispatchEvent(new KeyboardEvent('keydown', {key: '/'}))");
    assert_eq!(page.text("document.activeElement.id"), "search");
    let unnamed = "[...document.querySelectorAll('button, input, select, a')].filter(e => !(e.textContent.trim() || \
                   e.getAttribute('aria-label') || e.labels?.length)).map(e => e.outerHTML).join()";
    assert_eq!(page.text(unnamed), "");
    assert_eq!(page.text("document.documentElement.lang"), "en");
    assert_eq!(page.text("[...document.querySelectorAll('h1,h2,h3')].map(h => h.tagName)[0]"), "H1");
    assert_eq!(page.text("document.querySelectorAll('[tabindex]:not([tabindex=\"-1\"])').length"), "0");
    page.run("document.getElementById('theme').click()");
    let theme = page.text("document.documentElement.dataset.theme");
    page.run("document.getElementById('theme').click()");
    assert_ne!(page.text("document.documentElement.dataset.theme"), theme);
}

#[test]
fn a_large_report_opens_quickly() {
    let folder = tempfile::tempdir().unwrap();
    let Some((page, _turn)) = open(&folder, &document(10_000)) else { return };
    let start = Instant::now();
    page.run("location.reload()");
    page.wait_for("document.documentElement?.dataset.ready === 'true'");
    assert_eq!(page.text("document.querySelectorAll('article').length"), "50");
    assert!(start.elapsed().as_secs() < 120, "{:?}", start.elapsed());
}
