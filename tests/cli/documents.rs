//! Documents: what a person reads in them is found, however it is cut into pieces.

use super::packing::{STORED, Zip, zlib};
use super::sandbox::{Ran, Sandbox, key};

const RULE: &str = "voicgen-live-api-key";

fn scan(name: &str, content: impl AsRef<[u8]>) -> Ran {
    let sandbox = Sandbox::new();
    sandbox.file(name, content);
    sandbox.run(["scan", "--format", "jsonl"])
}

/// Asserts that the key is found once, read through these layers, in this line.
#[track_caller]
fn found(name: &str, content: impl AsRef<[u8]>, layers: &[&str], line: u64) {
    let ran = scan(name, content).code(1).hides(&key(RULE));
    let all = ran.findings();
    assert_eq!(all.len(), 1, "{}", ran.out);
    assert_eq!((&all[0]["rule"], &all[0]["line"]), (&RULE.into(), &line.into()), "{}", ran.out);
    assert_eq!(all[0]["decoded_from"], serde_json::json!(layers));
}

/// A Word document with these paragraphs of runs.
fn docx(paragraphs: &[&[&str]]) -> Vec<u8> {
    let run =
        |text: &&str| format!("<w:r><w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r>");
    let paragraph = |runs: &&[&str]| {
        format!("<w:p w:rsidR=\"00A77427\"><w:pPr/>{}</w:p>", runs.iter().map(run).collect::<String>())
    };
    let body: String = paragraphs.iter().map(paragraph).collect();
    let xml =
        format!("<?xml version=\"1.0\"?>\r\n<w:document xmlns:w=\"x\"><w:body>{body}</w:body></w:document>");
    Zip::new().add("[Content_Types].xml", "<Types/>").add("word/document.xml", xml).finish()
}

#[test]
fn a_key_that_a_word_processor_cut_into_runs() {
    let key = key(RULE);
    let (first, rest) = key.split_at(11);
    let (second, third) = rest.split_at(9);
    let layers = ["zip:word/document.xml", "text"];
    found("a.docx", docx(&[&["Dear all,"], &["the key is ", first, second, third, "."]]), &layers, 2);
    found("a.docx", docx(&[&["a"], &["b"], &["VOICGEN_API_KEY=", &key]]), &layers, 3);
    // A password by its name, over two runs; a mark of XML in it.
    let ran = scan("a.docx", docx(&[&["db_pass", "word = \"kV9#mQ2x", "&amp;Lr7Tz\""]])).code(1);
    assert_eq!(ran.findings()[0]["variable"], "db_password");
    // Nothing of the marks themselves is taken for a password.
    scan("a.docx", docx(&[&["Your password"], &["is secret."], &["token", " of ", "thanks"]])).code(0);
}

#[test]
fn cells_and_slides() {
    let key = key(RULE);
    let strings = format!(
        "<sst><si><t>name</t></si><si><r><t>{}</t></r><r><t>{}</t></r></si></sst>",
        &key[..12],
        &key[12..]
    );
    let sheet = "<worksheet><row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c></row></worksheet>";
    let xlsx =
        Zip::new().add("xl/sharedStrings.xml", strings).add("xl/worksheets/sheet1.xml", sheet).finish();
    found("a.xlsx", xlsx, &["zip:xl/sharedStrings.xml", "text"], 2);
    let slide =
        format!("<a:p><a:r><a:t>{}</a:t></a:r><a:r><a:t>{}</a:t></a:r></a:p>", &key[..12], &key[12..]);
    found(
        "a.pptx",
        Zip::new().add("ppt/slides/slide1.xml", slide).finish(),
        &["zip:ppt/slides/slide1.xml", "text"],
        1,
    );
    let odt = format!(
        "<text:p>x</text:p><text:p>{}<text:span text:style-name=\"T1\">{}</text:span></text:p>",
        &key[..12],
        &key[12..]
    );
    found("a.odt", Zip::new().put("content.xml", odt, STORED).finish(), &["zip:content.xml", "text"], 2);
    // What stands in no text: a link's target.
    let rels =
        format!("<Relationships><Relationship Target=\"https://example.com/?key={key}\"/></Relationships>");
    found(
        "a.docx",
        Zip::new().add("word/_rels/document.xml.rels", rels).finish(),
        &["zip:word/_rels/document.xml.rels"],
        1,
    );
}

/// A PDF with these streams: dictionary and content.
fn pdf(streams: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    for (number, (dictionary, content)) in streams.iter().enumerate() {
        let head = format!("{} 0 obj\n<< {dictionary} /Length {} >>\nstream\n", number + 1, content.len());
        out.extend(head.as_bytes());
        out.extend(content);
        out.extend(b"\nendstream\nendobj\n");
    }
    out.extend(b"trailer << /Root 1 0 R >>\n%%EOF\n");
    out
}

/// Codes of one byte or two, as fonts have them that were cut to the letters in use: the n-th letter is code n + 3.
fn coded(text: &str, wide: bool) -> (String, String) {
    let mut letters: Vec<char> = text.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    let code = |c: char| letters.iter().position(|l| *l == c).map_or(0, |n| n + 3);
    let hex = |n: usize| if wide { format!("{n:04X}") } else { format!("{n:02X}") };
    let string: String = text.chars().map(|c| hex(code(c))).collect();
    let entries: String =
        letters.iter().map(|c| format!("<{}> <{:04X}>\n", hex(code(*c)), u32::from(*c))).collect();
    let space = if wide { "<0000> <FFFF>" } else { "<00> <FF>" };
    let table = format!(
        "begincmap\n1 begincodespacerange\n{space}\nendcodespacerange\n{} beginbfchar\n{entries}endbfchar\nendcmap",
        letters.len()
    );
    (string, table)
}

#[test]
fn text_of_pages_in_fonts_with_codes_of_their_own() {
    let key = key(RULE);
    for wide in [false, true] {
        let (string, table) = coded(&format!("VOICGEN_API_KEY={key}"), wide);
        let page = format!("BT /F7 12 Tf <{string}> Tj ET");
        let flate = "/Filter /FlateDecode";
        let (page, table) = (zlib(page.as_bytes()), zlib(table.as_bytes()));
        // The page is stream 1, the table 2; the fonts stand behind them, or in a stream of objects.
        let fonts =
            "9 0 obj << /Font << /F7 8 0 R >> >> endobj 8 0 obj << /Type /Font /ToUnicode 2 0 R >> endobj";
        let plain = pdf(&[(flate, page.clone()), (flate, table.clone())]);
        found("a.pdf", [plain.clone(), fonts.as_bytes().to_vec()].concat(), &["pdf"], 1);
        let objects = "8 0 9 38 << /Type /Font /ToUnicode 2 0 R >>   << /Font << /F7 8 0 R >> >>";
        let first = objects.find("<<").unwrap();
        let packed = format!("/Type /ObjStm /N 2 /First {first} {flate}");
        found(
            "b.pdf",
            pdf(&[(flate, page.clone()), (flate, table.clone()), (&packed, zlib(objects.as_bytes()))]),
            &["pdf"],
            1,
        );
        // Browsers move between letters that stand closer, by what is the width of those before.
        let (digits, half) = (if wide { 4 } else { 2 }, if wide { 80 } else { 40 });
        let (first, rest) = string.split_at(half);
        let moved = 0.6 * 12.0 * (first.len() / digits) as f64;
        let moved = format!("BT /F7 12 Tf <{first}> Tj {moved} 0 Td <{rest}> Tj ET");
        let moved = pdf(&[(flate, zlib(moved.as_bytes())), (flate, table.clone())]);
        found("f.pdf", [moved, fonts.as_bytes().to_vec()].concat(), &["pdf"], 1);
        // Without a table nobody knows what the codes mean; and a name that leads nowhere is no mistake.
        scan("c.pdf", plain).code(0);
        let lost =
            b"9 0 obj << /Font << /F7 8 0 R >> >> endobj 8 0 obj << /Type /Font /ToUnicode 99 0 R >> endobj";
        scan("d.pdf", [pdf(&[(flate, page)]), lost.to_vec()].concat()).code(0);
        // The same name for a font of plain letters on another page.
        let letters = zlib(format!("BT /F7 12 Tf (VOICGEN_API_KEY={key}) Tj ET").as_bytes());
        let both =
            format!("{fonts} 7 0 obj << /Type /Font /BaseFont /X >> endobj 6 0 obj << /F7 7 0 R >> endobj");
        found("e.pdf", [pdf(&[(flate, letters), (flate, table)]), both.into_bytes()].concat(), &["pdf"], 1);
    }
}

#[test]
fn text_of_pages_that_is_moved_letter_by_letter() {
    let key = key(RULE);
    let (first, rest) = key.split_at(13);
    let page = format!(
        "BT /F1 12 Tf 72 720 Td (Our settings) Tj 0 -14 Td [(VOICGEN_API_KEY=)-20({first})12({rest})] TJ ET"
    );
    found("a.pdf", pdf(&[("/Filter /FlateDecode", zlib(page.as_bytes()))]), &["pdf"], 3);
    found("a.pdf", pdf(&[("", page.clone().into_bytes())]), &["pdf"], 3);
    let hex: String = key.bytes().map(|b| format!("{b:02X}")).collect();
    found(
        "a.pdf",
        pdf(&[("/Filter /FlateDecode", zlib(format!("BT <{hex}> Tj ET").as_bytes()))]),
        &["pdf"],
        1,
    );
    // Three objects are no profile of three colours.
    let objects = format!("4 0 5 9 6 12 << /T ({key}) >>");
    found(
        "a.pdf",
        pdf(&[("/Type /ObjStm /N 3 /First 15 /Filter /FlateDecode", zlib(objects.as_bytes()))]),
        &["pdf"],
        1,
    );
    // What is attached is looked into as well; pictures are not.
    let attached = Zip::new().add("k", format!("\n\nVOICGEN_API_KEY={key}\n")).finish();
    found(
        "a.pdf",
        pdf(&[("/Type /EmbeddedFile /Filter /FlateDecode", zlib(&attached))]),
        &["pdf", "zip:k"],
        3,
    );
    scan("a.pdf", pdf(&[("/Subtype /Image /Filter /FlateDecode", zlib(key.as_bytes()))])).code(0);
    // Damage and passwords are noted.
    let mut broken = zlib(page.repeat(40).as_bytes());
    broken.truncate(60);
    let ran = scan("a.pdf", pdf(&[("/Filter /FlateDecode", broken)]));
    ran.code(0).warns("a.pdf: 1 stream is damaged");
    let locked =
        [pdf(&[("/Filter /FlateDecode", zlib(page.as_bytes()))]), b"/Encrypt 9 0 R".to_vec()].concat();
    scan("a.pdf", locked).code(0).warns("a.pdf: 1 member needs a password");
}

#[test]
fn streams_of_a_pdf_that_are_packed_several_times() {
    let page = format!("BT (VOICGEN_API_KEY={}) Tj ET", key(RULE));
    let twice = zlib(&zlib(page.as_bytes()));
    found("a.pdf", pdf(&[("/Filter [/FlateDecode /Fl#61teDecode]", twice)]), &["pdf"], 1);
    let hex: String = zlib(page.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
    found("a.pdf", pdf(&[("/Filter [ /ASCIIHexDecode /FlateDecode ]", hex.into_bytes())]), &["pdf"], 1);
    // What nobody here unpacks is named.
    let often = ["/FlateDecode "; 9].concat();
    let ran = scan("a.pdf", pdf(&[(&format!("/Filter [{often}]"), zlib(page.as_bytes()))]));
    ran.code(3).warns("packed more than 8 times over");
    let very_often = "/FlateDecode ".repeat(100_000);
    let many = pdf(&[(&format!("/Filter [{very_often}]"), zlib(page.as_bytes()))]);
    scan("a.pdf", many).code(3).warns("described in more than 64 KiB");
    let unknown = pdf(&[("/Filter /BrotliDecode", zlib(page.as_bytes())), ("/Filter /X", Vec::new())]);
    scan("a.pdf", unknown).code(3).warns("(BrotliDecode), and 1 more");
}

/// Writes a database of pages of 512 bytes: the schema, one table, and overflow pages.
#[allow(clippy::too_many_lines, reason = "a file format")]
fn sqlite(sql: &str, rows: &[&[&str]]) -> Vec<u8> {
    const PAGE: usize = 512;
    fn varint(mut n: u64) -> Vec<u8> {
        let mut out = vec![(n & 0x7f) as u8];
        while n >= 0x80 {
            n >>= 7;
            out.insert(0, (n & 0x7f) as u8 | 0x80);
        }
        out
    }
    fn record(values: &[&[u8]], kinds: &[u64]) -> Vec<u8> {
        let kinds: Vec<u8> = kinds.iter().flat_map(|k| varint(*k)).collect();
        [varint(kinds.len() as u64 + 1), kinds, values.concat()].concat()
    }
    let texts = |row: &[&str]| {
        let kinds: Vec<u64> = row.iter().map(|t| 13 + 2 * t.len() as u64).collect();
        record(&row.iter().map(|t| t.as_bytes()).collect::<Vec<_>>(), &kinds)
    };
    let mut overflow: Vec<Vec<u8>> = Vec::new();
    let mut leaf = |start: usize, payloads: Vec<Vec<u8>>| {
        let mut page = vec![0; PAGE];
        let mut end = PAGE;
        page[start] = 13;
        page[start + 3..start + 5].copy_from_slice(&(payloads.len() as u16).to_be_bytes());
        for (number, payload) in payloads.iter().enumerate() {
            let mut cell = [varint(payload.len() as u64), varint(number as u64 + 1)].concat();
            let here = if payload.len() <= PAGE - 35 {
                payload.len()
            } else {
                let least = (PAGE - 12) * 32 / 255 - 23;
                let here = least + (payload.len() - least) % (PAGE - 4);
                if here <= PAGE - 35 { here } else { least }
            };
            cell.extend(&payload[..here]);
            let mut rest = payload[here..].chunks(PAGE - 4).peekable();
            if rest.peek().is_some() {
                cell.extend((3 + overflow.len() as u32).to_be_bytes());
            }
            while let Some(chunk) = rest.next() {
                let next = if rest.peek().is_some() { 4 + overflow.len() as u32 } else { 0 };
                let mut page = [&next.to_be_bytes()[..], chunk].concat();
                page.resize(PAGE, 0);
                overflow.push(page);
            }
            end -= cell.len();
            page[end..end + cell.len()].copy_from_slice(&cell);
            let at = start + 8 + 2 * number;
            page[at..at + 2].copy_from_slice(&(end as u16).to_be_bytes());
        }
        page[start + 5..start + 7].copy_from_slice(&(end as u16).to_be_bytes());
        page
    };
    let text = |t: &str| 13 + 2 * t.len() as u64;
    let master =
        record(&[b"table", b"t", b"t", &[2], sql.as_bytes()], &[text("table"), 15, 15, 1, text(sql)]);
    let mut first = leaf(100, vec![master]);
    first[..16].copy_from_slice(b"SQLite format 3\0");
    first[16..24].copy_from_slice(&[2, 0, 1, 1, 0, 64, 32, 32]);
    first[59] = 1;
    let second = leaf(0, rows.iter().map(|row| texts(row)).collect());
    let mut all = [first, second].concat();
    overflow.into_iter().for_each(|page| all.extend(page));
    let pages = (all.len() / PAGE) as u32;
    all[28..32].copy_from_slice(&pages.to_be_bytes());
    all
}

#[test]
fn rows_of_a_database() {
    let key = key(RULE);
    let sql = "CREATE TABLE t (name TEXT, value TEXT)";
    // Between the columns of a row stands nothing.
    found("a.db", sqlite(sql, &[&["x", "y"], &["voicgen", &key, "more"]]), &["sqlite"], 3);
    // A value that is cut into pages: its second half stands far from the first.
    let long = format!("{}VOICGEN_API_KEY={key} {}", "x ".repeat(200), "y ".repeat(900));
    found("a.db", sqlite(sql, &[&["notes", &long]]), &["sqlite"], 2);
    let password = "kV9#mQ2x!Lr7Tz";
    let ran =
        scan("a.db", sqlite("CREATE TABLE t (user TEXT, db_password TEXT)", &[&["admin", password]])).code(1);
    assert_eq!(ran.findings()[0]["variable"], "db_password");
    scan("a.db", sqlite("CREATE TABLE t (user TEXT, note TEXT)", &[&["admin", password]])).code(0);
    let nested = Zip::new().add("data/a.sqlite", sqlite(sql, &[&["voicgen", &key, "more"]])).finish();
    found("a.zip", nested, &["zip:data/a.sqlite", "sqlite"], 2);
}

#[test]
fn broken_documents_do_no_harm() {
    let sandbox = Sandbox::new();
    let whole = [
        docx(&[&["VOICGEN_API_KEY=", &key(RULE)]]),
        pdf(&[("/Filter /FlateDecode", zlib(b"BT (text) Tj ET"))]),
        sqlite("CREATE TABLE t (a, b)", &[&["a", "b"], &["c", &"d".repeat(2000)]]),
    ];
    for (which, content) in whole.iter().enumerate() {
        for at in (0..content.len()).step_by(97) {
            let mut broken = content.clone();
            broken[at] ^= 0xa5;
            sandbox.file(format!("{which}/{at}"), &broken);
        }
    }
    sandbox.run(["scan"]).hides("panicked").hides(&key(RULE));
}
