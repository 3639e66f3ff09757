//! The five services that keysieve was made for, in every language and file type that they are used in, both ways: a key
//! is found under the right rule, what stands for one is not. Keys are made while the test runs.

use std::collections::BTreeMap;

use super::sandbox::{Sandbox, keyed};

struct Service {
    rule: &'static str,
    /// The variable that its documentation reads the key from.
    env: &'static str,
    /// Its name in small letters, and as types are called.
    word: &'static str,
    pascal: &'static str,
    host: &'static str,
    /// What its documentation writes where a key shall stand.
    blanks: &'static [&'static str],
}

const SERVICES: &[Service] = &[
    Service {
        rule: "neospeech-api-key",
        env: "NEOSPEECH_API_KEY",
        word: "neospeech",
        pascal: "NeoSpeech",
        host: "api.neospeech.io",
        blanks: &[
            "sk-your-api-key-here",
            "sk-your-api-key",
            "sk-dev-key-here",
            "sk-prod-key-here",
            "YOUR_API_KEY",
        ],
    },
    Service {
        rule: "voicgen-live-api-key",
        env: "VOICGEN_API_KEY",
        word: "voicgen",
        pascal: "Voicgen",
        host: "api.voicgen.io",
        blanks: &[
            "vg_live_your_key_here",
            "vg_live_xxxx",
            "vg_live_YOUR_KEY",
            "your-api-key-here",
            "vg_live_<key>",
            "vg_live_abc123",
            "vg_live_secretkey",
        ],
    },
    Service {
        rule: "audiopod-api-key",
        env: "AUDIOPOD_API_KEY",
        word: "audiopod",
        pascal: "AudioPod",
        host: "api.audiopod.ai",
        blanks: &["ap_your_key_here", "ap_dev_...", "ap_prod_...", "YOUR_API_KEY"],
    },
    Service {
        rule: "audiopod-live-api-key",
        env: "AUDIOPOD_API_KEY",
        word: "audiopod",
        pascal: "AudioPod",
        host: "api.audiopod.ai",
        blanks: &["ak_live_your_actual_key_here", "your-api-key-here"],
    },
    Service {
        rule: "speechmatics-api-key",
        env: "SPEECHMATICS_API_KEY",
        word: "speechmatics",
        pascal: "Speechmatics",
        host: "asr.api.speechmatics.com",
        blanks: &["YOUR_API_KEY", "your-api-key-here", "<your-api-key>"],
    },
    Service {
        rule: "neuraai-api-key",
        env: "NEURAAI_API_KEY",
        word: "neuraai",
        pascal: "NeuraAI",
        host: "api.neura-ai.app",
        blanks: &["YOUR_API_KEY", "your-api-key-here", "your_neuraai_api_key"],
    },
];

/// File name and text; `«key»` is the key, the rest are the service's names.
const FORMS: &[(&str, &str)] = &[
    ("a.py", "«ENV» = \"«key»\"\n"),
    ("b.py", "import «word»\nclient = «word».Client(api_key=\"«key»\")\n"),
    ("c.py", "from «word» import Client\n\nclient = Client(\"«key»\")\n"),
    ("d.py", "os.environ['«ENV»'] = '«key»'\n"),
    ("a.js", "const client = new «Pascal»({ apiKey: \"«key»\" });\n"),
    ("b.js", "process.env.«ENV» = '«key»';\n"),
    ("a.ts", "export const «word»ApiKey: string = '«key»';\n"),
    ("b.tsx", "import { «Pascal» } from \"«word»\";\nconst c = new «Pascal»(\"«key»\");\n"),
    ("a.go", "const «word»APIKey = \"«key»\"\n"),
    ("b.go", "client := «word».NewClient(\"«key»\")\n"),
    ("c.go", "os.Setenv(\"«ENV»\", \"«key»\")\n"),
    ("A.java", "private static final String «ENV» = \"«key»\";\n"),
    ("B.java", "«Pascal»Client client = new «Pascal»Client(\"«key»\");\n"),
    ("a.cs", "var client = new «Pascal»Client(apiKey: \"«key»\");\n"),
    ("b.cs", "public const string «Pascal»ApiKey = \"«key»\";\n"),
    ("a.php", "<?php\n$client = new «Pascal»\\Client('«key»');\n"),
    ("b.php", "define('«ENV»', '«key»');\n"),
    ("c.php", "'«word»' => ['key' => '«key»'],\n"),
    ("a.rb", "«Pascal».configure { |c| c.api_key = \"«key»\" }\n"),
    ("b.rb", "client = «Pascal»::Client.new(api_key: '«key»')\n"),
    ("a.sh", "export «ENV»=\"«key»\"\n"),
    ("b.sh", "export «ENV»_DEV=«key»\n"),
    ("c.sh", "«ENV»_PROD='«key»' ./run\n"),
    ("a.yml", "«word»:\n  api_key: «key»\n"),
    ("b.yaml", "env:\n  - name: «ENV»\n    value: \"«key»\"\n"),
    ("a.toml", "[«word»]\napi_key = \"«key»\"\n"),
    ("a.json", "{\"«word»\": {\"apiKey\": \"«key»\"}}\n"),
    ("b.json", "{\n  \"«ENV»\": \"«key»\"\n}\n"),
    ("prod.env", "«ENV»=«key»\n"),
    ("Dockerfile", "FROM alpine\nENV «ENV» «key»\n"),
    ("b.Dockerfile", "ENV «ENV»=«key»\n"),
    ("a.tf", "variable \"«word»_api_key\" {\n  default = \"«key»\"\n}\n"),
    ("a.tfvars", "«word»_api_key = \"«key»\"\n"),
    ("README.md", "```sh\ncurl https://«host»/v1/x -H \"Authorization: Bearer «key»\"\n```\n"),
    ("USE.md", "Set `«ENV»` to `«key»`.\n"),
    ("curl.md", "curl -H 'X-API-Key: «key»' https://«host»/v1/x\n"),
    ("a.ipynb", "{\"cells\": [{\"source\": [\"client = «Pascal»(api_key=\\\"«key»\\\")\\n\"]}]}\n"),
    ("a.xml", "<config><«word»ApiKey>«key»</«word»ApiKey></config>\n"),
    ("b.xml", "<add key=\"«Pascal»ApiKey\" value=\"«key»\" />\n"),
    ("a.properties", "«word».api.key=«key»\n"),
    ("a.ini", "[«word»]\napi_key = «key»\n"),
    ("a.rs", "let client = «word»::Client::new(\"«key»\");\n"),
    ("a.kt", "val «word»ApiKey = \"«key»\"\n"),
    ("a.swift", "let «word»ApiKey = \"«key»\"\n"),
];

/// Where people and programs leave keys beside code: pages, logs, chats, shells, clusters, pipelines, tables, mail, dumps.
#[rustfmt::skip]
const PLACES: &[(&str, &str)] = &[
    ("a.txt", "«word»-«key»\n"),
    ("b.txt", "«word»-key-«key»\n"),
    ("c.txt", "x: «word»-api-key-«key»\n"),
    ("d.txt", "«word»-token-«key»\n"),
    ("e.txt", "«word»_«key»\n"),
    ("f.html", "<b>«word» key:</b> «key»\n"),
    ("g.html", "<tr><td>«Pascal» API key</td><td>«key»</td></tr>\n"),
    ("h.html", "<dt>«ENV»</dt>\n<dd><code>«key»</code></dd>\n"),
    ("i.html", "<input type=\"hidden\" name=\"«word»_key\" value=\"«key»\">\n"),
    ("j.html", "<meta name=\"«word»-api-key\" content=\"«key»\"/>\n"),
    ("k.html", "<script>window.CONFIG={«word»:{apiKey:\"«key»\",region:\"eu\"}};</script>\n"),
    ("app.min.js", "!function(e){var t=new e.«Pascal»(\"«key»\");t.run()}(window);\n"),
    ("b.min.js", "const n={\"«env»\":\"«key»\",debug:!1},r=n;export{r as c};\n"),
    ("o.scala", "val «word»Key = sys.env.getOrElse(\"«ENV»\", \"«key»\")\n"),
    ("p.ex", "config :my_app, :«word», api_key: \"«key»\"\n"),
    ("v.clj", "(def «word»-api-key \"«key»\")\n"),
    ("aa.ps1", "$env:«ENV» = \"«key»\"\n"),
    ("ab.ps1", "[Environment]::SetEnvironmentVariable(\"«ENV»\", \"«key»\", \"User\")\n"),
    ("ad.bat", "setx «ENV» \"«key»\" /M\n"),
    ("ae.fish", "set -gx «ENV» «key»\n"),
    (".bash_history", "export «ENV»=«key»\n"),
    (".zsh_history", ": 1690000000:0;«ENV»=«key» python app.py\n"),
    ("ah.sh", "http POST https://«host»/v1/jobs \"Authorization:Bearer «key»\"\n"),
    ("ai.log", "2024-05-01T10:00:00Z DEBUG POST https://«host»/v1/x headers={'Authorization': 'Bearer «key»', 'Accept': '*/*'}\n"),
    ("aj.log", "> GET /v1/x HTTP/1.1\n> Host: «host»\n> X-API-Key: «key»\n> Accept: */*\n"),
    ("ak.log", "10.0.0.1 - - [01/May/2024:10:00:00 +0000] \"GET /proxy?«word»_key=«key»&x=1 HTTP/1.1\" 200 512\n"),
    ("al.txt", "https://«host»/v1/x?api_key=«key»&format=mp3\n"),
    ("am.txt", "wss://«host»/v2/stream?token=«key»\n"),
    ("docker-compose.yml", "services:\n  app:\n    environment:\n      - «ENV»=«key»\n"),
    ("an.sh", "docker run -e «ENV»=«key» -p 80:80 acme/app\n"),
    ("deploy.yaml", "        - name: «ENV»\n          value: «key»\n"),
    ("ao.sh", "kubectl create secret generic «word» --from-literal=api-key=«key»\n"),
    ("values.yaml", "«word»:\n  enabled: true\n  apiKey: «key»\n"),
    ("ap.sh", "helm upgrade app ./chart --set «word».apiKey=«key»\n"),
    ("main.tf", "provider \"«word»\" {\n  api_key = \"«key»\"\n}\n"),
    ("aq.tf", "resource \"aws_ssm_parameter\" \"«word»_api_key\" {\n  name  = \"/prod/«word»\"\n  value = \"«key»\"\n}\n"),
    ("hosts.ini", "[all:vars]\n«env»=«key»\n"),
    (".github/workflows/ci.yml", "jobs:\n  t:\n    env:\n      «ENV»: «key»\n    steps:\n      - run: make\n"),
    ("gh.sh", "gh secret set «ENV» --body \"«key»\"\n"),
    ("Jenkinsfile", "environment { «ENV» = '«key»' }\n"),
    ("a.csv", "service,key,owner\n«word»,«key»,bob\n"),
    ("b.csv", "\"«Pascal» API key\",\"«key»\",\"2024-01-01\"\n"),
    ("README.md", "| Service | Key |\n|---|---|\n| «Pascal» | `«key»` |\n"),
    ("notes2.md", "## «Pascal»\n\nAPI key:\n\n    «key»\n"),
    ("mail.eml", "Hi Bob,\n\nhere is the «Pascal» API key: «key»\n\nCheers\n"),
    ("chat.txt", "[10:02] bob: what's the «word» key?\n[10:03] eve: «key»\n"),
    ("slack.json", "{\"type\":\"message\",\"user\":\"U1\",\"text\":\"the «word» key is «key» please keep it\"}\n"),
    ("dump.sql", "INSERT INTO settings (name, value) VALUES ('«env»', '«key»');\n"),
    ("dump2.sql", "INSERT INTO `integrations` VALUES (3,'«word»','«key»',1,NULL);\n"),
    ("nb.ipynb", "{\"cells\":[{\"cell_type\":\"code\",\"source\":[\"import «word»\\n\",\"client = «word».Client(api_key=\\\"«key»\\\")\\n\"]}]}\n"),
    ("a.plist", "<key>«Pascal»APIKey</key>\n<string>«key»</string>\n"),
    ("strings.xml", "<string name=\"«env»\">«key»</string>\n"),
    ("build.gradle", "buildConfigField \"String\", \"«ENV»\", \"\\\"«key»\\\"\"\n"),
    ("postman.json", "{\"key\": \"«env»\", \"value\": \"«key»\", \"enabled\": true}\n"),
    ("insomnia.yaml", "headers:\n  - name: Authorization\n    value: Bearer «key»\nurl: https://«host»/v1/jobs\n"),
    ("a.http", "GET https://«host»/v1/jobs\nAuthorization: Bearer «key»\n"),
    ("a.adoc", "`«ENV»`:: «key»\n"),
    ("a.tex", "\\newcommand{\\«word»key}{«key»}\n"),
    ("a.nix", "environment.variables.«ENV» = \"«key»\";\n"),
    ("Procfile", "web: «ENV»=«key» gunicorn app\n"),
    ("supervisor.conf", "environment=«ENV»=\"«key»\",PATH=\"/usr/bin\"\n"),
    ("app.service", "Environment=\"«ENV»=«key»\"\n"),
    ("crontab", "0 3 * * * «ENV»=«key» /opt/run.sh\n"),
    ("d.py", "# «Pascal»\nAPI_KEY = \"«key»\"\nBASE = \"https://«host»\"\n"),
];

/// What reads a key from elsewhere.
const REFERENCES: &[(&str, &str)] = &[
    ("a.py", "client = «word».Client(api_key=os.environ[\"«ENV»\"])\n"),
    ("b.py", "«word»_api_key = os.getenv('«ENV»')\n"),
    ("a.js", "const client = new «Pascal»({ apiKey: process.env.«ENV» });\n"),
    ("a.ts", "const «word»ApiKey = import.meta.env.«ENV» as string;\n"),
    ("a.go", "client := «word».NewClient(os.Getenv(\"«ENV»\"))\n"),
    ("A.java", "String «word»ApiKey = System.getenv(\"«ENV»\");\n"),
    ("a.cs", "var «word»ApiKey = Environment.GetEnvironmentVariable(\"«ENV»\");\n"),
    ("a.php", "'«word»' => ['key' => env('«ENV»')],\n"),
    ("a.rb", "«Pascal».api_key = ENV.fetch('«ENV»')\n"),
    ("a.sh", "export «ENV»=\"${«ENV»:-}\"\ncurl https://«host»/x -H \"Authorization: Bearer $«ENV»\"\n"),
    ("a.yml", "«ENV»: ${{ secrets.«ENV» }}\n"),
    ("b.yml", "«word»:\n  api_key: ${«ENV»}\n"),
    ("a.toml", "[«word»]\napi_key = \"$«ENV»\"\n"),
    ("a.tf", "«word»_api_key = var.«word»_api_key\n"),
    ("Dockerfile", "ARG «ENV»\nENV «ENV»=$«ENV»\n"),
    ("a.properties", "«word».api.key=${«ENV»}\n"),
    ("a.xml", "<add key=\"«Pascal»ApiKey\" value=\"#{«ENV»}#\" />\n"),
    ("b.properties", "«word».api.key=arn:aws:secretsmanager:eu-west-1:111122223333:secret:«word»-Xk3r9Q\n"),
    ("c.yml", "«word»_api_key: \"ENV[\\\"«ENV»\\\"]\"\n"),
    ("b.xml", "<«word»-api-key>ENV[\"«ENV»\"]</«word»-api-key>\n"),
    ("c.py", "«word»_api_key = keyring.get_password(\"«word»\", \"api_key\")\n"),
    ("b.cs", "options.ApiKey = vault.GetSecret(\"«word»-api-key\").Value;\n"),
    ("b.ts", "const «word»Key = await getSecret('«word»/api-key');\n"),
    ("b.json", "{\"«ENV»\": \"cfg.«Pascal»APIKey\"}\n"),
    ("d.html", "<b>«word» key:</b> see the settings page of your account\n"),
    (
        "f.txt",
        "«word»-key-rotation-policy-for-production\n«word»-api-client-library-1.2.3-beta\n«word»-python-sdk-documentation-v2\n",
    ),
    ("g.md", "| «Pascal» | `YOUR_API_KEY` |\n«word»-token-provider-service-account-name\n"),
    (
        "i.js",
        "const client = new «Pascal»({ apiKey: process.env.«ENV» });\nimport { x } from \"@«word»/client-library-for-node-js\";\n",
    ),
    ("l.html", "<b>«word» key:</b> <a href=\"https://«host»/settings/keys/how-to-create\">here</a>\n"),
    ("m.txt", "commit 4f2a9c1d3e5b7a9c1d3e5f7a9b1c3d5e7f9a1b3c in «word»\n"),
    ("n.py", "model = \"«word»-large-multilingual-v2-instruct\"\n"),
    ("k8s.yml", "- name: «ENV»\n  valueFrom:\n    secretKeyRef:\n      name: «word»\n      key: api-key\n"),
];

fn filled(service: &Service, form: &str, key: &str) -> String {
    form.replace("«ENV»", service.env)
        .replace("«env»", &service.env.to_lowercase())
        .replace("«word»", service.word)
        .replace("«Pascal»", service.pascal)
        .replace("«host»", service.host)
        .replace("«key»", key)
}

/// Which rules find something in which of the files; each text lies in a folder of its own.
fn rules_of(texts: &[(String, String)]) -> BTreeMap<usize, Vec<String>> {
    let sandbox = Sandbox::new();
    for (i, (name, text)) in texts.iter().enumerate() {
        sandbox.file(format!("{i:04}/{name}"), text);
    }
    let mut found: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for finding in sandbox.run(["scan", "--format", "jsonl", "--no-git"]).findings() {
        let number = finding["path"].as_str().and_then(|p| p[..4].parse().ok()).expect("a numbered folder");
        found.entry(number).or_default().push(finding["rule"].as_str().unwrap_or_default().to_owned());
    }
    found
}

#[test]
fn keys_of_the_five_services_are_found_under_their_own_rule_everywhere() {
    let mut texts = Vec::new();
    let mut wanted = Vec::new();
    for (s, service) in SERVICES.iter().enumerate() {
        for (f, (name, form)) in FORMS.iter().chain(PLACES).enumerate() {
            let key = keyed(service.rule, (s * 100 + f) as u64);
            texts.push(((*name).to_owned(), filled(service, form, &key)));
            wanted.push(service.rule);
        }
    }
    let found = rules_of(&texts);
    let missed: Vec<_> = (0..texts.len())
        .filter(|i| !found.get(i).is_some_and(|rules| rules.iter().any(|r| r == wanted[*i])))
        .map(|i| (wanted[i], &texts[i], found.get(&i)))
        .collect();
    assert!(missed.is_empty(), "{} missed: {missed:#?}", missed.len());
}

#[test]
fn what_stands_for_a_key_of_the_five_services_is_none_anywhere() {
    let mut texts = Vec::new();
    for service in SERVICES {
        for (name, form) in FORMS.iter().chain(PLACES) {
            for blank in service.blanks {
                texts.push(((*name).to_owned(), filled(service, form, blank)));
            }
        }
        for (name, form) in REFERENCES {
            texts.push(((*name).to_owned(), filled(service, form, "")));
        }
    }
    let wrong: Vec<_> = rules_of(&texts)
        .into_iter()
        .filter(|(_, rules)| rules.iter().any(|r| r != "hygiene"))
        .map(|(i, rules)| (&texts[i], rules))
        .collect();
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
}

#[test]
fn marks_of_a_blank_around_a_real_key_do_not_make_it_one() {
    let sandbox = Sandbox::git();
    let key = |seed| keyed("neospeech-api-key", seed);
    sandbox.file("a.md", format!("curl -H 'Authorization: Bearer <{}>'\n", key(1)));
    sandbox.file("b.txt", format!("${{{}}} {{{{ {} }}}}\n", key(2), key(3)));
    assert_eq!(sandbox.run(["scan", "--format", "jsonl"]).code(1).findings().len(), 3);
    sandbox.run_git(["commit", "-q", "--allow-empty", "-m", "m", "--author", &format!("Ada <{}>", key(4))]);
    sandbox.run(["history"]).code(1).says("NeoSpeech API key");
}

#[test]
fn without_any_context_the_shape_is_neospeechs_and_others_are_named() {
    let sandbox = Sandbox::new();
    let hex = keyed("deepseek-api-key", 7);
    sandbox.file("a.txt", format!("{}\n", keyed("neospeech-api-key", 7)));
    // Of hexadecimal digits alone it is rather another issuer's, unless the context says more.
    sandbox.file("b.txt", format!("{hex}\n"));
    sandbox.file("c.txt", format!("NEOSPEECH_API_KEY={hex}\n"));
    let found = sandbox.run(["scan", "--format", "jsonl", "--no-git"]).findings();
    let rules: Vec<_> = found.iter().map(|f| f["rule"].as_str().unwrap_or_default()).collect();
    assert_eq!(rules, ["neospeech-api-key", "deepseek-api-key", "neospeech-api-key"], "{found:#?}");
    let names = |f: &serde_json::Value, provider: &str| {
        f["alternatives"].as_array().is_some_and(|a| a.iter().any(|p| p == provider))
    };
    assert!(names(&found[1], "NeoSpeech") && names(&found[2], "DeepSeek"), "{found:#?}");
}
