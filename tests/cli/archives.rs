//! Archives and compressed streams: what stands in them is found, and what cannot be read of them is said.

use super::packing::{DEFLATED, How, STORED, Tar, Zip, bzip2, crc, deflate, gzip, header, xz, zstd};
use super::sandbox::{Ran, Sandbox, key, keyed};

const RULE: &str = "voicgen-live-api-key";

/// Three lines, the key in the third.
fn leak() -> String {
    format!("# settings\n\nVOICGEN_API_KEY={}\n", key(RULE))
}

/// Scans one file.
fn scan(name: &str, content: impl AsRef<[u8]>, options: &[&str]) -> Ran {
    let sandbox = Sandbox::new();
    sandbox.file(name, content);
    sandbox.run([&["scan", "--format", "jsonl"], options].concat())
}

/// Asserts that the key is found once in each of these places, and that the scan is complete.
#[track_caller]
fn found(content: impl AsRef<[u8]>, layers: &[&[&str]]) {
    let ran = scan("file", content, &[]).code(1).hides(&key(RULE));
    assert!(!ran.err.contains("INCOMPLETE"), "{}", ran.err);
    let mut all: Vec<_> = ran
        .findings()
        .iter()
        .map(|f| {
            assert_eq!((&f["rule"], &f["path"]), (&RULE.into(), &"file".into()));
            assert_eq!((f["line"].as_u64(), f["column"].as_u64()), (Some(3), Some(17)), "{f}");
            f["decoded_from"].as_array().unwrap().iter().map(|l| l.as_str().unwrap().to_owned()).collect()
        })
        .collect::<Vec<Vec<String>>>();
    let mut expected: Vec<Vec<String>> =
        layers.iter().map(|l| l.iter().map(|s| (*s).to_owned()).collect()).collect();
    all.sort();
    expected.sort();
    assert_eq!(all, expected, "{}", ran.err);
}

#[test]
fn zip_members_in_every_usual_method() {
    for method in [0, 8, 12, 93, 95] {
        let how = How { method, ..STORED };
        let zip = Zip::new().put("a/b.txt", "nothing", STORED).put("conf/.env", leak(), how).finish();
        found(zip, &[&["zip:conf/.env"]]);
    }
    let described = Zip::new().put("a", leak(), How { described: true, ..DEFLATED });
    found(described.put("b", leak(), How { wide: true, ..DEFLATED }).finish(), &[&["zip:a"], &["zip:b"]]);
    // Two members of one name are two members.
    found(Zip::new().add("a", leak()).add("a", leak()).finish(), &[&["zip:a"], &["zip:a"]]);
    // A program in front, as those have that unpack themselves; the places in the directory do not know of it.
    let program = [b"\x7fELF\0\0\0\0".repeat(99), Zip::new().add("a", leak()).finish()].concat();
    found(program, &[&["zip:a"]]);
    // What was taken out of the directory is still there.
    let gone = How { unlisted: true, ..DEFLATED };
    found(Zip::new().add("a", "x").put("gone", leak(), gone).add("b", "y").finish(), &[&["zip:gone"]]);
}

#[test]
fn streams_of_every_kind_also_behind_each_other() {
    for (name, pack) in [("gzip", gzip as fn(&[u8]) -> Vec<u8>), ("bzip2", bzip2), ("xz", xz), ("zstd", zstd)]
    {
        let text = leak().into_bytes();
        found(pack(&text), &[&[name]]);
        // Cut in the middle of a line: it is one content.
        let (first, second) = text.split_at(5);
        found([pack(first), pack(second)].concat(), &[&[name]]);
        // Zeros behind it are padding; other bytes behind it are read as they are.
        found([pack(&text), vec![0; 1024]].concat(), &[&[name]]);
        let behind = [pack(b"x\n"), text.clone()].concat();
        let ran = scan("file", behind, &[]).code(1).hides(&key(RULE));
        assert_eq!(ran.findings().len(), 1, "{name} {}", ran.out);
        // Cut short, it is said.
        let packed = pack(&leak().repeat(50).into_bytes());
        let ran = scan("file", &packed[..packed.len() - 9], &[]).warns("INCOMPLETE").warns("damaged");
        assert!(ran.code == 1 || ran.code == 3, "{name}: {}", ran.code);
    }
}

#[test]
fn tar_archives_of_all_dialects() {
    let plain = Tar::new().add("a/key.txt", leak()).put(b'2', "link", "", b"target").add("b", "x");
    found(plain.finish(), &[&["tar:a/key.txt"]]);
    found(gzip(&Tar::new().add("k", leak()).finish()), &[&["gzip", "tar:k"]]);
    let long = "d/".repeat(90) + "key";
    let gnu = Tar::new().put(b'L', "././@LongLink", format!("{long}\0"), b"").add(&long[..100], leak());
    found(gnu.finish(), &[&[&format!("tar:{long}")]]);
    let record = format!(" path={long}\n");
    let record = format!("{}{record}", record.len() + 3);
    let pax = Tar::new().put(b'x', "PaxHeader", record, b"").add("short", leak());
    found(pax.finish(), &[&[&format!("tar:{long}")]]);
    // Two archives behind each other.
    let two = [Tar::new().add("a", leak()).finish(), Tar::new().add("b", leak()).finish()].concat();
    found(two, &[&["tar:a"], &["tar:b"]]);
    // A member that claims more than there is.
    let mut lie = header(b'0', b"a", 1 << 32, b"");
    lie.extend(leak().as_bytes());
    scan("file", &lie, &[]).code(1).warns("INCOMPLETE").warns("file!a").warns("the archive ends in it");
    // Something else where a header must be: the rest is read as it stands.
    let broken = gzip(&[Tar::new().add("a", "x").0, leak().into_bytes()].concat());
    let ran = scan("file", broken, &[]).code(1).warns("no header at byte 1024");
    assert_eq!(ran.findings().len(), 1);
}

#[test]
fn archives_in_archives() {
    let inner = Zip::new().add("deep/.env", leak()).finish();
    let jar = Zip::new().put("BOOT-INF/lib/x.jar", &inner, STORED).finish();
    let tar = gzip(&Tar::new().add("app.war", &jar).finish());
    found(&jar, &[&["zip:BOOT-INF/lib/x.jar", "zip:deep/.env"]]);
    found(&tar, &[&["gzip", "tar:app.war", "zip:BOOT-INF/lib/x.jar", "zip:deep/.env"]]);
    scan("file", &tar, &["--archive-depth", "2"])
        .code(3)
        .warns("nested more than 2 deep")
        .warns("file!app.war");
    scan("file", &tar, &["--no-archives"]).code(0);
    scan("file", &tar, &["--archive-depth", "0"]).code(0);
    // What is in disguise there is found too.
    let hex: String = leak().bytes().map(|b| format!("{b:02x}")).collect();
    let ran = scan("file", Zip::new().add("x", format!("x = \"{hex}\"\n")).finish(), &[]).code(1);
    assert_eq!(ran.findings()[0]["decoded_from"], serde_json::json!(["zip:x", "hex"]));
    // Too large for memory: a temporary file, or none at all.
    let mut seed = 1_u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as u8
    })
    .take((4 << 20) + 99_999)
    .collect();
    let large = Zip::new().put("noise", &noise, STORED).add("key", leak()).finish();
    found(gzip(&large), &[&["gzip", "zip:key"]]);
    let ran = Sandbox::new().run_with(["scan", "-", "--format", "jsonl"], &large).code(1);
    assert_eq!(ran.findings()[0]["decoded_from"], serde_json::json!(["zip:key"]));
}

#[test]
fn every_mode_looks_into_archives() {
    let sandbox = Sandbox::git();
    let zip = Zip::new().add("a", "x").add("conf/.env", leak()).finish();
    sandbox.file("README", "x").commit("first");
    sandbox.file("old.zip", &zip);
    sandbox.run_git(["add", "-A"]);
    let is_there = |ran: Ran| {
        let ran = ran.code(1).hides(&key(RULE));
        let all = ran.findings();
        assert_eq!(all.len(), 1, "{}{}", ran.out, ran.err);
        assert_eq!(all[0]["decoded_from"], serde_json::json!(["zip:conf/.env"]));
        assert_eq!((&all[0]["path"], &all[0]["line"]), (&"old.zip".into(), &3.into()));
        all[0]["fingerprint"].as_str().unwrap().to_owned()
    };
    let staged = is_there(sandbox.run(["staged", "--format", "jsonl"]));
    sandbox.commit("an archive");
    let all = [
        sandbox.run(["scan", "--format", "jsonl"]),
        sandbox.run(["diff", "HEAD~1..HEAD", "--format", "jsonl"]),
        sandbox.run(["history", "--format", "jsonl"]),
    ];
    for ran in all {
        assert_eq!(is_there(ran), staged, "the fingerprint is the same everywhere");
    }
    // The same key in a file has the same fingerprint.
    let plain = scan("x", leak(), &[]).code(1).findings()[0]["fingerprint"].as_str().unwrap().to_owned();
    assert_eq!(plain, staged);
    // A change elsewhere in the archive: the old member does not stop the commit, a new one does.
    let more = Zip::new().add("a", "x").add("conf/.env", leak()).add("more", "y\n".repeat(99)).finish();
    sandbox.file("old.zip", more);
    sandbox.run_git(["add", "-A"]);
    let ran = sandbox.run(["staged", "--format", "jsonl"]);
    assert!(ran.code == 0 || ran.code == 1, "a binary has few lines: both are right");
    sandbox.file("tar.tar", Tar::new().add("a", "line\n").add("k", leak()).finish()).commit("tar");
    let changed = Tar::new().add("a", "line\nmore\n").add("k", leak()).finish();
    sandbox.file("tar.tar", changed);
    sandbox.run_git(["add", "tar.tar"]);
    sandbox.run(["staged"]).code(0).warns("old");
    let new = leak().replace(&key(RULE), &keyed(RULE, 2));
    let worse = Tar::new().add("a", new).add("k", leak()).finish();
    sandbox.file("tar.tar", worse);
    sandbox.run_git(["add", "tar.tar"]);
    let ran = sandbox.run(["staged", "--format", "jsonl"]).code(1);
    let reported: Vec<_> = ran.findings().into_iter().filter(|f| f["disposition"] == "reported").collect();
    assert!(!reported.is_empty(), "{}", ran.out);
}

#[test]
fn bombs_are_refused_and_said() {
    let zeros = vec![0; 64 << 20];
    let said = (64 << 20, crc(&zeros));
    let packed = deflate(&zeros);
    // 20 GB of zeros in 20 MB.
    let mut bomb = Zip::new();
    for number in 0..320 {
        bomb = bomb.raw(format!("{number}"), &packed, said, DEFLATED);
    }
    scan("bomb.zip", bomb.finish(), &["--max-archive-size", "1M"])
        .code(3)
        .warns("bomb.zip: not scanned: more than 1 MiB come out of this archive");
    // Findings before the end of patience are told.
    let first = Zip::new().add("first", leak()).raw("bomb", &packed, said, DEFLATED).finish();
    scan("x", first, &["--max-archive-size", "1M"]).code(1).warns("INCOMPLETE");
    // Members without end, all in the same place.
    let mut many = Zip::new();
    for number in 0..300 {
        many = many.put(format!("{number}"), "x", STORED);
    }
    scan("many.zip", many.finish(), &["--max-archive-members", "299"]).code(3).warns("more than 299 members");
    // A size that lies.
    let lie = Zip::new().raw("a", &deflate(b"x"), (u64::from(u32::MAX), 0), DEFLATED).finish();
    scan("lie.zip", lie, &[]).code(3).warns("lie.zip!a").warns("another length");
    // One that holds itself, near enough.
    let mut nested = b"x".to_vec();
    for _ in 0..40 {
        nested = Zip::new().put("z", &nested, STORED).finish();
    }
    scan("nested.zip", nested, &[]).code(3).warns("nested more than 8 deep");
}

#[test]
fn what_cannot_be_read_is_named() {
    let locked = How { flags: 1, ..STORED };
    let ran = scan("a.zip", Zip::new().put("secret.txt", "encrypted!", locked).finish(), &[]).code(0);
    ran.warns("a.zip: 1 member needs a password");
    let odd = Zip::new().raw("x", b"????", (4, 0), How { method: 98, ..STORED }).add("key", leak()).finish();
    scan("a.zip", odd, &[]).code(1).warns("a.zip!x").warns("compression method 98 (ppmd)");
    let cut = Zip::new().add("key", leak()).add("b", "c").cut();
    scan("a.zip", &cut, &[]).code(1).warns("it has no directory");
    // A wrong checksum: what could be read was read.
    let wrong =
        Zip::new().raw("key", &deflate(leak().as_bytes()), (leak().len() as u64, 1), DEFLATED).finish();
    scan("a.zip", wrong, &[]).code(1).warns("a.zip!key").warns("checksum does not hold");
    // Formats that are not opened are noted; four bytes are no archive.
    scan("a.7z", b"7z\xbc\xaf\x27\x1c\0\0\0\0", &[]).code(0).warns("7z archives are not opened");
    for text in [
        &b"PK\x03\x04"[..],
        b"PK\x03\x04 and then text that goes on and on and on",
        b"BZh9 is text",
        b"\x1f\x8b\x08",
    ] {
        scan("file", text, &[]).code(0);
    }
    // What the configuration leaves out does not make a scan incomplete.
    let sandbox = Sandbox::git();
    sandbox.file("test/broken.gz", &gzip(b"something")[..20]);
    sandbox.run(["scan"]).code(3).warns("test/broken.gz");
    sandbox.file(".keysieve.yml", "version: 1\nexclude:\n  - test/*.gz\n");
    sandbox.run(["scan"]).code(0);
    sandbox.commit("all");
    sandbox.run(["history"]).code(0);
    sandbox.run(["history", "--no-config"]).code(3).warns("test/broken.gz (commit ");
}

#[test]
fn damage_anywhere_is_never_silent() {
    let tar = Tar::new().add("a", "first\n".repeat(30)).add("conf/.env", leak()).finish();
    let zip = Zip::new().add("a", "first\n".repeat(30)).add("conf/.env", leak()).finish();
    for (name, whole) in [
        ("zip", zip.clone()),
        ("gzip", gzip(&tar)),
        ("bzip2", bzip2(&tar)),
        ("xz", xz(&tar)),
        ("zstd", zstd(&tar)),
        ("nested", Zip::new().add("n.zip", &zip).finish()),
    ] {
        let sandbox = Sandbox::new();
        let mut cases = Vec::new();
        for at in (0..whole.len()).step_by(whole.len() / 40 + 1) {
            let mut broken = whole.clone();
            broken[at] ^= 0x55;
            sandbox.file(format!("{at}.flip"), &broken);
            sandbox.file(format!("{at}.cut"), &whole[..at]);
            cases.extend([format!("{at}.flip"), format!("{at}.cut")]);
        }
        let ran = sandbox.run(["scan", "--format", "jsonl"]).hides(&key(RULE)).hides("panicked");
        let found = ran.findings();
        for case in cases {
            let told =
                found.iter().any(|f| f["path"] == case.as_str()) || ran.out.contains(&format!("\"{case}"));
            // Where the first bytes are gone, it is no archive any more: a person sees that as well.
            let first = case.split('.').next().unwrap().parse::<usize>().unwrap();
            assert!(told || first < 32, "{name}: {case} is silent\n{}", ran.err);
        }
    }
}

#[test]
fn names_of_members_are_data() {
    let evil = "\x1b[31m../../etc/x\n::error::\u{202e}gnp\" onload=\"<script>,=cmd|' /C calc'!A0";
    let zip = Zip::new().add(evil, leak()).finish();
    for format in ["text", "json", "sarif", "html", "github", "gitlab", "junit", "csv", "markdown"] {
        let sandbox = Sandbox::new();
        let ran = sandbox.file("a.zip", &zip).run(["scan", "--format", format]).code(1);
        let out = format!("{}{}", ran.out, ran.err);
        assert!(!out.contains('\x1b') && !out.contains('\u{202e}'), "{format}: {out}");
        assert!(!out.contains("\n::error::"), "{format}: {out}");
        if ["html", "junit", "markdown"].contains(&format) {
            assert!(!out.contains("<script>,"), "{format}: {out}");
        }
    }
    // A key that stands in the name of a member is found there, and never told.
    let named = Zip::new().add(format!("key/{}.txt", key(RULE)), "x").finish();
    let ran = scan("a.zip", named, &[]).code(1).hides(&key(RULE));
    assert_eq!(ran.findings().len(), 1, "{}", ran.out);
    let bad = Zip::new().add([b'a', 0xff, 0xfe, b'/', b'b'], leak()).add("n".repeat(60_000), leak()).finish();
    scan("a.zip", &bad, &[]).code(1).hides(&"n".repeat(1000)).says("zip:a\u{fffd}\u{fffd}/b");
}

#[test]
fn members_are_judged_by_where_they_stand() {
    let password = "db_password = \"kV9#mQ2x!Lr7Tz\"\n";
    let at = |name: &str| scan("a.zip", Zip::new().add(name, password).finish(), &[]);
    let ran = at("app/settings.py").code(1);
    assert_eq!(ran.findings().len(), 1, "{}", ran.out);
    at("node_modules/x/settings.py").code(0);
    at("app/package-lock.json").code(0);
    // A dump of data, in which everything is called a token: only keys that need no name.
    let dump = format!("{}{password}{}", "{\"id\": 1}\n".repeat(430_000), leak());
    let ran = scan("a.json.gz", gzip(dump.as_bytes()), &[]).code(1);
    assert_eq!((ran.findings().len(), &ran.findings()[0]["rule"]), (1, &RULE.into()), "{}", ran.out);
    // Bytes that no person wrote: only what needs no context.
    let class = [&b"\xca\xfe\xba\xbe\0\0\0\x34"[..], password.as_bytes()].concat();
    scan("a.jar", Zip::new().add("A.class", &class).finish(), &[]).code(0);
    let class = [&b"\xca\xfe\xba\xbe\0\0\0\x34\x01\0\x1c"[..], key(RULE).as_bytes()].concat();
    scan("a.jar", Zip::new().add("A.class", &class).finish(), &[]).code(1);
}

#[test]
fn findings_in_archives_can_be_explained_allowed_and_known() {
    let sandbox = Sandbox::git();
    sandbox.file("a.zip", Zip::new().add("conf/.env", leak()).finish()).commit("x");
    sandbox.run(["explain", "a.zip:3"]).code(0).says("through zip:conf/.env").hides(&key(RULE));
    sandbox.run(["scan"]).code(1).says("a.zip!conf/.env:3:17");
    sandbox.run(["baseline", "create", "--reason", "old"]).hides(&key(RULE));
    sandbox.run(["scan"]).code(0);
    std::fs::remove_file(sandbox.dir.join(".keysieve-baseline")).unwrap();
    sandbox.run(["allow", "a.zip:3", "--reason", "a made one"]).code(0);
    sandbox.run(["scan"]).code(0);
    // A mark in the member counts as in any file, but not from strangers.
    let marked = leak().replace('\n', " # keysieve:allow made for a test\n");
    let zip = Zip::new().add("b", marked).finish();
    scan("b.zip", &zip, &[]).code(0);
    scan("b.zip", &zip, &["--untrusted"]).code(1);
    let sandbox = Sandbox::git();
    sandbox.file("a.zip", Zip::new().add("conf/.env", leak()).finish());
    sandbox.file(".keysieve.yml", "version: 1\narchives: false\n");
    sandbox.run(["scan"]).code(0).warns("archives are not looked into");
    sandbox.file(".keysieve.yml", "version: 1\nmax-archive-size: 10\n");
    sandbox.run(["scan"]).code(3);
}
