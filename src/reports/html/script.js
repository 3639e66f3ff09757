"use strict";
// Everything that came from a repository is written with textContent: it stays text whatever it holds.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const SEVERITIES = ["critical", "high", "medium", "low", "info"];
  const PAGE = 50;
  const PRINTED = 2000;
  const at = (id) => document.getElementById(id);

  /** Control characters and marks that reorder text, written out: what a stranger named cannot rearrange the page. */
  const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;
  const safe = (text) => String(text).replace(UNSAFE, (c) => `\\u{${c.codePointAt(0).toString(16).padStart(4, "0")}}`);

  /** Makes an element: make("p", {class: "x"}, "text", child, …). */
  function make(name, attributes, ...children) {
    const svg = ["svg", "rect", "text", "line", "title", "g"].includes(name);
    const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value === true) element.setAttribute(key, "");
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, key === "value" || key === "href" ? String(value) : safe(value));
    }
    for (const child of children) {
      if (child !== null && child !== undefined && child !== "") element.append(child instanceof Node ? child : safe(child));
    }
    return element;
  }

  const isLink = (text) => /^https?:\/\/\S+$/.test(text || "");
  /** A text of a rule, its web addresses as links. */
  function link(text) {
    const box = make("span", {});
    for (const word of String(text || "").split(" ")) {
      const bare = word.replace(/[;,.)]+$/, "");
      if (box.childNodes.length) box.append(" ");
      if (isLink(bare)) box.append(make("a", {href: bare, rel: "noopener noreferrer", target: "_blank"}, bare), safe(word.slice(bare.length)));
      else box.append(safe(word));
    }
    return box;
  }
  const plural = (n, noun) => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;
  const unique = (list) => [...new Set(list.filter((x) => x))];

  // ---- keys, with what filters look at -------------------------------------------------------------------------
  const keys = data.keys.map((key, index) => {
    const rule = data.rules[key.rule] || {};
    const dates = key.places.map((p) => p.date).filter(Boolean).map((d) => Date.parse(d)).filter((t) => !Number.isNaN(t));
    const ages = key.places.map((p) => p.age).filter((a) => Number.isFinite(a));
    return {
      ...key, index, meta: rule,
      provider: rule.provider || "unknown",
      authors: unique(key.places.map((p) => p.author)),
      first: dates.length ? Math.min(...dates.slice(0, 10000)) : null,
      age: ages.length ? ages.slice(0, 10000).reduce((a, b) => Math.max(a, b), 0) : null,
      standing: key.places.some((p) => p.head !== false),
      hay: null,
    };
  });

  /** The text that search looks through, made when it is first needed. */
  function hay(key) {
    if (key.hay === null) {
      const parts = [key.meta.id, key.meta.name, key.provider, key.secret, key.fingerprint, key.variable, key.severity];
      for (const p of key.places) parts.push(p.path, p.commit, p.author, p.email, p.message, p.owner);
      key.hay = parts.filter(Boolean).join("\n").toLowerCase();
    }
    return key.hay;
  }

  // ---- ticks ---------------------------------------------------------------------------------------------------
  const STORE = "keysieve-rotated:";
  const ticks = new Set();
  const stored = (what, key) => { try { return what(window.localStorage, STORE + key.fingerprint); } catch { return null; } };
  for (const key of keys) {
    if (stored((s, k) => s.getItem(k), key)) ticks.add(key.fingerprint);
  }
  function tick(key, done) {
    if (done) ticks.add(key.fingerprint); else ticks.delete(key.fingerprint);
    stored((s, k) => (done ? s.setItem(k, "1") : s.removeItem(k)), key);
    for (const box of document.querySelectorAll("input[data-key]")) {
      if (keys[Number(box.dataset.key)].fingerprint === key.fingerprint) {
        box.checked = done;
        box.closest("tr")?.classList.toggle("done", done);
      }
    }
    showProgress();
  }
  function tickBox(key, text) {
    const box = make("input", {type: "checkbox", "data-key": key.index, "aria-label": `${key.meta.name || "key"} ${key.secret}: revoked and replaced`});
    box.checked = ticks.has(key.fingerprint);
    box.addEventListener("change", () => tick(key, box.checked));
    return text ? make("label", {}, box, " " + text) : box;
  }

  // ---- summary -------------------------------------------------------------------------------------------------
  function tiles() {
    const places = keys.reduce((n, k) => n + k.places.length, 0);
    const history = keys.some((k) => k.places.some((p) => p.head !== undefined));
    const live = keys.filter((k) => k.verdict === "live").length;
    const rows = [["Keys", keys.length], ["Places", places]];
    for (const s of SEVERITIES.slice(0, 2)) rows.push([s[0].toUpperCase() + s.slice(1), keys.filter((k) => k.severity === s).length]);
    rows.push(["Providers", new Set(keys.map((k) => k.provider)).size]);
    if (history) rows.push(["Still in HEAD", keys.filter((k) => k.standing).length]);
    if (live) rows.push(["Live", live]);
    for (const [name, n] of rows) at("tiles").append(make("div", {}, make("dt", {}, name), make("dd", {}, n.toLocaleString("en"))));
  }

  function banner() {
    if (data.coverage.complete) return;
    const why = data.coverage.stopped ? `It ended early: ${data.coverage.stopped}.` : `${plural(data.coverage.incomplete.length, "thing")} could not be read.`;
    at("banner").append(make("p", {class: "banner", role: "alert"}, make("strong", {}, "This scan is incomplete. "), why + " ", make("a", {href: "#coverage"}, "What was not scanned")));
  }

  const count = (list, of) => {
    const counts = new Map();
    for (const item of list) for (const name of [].concat(of(item))) if (name) counts.set(name, (counts.get(name) || 0) + 1);
    return counts;
  };

  /** A bar chart whose bars are buttons that filter; `choose` is the select that a bar sets. */
  function bars(title, rows, select, className) {
    if (!rows.length) return;
    const most = Math.max(...rows.map(([, n]) => n));
    const list = make("ul", {class: "bars"});
    for (const [name, n] of rows) {
      const bar = make("svg", {viewBox: "0 0 100 10", preserveAspectRatio: "none", height: 12, "aria-hidden": "true", focusable: "false"},
        make("rect", {x: 0, y: 0, width: Math.max(1, (100 * n) / most), height: 10, class: className ? name : null}));
      const button = make("button", {type: "button", "aria-pressed": "false", "aria-label": `${title}: ${name}, ${plural(n, "key")}`, title: name},
        make("span", {class: "name"}, name), bar, make("span", {class: "n"}, n.toLocaleString("en")));
      if (select) {
        button.dataset.filter = select;
        button.dataset.value = name;
        button.addEventListener("click", () => {
          at(select).value = at(select).value === name ? "" : name;
          refresh();
        });
      } else {
        button.disabled = true;
      }
      list.append(make("li", {}, button));
    }
    at("charts").append(make("figure", {}, make("figcaption", {}, title), list));
  }

  const AGES = [[30, "under a month"], [90, "1 to 3 months"], [365, "3 to 12 months"], [730, "1 to 2 years"], [Infinity, "over 2 years"]];
  const ageOf = (key) => (key.age === null ? null : AGES.find(([limit]) => key.age < limit)[1]);

  /** Columns over time: keys by the month (or the year) in which they came in. */
  function timeline() {
    const known = keys.filter((k) => k.first !== null);
    if (!known.length) return;
    const dates = known.map((k) => new Date(k.first));
    const months = dates.map((d) => d.getUTCFullYear() * 12 + d.getUTCMonth());
    let [from, to] = months.reduce(([a, b], m) => [Math.min(a, m), Math.max(b, m)], [months[0], months[0]]);
    const byYear = to - from > 48;
    const step = byYear ? 12 : 1;
    if (byYear) from -= ((from % 12) + 12) % 12;
    const columns = Math.min(200, Math.floor((to - from) / step) + 1);
    const counts = new Array(columns).fill(0);
    for (const m of months) counts[Math.min(columns - 1, Math.floor((m - from) / step))] += 1;
    const label = (i) => {
      const m = from + i * step;
      const year = Math.floor(m / 12);
      return byYear ? String(year) : `${year}-${String((((m % 12) + 12) % 12) + 1).padStart(2, "0")}`;
    };
    const width = 900, height = 150, base = 120, most = Math.max(...counts), slot = width / columns;
    const svg = make("svg", {viewBox: `0 0 ${width} ${height}`, role: "img",
      "aria-label": `New keys per ${byYear ? "year" : "month"}: ` + counts.map((n, i) => (n ? `${label(i)}: ${n}` : "")).filter(Boolean).join(", ")});
    svg.append(make("line", {x1: 0, x2: width, y1: base, y2: base}));
    counts.forEach((n, i) => {
      const h = n ? Math.max(2, (n / most) * (base - 18)) : 0;
      svg.append(make("rect", {x: (i * slot + slot * 0.12).toFixed(1), y: (base - h).toFixed(1), width: Math.min(60, slot * 0.76).toFixed(1), height: h.toFixed(1)},
        make("title", {}, `${label(i)}: ${plural(n, "key")}`)));
      if (n && columns <= 40) svg.append(make("text", {x: (i * slot + slot * 0.12 + Math.min(60, slot * 0.76) / 2).toFixed(1), y: (base - h - 4).toFixed(1), "text-anchor": "middle"}, String(n)));
    });
    const every = Math.ceil(columns / 12);
    for (let i = 0; i < columns; i += every) svg.append(make("text", {x: (i * slot + slot * 0.12).toFixed(1), y: base + 18}, label(i)));
    at("charts").append(make("figure", {class: "wide"}, make("figcaption", {}, `New keys per ${byYear ? "year" : "month"}`), svg));
  }

  function charts() {
    const top = (map, n) => [...map].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, n);
    const severity = count(keys, (k) => k.severity);
    bars("By severity", SEVERITIES.filter((s) => severity.has(s)).map((s) => [s, severity.get(s)]), "by-severity", true);
    bars("By provider", top(count(keys, (k) => k.provider), 10), "by-provider");
    bars("By author", top(count(keys, (k) => k.authors), 10), "by-author");
    const ages = count(keys, ageOf);
    bars("By age", AGES.map(([, name]) => name).filter((n) => ages.has(n)).map((n) => [n, ages.get(n)]), "by-state");
    timeline();
  }

  // ---- filters -------------------------------------------------------------------------------------------------
  function options(id, all, values) {
    at(id).append(make("option", {value: ""}, all), ...values.map((v) => make("option", {value: v}, v)));
  }
  const STATES = {
    "still in HEAD": (k) => k.standing,
    "only in the history": (k) => !k.standing,
    "live": (k) => k.verdict === "live",
    "not ticked": (k) => !ticks.has(k.fingerprint),
    "ticked": (k) => ticks.has(k.fingerprint),
  };
  for (const [, name] of AGES) STATES[name] = (k) => ageOf(k) === name;
  const rank = (k) => SEVERITIES.indexOf(k.severity);
  const SORTS = {
    "severity": (a, b) => rank(a) - rank(b) || b.score - a.score || a.index - b.index,
    "place": (a, b) => a.index - b.index,
    "most places": (a, b) => b.places.length - a.places.length || a.index - b.index,
    "oldest": (a, b) => (a.first ?? Infinity) - (b.first ?? Infinity) || a.index - b.index,
    "newest": (a, b) => (b.first ?? -Infinity) - (a.first ?? -Infinity) || a.index - b.index,
    "provider": (a, b) => (a.provider < b.provider ? -1 : a.provider > b.provider ? 1 : a.index - b.index),
  };

  let shown = [], drawn = 0;
  function refresh() {
    const words = at("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const [severity, provider, author, state] = ["by-severity", "by-provider", "by-author", "by-state"].map((id) => at(id).value);
    shown = keys.filter((k) =>
      (!severity || k.severity === severity) && (!provider || k.provider === provider) && (!author || k.authors.includes(author)) &&
      (!state || STATES[state](k)) && words.every((w) => hay(k).includes(w)));
    shown.sort(SORTS[at("sort").value] || SORTS.severity);
    for (const button of document.querySelectorAll("button[data-filter]")) {
      button.setAttribute("aria-pressed", String(at(button.dataset.filter).value === button.dataset.value));
    }
    at("list").replaceChildren();
    drawn = 0;
    draw(PAGE);
    const all = shown.length === keys.length;
    at("count").textContent = keys.length === 0 ? "No secrets found." : all ? `${plural(keys.length, "key")}.` : `${plural(shown.length, "key")} of ${keys.length.toLocaleString("en")}.`;
  }
  function draw(n) {
    const next = shown.slice(drawn, drawn + n);
    at("list").append(...next.map(card));
    drawn += next.length;
    at("more").hidden = drawn >= shown.length;
    at("more").textContent = `Show more (${(shown.length - drawn).toLocaleString("en")} left)`;
  }

  // ---- one key -------------------------------------------------------------------------------------------------
  const copyText = async (text, button) => {
    let done = false;
    try { await navigator.clipboard.writeText(text); done = true; } catch {
      const area = make("textarea", {readonly: true, "aria-hidden": "true"});
      area.value = text;
      document.body.append(area);
      area.select();
      try { done = document.execCommand("copy"); } catch { done = false; }
      area.remove();
      button.focus();
    }
    const before = button.dataset.name;
    button.textContent = done ? "copied" : "not copied";
    setTimeout(() => { button.textContent = before; }, 1500);
  };
  function copyButton(text, what) {
    const button = make("button", {type: "button", "aria-label": `Copy ${what}`, "data-name": "copy"}, "copy");
    button.addEventListener("click", () => copyText(text, button));
    return button;
  }
  const todo = (...parts) => make("li", {}, ...parts);
  const tag = (text, kind) => make("span", {class: `tag ${kind}`}, text);

  function remedies(key) {
    const list = make("ul", {class: "todo"});
    const rule = key.meta;
    if (rule.revoke) list.append(todo("Revoke it:", link(rule.revoke), copyButton(rule.revoke, "where to revoke it")));
    if (rule.rotate && rule.rotate !== rule.revoke) list.append(todo("Replace it:", link(rule.rotate)));
    if (key.ignore) list.append(todo("Keep the file out of git; in .gitignore:", make("code", {}, key.ignore), copyButton(key.ignore, "the line for .gitignore")));
    if (key.reads) list.append(todo("Read it from the environment:", make("code", {}, key.reads), copyButton(key.reads, "the line that reads the key")));
    else if (key.env) list.append(todo("Keep it in the environment variable", make("code", {}, key.env), copyButton(key.env, "the variable")));
    if (rule.id && key.secret) {
      const allow = `keysieve:allow ${rule.id} REASON`;
      list.append(todo("Not a secret? In a comment on its line:", make("code", {}, allow), copyButton(allow, "the comment that allows it")));
    }
    list.append(todo(tickBox(key, "revoked and replaced")));
    return list;
  }

  function placeRow(p) {
    const commit = p.commit ? make("code", {title: p.message || ""}, p.commit.slice(0, 10)) : "";
    return make("tr", {},
      make("td", {class: "path"}, make("code", {}, p.place)),
      make("td", {}, commit),
      make("td", {}, p.author ? make("span", {title: p.email || ""}, p.author) : ""),
      make("td", {class: "num"}, p.date ? p.date.slice(0, 10) : ""),
      make("td", {}, p.head === undefined ? "" : p.head ? "in HEAD" : "history only"),
      make("td", {}, p.owner || ""));
  }
  function places(key) {
    const heads = ["Place", "Commit", "Author", "Date", "State", "Owner"];
    const used = [true, ...["commit", "author", "date"].map((f) => key.places.some((p) => p[f])), key.places.some((p) => p.head !== undefined), key.places.some((p) => p.owner)];
    const body = make("tbody");
    const add = (from, to) => {
      for (const p of key.places.slice(from, to)) {
        const row = placeRow(p);
        [...row.children].forEach((cell, i) => { if (!used[i]) cell.remove(); });
        body.append(row);
      }
    };
    add(0, 5);
    const table = make("table", {"aria-label": "Places of this key"}, make("thead", {}, make("tr", {}, ...heads.filter((_, i) => used[i]).map((h) => make("th", {scope: "col"}, h)))), body);
    const box = make("div", {class: "scroll"}, table);
    if (key.places.length > 5) {
      let at = 5;
      const more = make("button", {type: "button"}, `Show all ${plural(key.places.length, "place")}`);
      more.addEventListener("click", () => { add(at, at + 1000); at += 1000; if (at >= key.places.length) more.remove(); });
      box.append(more);
    }
    return box;
  }

  function line(key) {
    if (!key.excerpt) return "";
    const letters = [...key.excerpt];
    const [from, to] = key.mark;
    return make("pre", {}, letters.slice(0, from).join(""), make("mark", {}, letters.slice(from, to).join("")), letters.slice(to).join(""));
  }

  function card(key) {
    const rule = key.meta;
    const id = `key-${key.index}`;
    const header = make("header", {}, make("h3", {id}, rule.name || rule.id || "secret"), tag(key.severity, key.severity), tag(`confidence: ${key.confidence}`, "plain"));
    if (key.checksum === "valid") header.append(tag("checksum holds", "plain"));
    if (key.verdict === "live") header.append(tag("live", "critical"));
    if (key.verdict === "dead") header.append(tag("no longer valid", "good"));
    if (!key.standing) header.append(tag("history only", "plain"));
    const facts = [rule.provider, key.secret && `key ${key.secret}`, key.detail && `provider says: ${key.detail}`, key.alternatives.length && `keys of ${key.alternatives.join(", ")} look the same`,
      key.decoded.length && `read through ${key.decoded.join(", then ")}`, key.age !== null && `${plural(key.age, "day")} old`,
      key.age !== null && rule.rotate_days && key.age > rule.rotate_days && `older than the ${rule.rotate_days} days after which it should be replaced`, key.fingerprint];
    return make("article", {class: key.severity, "aria-labelledby": id}, header,
      make("p", {class: "facts"}, ...facts.filter(Boolean).map((f) => make("span", {}, f))),
      line(key), rule.about ? make("p", {class: "facts"}, rule.about) : "", places(key), remedies(key));
  }

  // ---- checklist -----------------------------------------------------------------------------------------------
  const byWorst = [...keys].sort(SORTS.severity);
  let checks = 0;
  function drawChecks(n) {
    const body = at("checks").tBodies[0];
    for (const key of byWorst.slice(checks, checks + n)) {
      const row = make("tr", {class: ticks.has(key.fingerprint) ? "done" : null},
        make("td", {}, tickBox(key)),
        make("td", {class: "path"}, key.meta.name || "", make("br"), make("code", {}, key.secret || key.places[0]?.place || "")),
        make("td", {}, tag(key.severity, key.severity)),
        make("td", {class: "num"}, String(key.places.length)),
        make("td", {class: "path"}, link(key.meta.revoke || "at its provider")));
      body.append(row);
    }
    checks = Math.min(byWorst.length, checks + n);
    at("more-checks").hidden = checks >= byWorst.length;
  }
  function showProgress() {
    const done = keys.filter((k) => ticks.has(k.fingerprint)).length;
    at("progress").textContent = keys.length ? `${done.toLocaleString("en")} of ${plural(keys.length, "key")} done.` : "Nothing to rotate.";
  }
  function save(name, type, text) {
    const url = URL.createObjectURL(new Blob([text], {type}));
    const a = make("a", {href: url, download: name});
    document.body.append(a);
    a.click();
    a.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  }
  const mdText = (t) => String(t).replace(/[\r\n]+/g, " ").replace(/[\\`*_{}\[\]()#+!|<>~@]/g, "\\$&");
  const csvCell = (t) => {
    const text = String(t ?? "").replace(/[\r\n]+/g, " ");
    const safe = /^\s*[=+\-@|%]/.test(text) ? "'" + text : text;
    return '"' + safe.replace(/"/g, '""') + '"';
  };
  const markdownList = () => "# Rotation checklist\n\n" + byWorst.map((k) =>
    `- [${ticks.has(k.fingerprint) ? "x" : " "}] ${mdText(k.meta.name || "")} ${mdText(k.secret)} (${k.severity}), ${plural(k.places.length, "place")}: ${mdText(k.places[0]?.place || "")}; ${isLink(k.meta.revoke) ? `<${k.meta.revoke}>` : mdText(k.meta.revoke || "")}; ${k.fingerprint}`).join("\n") + "\n";
  const csvList = () => [["done", "name", "provider", "key", "severity", "places", "first place", "revoke", "fingerprint"], ...byWorst.map((k) =>
    [ticks.has(k.fingerprint) ? "yes" : "no", k.meta.name, k.provider, k.secret, k.severity, k.places.length, k.places[0]?.place, k.meta.revoke, k.fingerprint])].map((r) => r.map(csvCell).join(",")).join("\r\n") + "\r\n";
  const ticksList = () => JSON.stringify({keysieve: "ticks", done: [...ticks].sort()}, null, 1) + "\n";
  function bindChecklist() {
    at("export-md").addEventListener("click", () => save("rotation.md", "text/markdown", markdownList()));
    at("export-csv").addEventListener("click", () => save("rotation.csv", "text/csv", csvList()));
    at("export-json").addEventListener("click", () => save("rotation.json", "application/json", ticksList()));
    at("more-checks").addEventListener("click", () => drawChecks(200));
    at("import").addEventListener("change", async (event) => {
      const file = event.target.files[0];
      if (!file) return;
      try {
        const done = new Set(JSON.parse(await file.text()).done);
        for (const key of keys) if (done.has(key.fingerprint)) tick(key, true);
      } catch { at("progress").textContent = "That file holds no ticks of keysieve."; }
      event.target.value = "";
    });
  }

  // ---- coverage ------------------------------------------------------------------------------------------------
  function account() {
    const c = data.coverage, box = at("account");
    const rows = [["mode", c.mode], ["refs", c.refs], ["commits", c.commits], ["blobs", c.blobs], ["files", c.files], ["bytes", c.bytes]];
    const list = make("ul", {class: "account"});
    for (const [name, n] of rows) if (n) list.append(make("li", {}, `${name}: ${typeof n === "number" ? n.toLocaleString("en") : n}`));
    for (const [why, n] of Object.entries(c.skipped)) list.append(make("li", {}, `left out on purpose, ${why}: ${n.toLocaleString("en")}`));
    if (data.difference) list.append(make("li", {}, data.difference));
    for (const entry of data.gone) list.append(make("li", {}, `gone from the baseline: ${entry}`));
    for (const [why, n] of Object.entries(data.suppressed)) list.append(make("li", {}, `found and not reported, ${why}: ${n.toLocaleString("en")}`));
    if (c.shallow) list.append(make("li", {}, "the clone is shallow: older history was not there to be read"));
    for (const note of c.notes.slice(0, 1000)) list.append(make("li", {}, note));
    box.append(list);
    if (c.complete) { box.append(make("p", {}, "Everything that this mode covers was read.")); return; }
    const body = make("tbody");
    for (const m of c.incomplete.slice(0, 5000)) body.append(make("tr", {}, make("td", {class: "path"}, make("code", {}, m.what)), make("td", {}, m.why)));
    if (c.stopped) body.append(make("tr", {}, make("td", {}, "the whole scan"), make("td", {}, `ended early: ${c.stopped}`)));
    box.append(make("h3", {}, "Not scanned"), make("div", {class: "scroll"}, make("table", {}, make("thead", {}, make("tr", {}, make("th", {scope: "col"}, "What"), make("th", {scope: "col"}, "Why"))), body)));
    if (c.incomplete.length > 5000) box.append(make("p", {}, `and ${plural(c.incomplete.length - 5000, "more thing")}: the JSON report names all`));
  }

  // ---- the page ------------------------------------------------------------------------------------------------
  function theme() {
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    const isDark = () => (document.documentElement.dataset.theme || (dark.matches ? "dark" : "light")) === "dark";
    const show = () => { at("theme").setAttribute("aria-pressed", String(isDark())); };
    at("theme").addEventListener("click", () => { document.documentElement.dataset.theme = isDark() ? "light" : "dark"; show(); });
    dark.addEventListener("change", show);
    show();
  }
  function bindPage() {
    for (const id of ["by-severity", "by-provider", "by-author", "by-state", "sort"]) at(id).addEventListener("change", refresh);
    let waiting = 0;
    at("search").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(refresh, keys.length > 2000 ? 200 : 0); });
    at("filters").addEventListener("submit", (e) => e.preventDefault());
    at("filters").addEventListener("reset", () => setTimeout(refresh, 0));
    at("more").addEventListener("click", () => draw(PAGE));
    at("print").addEventListener("click", () => window.print());
    window.addEventListener("beforeprint", () => { draw(Math.max(0, PRINTED - drawn)); drawChecks(Math.max(0, PRINTED - checks)); });
    document.addEventListener("keydown", (e) => {
      const typing = ["INPUT", "SELECT", "TEXTAREA"].includes(document.activeElement?.tagName);
      if (e.key === "/" && !typing && !e.ctrlKey && !e.metaKey && !e.altKey) { e.preventDefault(); at("search").focus(); }
    });
  }

  options("by-severity", "all", SEVERITIES.filter((s) => keys.some((k) => k.severity === s)));
  options("by-provider", "all", unique(keys.map((k) => k.provider)).sort());
  options("by-author", "all", unique(keys.flatMap((k) => k.authors)).sort());
  options("by-state", "all", Object.keys(STATES).filter((s) => ["not ticked", "ticked"].includes(s) || keys.some(STATES[s])));
  at("sort").append(...Object.keys(SORTS).map((s) => make("option", {value: s}, s)));
  theme();
  banner();
  tiles();
  charts();
  account();
  bindPage();
  bindChecklist();
  drawChecks(200);
  showProgress();
  refresh();
  document.documentElement.dataset.ready = "true";
})();
