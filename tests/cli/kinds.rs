//! Kinds of secrets without a mark of their own, in the forms of many languages and tools, and what looks like them.
//! Values are made while the test runs.

use std::collections::BTreeSet;

use super::sandbox::{Sandbox, keyed};

/// A password of the kind that people make up, another for each number.
pub(super) fn password(n: usize) -> String {
    format!(
        "Gr4nite-{}",
        &keyed("generic-password", n as u64 + 1)[..6].replace(|c: char| !c.is_ascii_alphanumeric(), "x")
    )
}

/// Writes each text to a file of its own and tells in which of them something is found.
fn found(cases: &[(String, String)]) -> BTreeSet<usize> {
    let sandbox = Sandbox::new();
    for (i, (name, text)) in cases.iter().enumerate() {
        sandbox.file(format!("{i:03}/{name}"), text);
    }
    let ran = sandbox.run(["scan", "--format", "jsonl", "--no-git"]);
    let number = |f: &serde_json::Value| f["path"].as_str().unwrap()[..3].parse::<usize>().unwrap();
    ran.findings().iter().filter(|f| f["rule"].as_str().unwrap() != "hygiene").map(number).collect()
}

#[track_caller]
pub(super) fn all_found(forms: &[(&str, &str)], value: &dyn Fn(usize) -> String) {
    let fill =
        |(i, (name, form)): (usize, &(&str, &str))| ((*name).to_owned(), form.replace("{}", &value(i)));
    let cases: Vec<_> = forms.iter().enumerate().map(fill).collect();
    let found = found(&cases);
    let missed: Vec<_> = (0..cases.len()).filter(|i| !found.contains(i)).map(|i| &cases[i]).collect();
    assert!(missed.is_empty(), "missed: {missed:#?}");
}

#[track_caller]
pub(super) fn none_found(forms: &[(&str, &str)]) {
    let cases: Vec<_> = forms.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect();
    let wrong: Vec<_> = found(&cases).into_iter().map(|i| cases[i].clone()).collect();
    assert!(wrong.is_empty(), "wrongly found: {wrong:#?}");
}

#[test]
fn passwords_are_found_in_the_forms_of_many_tools() {
    all_found(
        &[
            (".netrc", "machine api.acme.dev login ci password {}\n"),
            (".npmrc", "//registry.acme.dev/:_password=\"{}\"\n"),
            (".pypirc", "[acme]\nusername = ci\npassword = {}\n"),
            ("wp-config.php", "define( 'DB_PASSWORD', '{}' );\n"),
            ("kubeconfig", "users:\n- name: a\n  user:\n    password: {}\n"),
            ("main.tf", "variable \"db_password\" {\n  default = \"{}\"\n}\n"),
            ("x.tfstate", "\"outputs\": {\"db_password\": {\"value\": \"{}\", \"type\": \"string\"}}\n"),
            ("a.sql", "CREATE USER 'app'@'%' IDENTIFIED BY '{}';\n"),
            ("b.sql", "ALTER USER app WITH ENCRYPTED PASSWORD '{}';\n"),
            ("c.sql", "SET PASSWORD FOR 'root'@'localhost' = PASSWORD('{}');\n"),
            ("a.cs", "var c = \"Data Source=db;uid=app;pwd={};\";\n"),
            ("app.config", "<add connectionString=\"Server=db;User Id=app;Password={};Encrypt=True\" />\n"),
            ("a.properties", "url=jdbc:mysql://db.acme.dev/app?user=app&password={}\n"),
            ("b.properties", "url=jdbc:oracle:thin:app/{}@db.acme.dev:1521:orcl\n"),
            ("a.go", "dsn := \"host=db user=app password={} dbname=app\"\n"),
            ("b.py", "BROKER = \"amqp://app:{}@mq.acme.dev:5672//\"\n"),
            ("a.sh", "curl -u admin:{} https://api.acme.dev/x\n"),
            ("b.sh", "sshpass -p {} ssh deploy@host\n"),
            ("c.sh", "PGPASSWORD={} psql -h db\n"),
            ("d.sh", "tool login --password {} host\n"),
            ("e.sh", "openssl rsa -passin pass:{} -in a\n"),
            ("Dockerfile", "ENV DB_PASSWORD {}\n"),
            ("a.py", "# password: {}\n"),
            ("README.md", "Password: **{}**\n"),
            ("web.config", "<add key=\"SmtpPassword\" value=\"{}\" />\n"),
            ("beans.xml", "<property name=\"password\"><value>{}</value></property>\n"),
            ("x.xml", "<param name=\"password\">{}</param>\n"),
            ("redis.conf", "requirepass {}\n"),
        ],
        &password,
    );
}

#[test]
fn passwords_are_found_in_the_code_of_many_languages() {
    all_found(
        &[
            ("A.java", "ds.setPassword(\"{}\");\n"),
            ("B.java", "new UsernamePasswordCredentials(\"ci\", \"{}\");\n"),
            ("a.py", "requests.get(url, auth=(\"ci\", \"{}\"))\n"),
            ("b.go", "req.SetBasicAuth(\"ci\", \"{}\")\n"),
            ("a.cs", "new NetworkCredential(\"ci\", \"{}\");\n"),
            ("a.rb", "basic_auth \"ci\", \"{}\"\n"),
            ("a.php", "$config['db']['password'] = '{}';\n"),
            ("a.pl", "$cfg->{password} = \"{}\";\n"),
            ("a.erl", "{password, \"{}\"}\n"),
            ("a.vb", "Dim password As String = \"{}\"\n"),
            ("a.kt", "val dbPassword: String = \"{}\"\n"),
            ("a.swift", "let password: String = \"{}\"\n"),
            ("a.rs", "let password = \"{}\".to_string();\n"),
            ("a.c", "static const char *password = \"{}\";\n"),
            ("a.lua", "local password = \"{}\"\n"),
            ("a.R", "password <- \"{}\"\n"),
            ("a.clj", "{:user \"app\" :password \"{}\"}\n"),
            ("a.js", "if (req.body.password === '{}') {\n"),
            ("a.ipynb", "\"source\": [\"password = \\\"{}\\\"\\n\"]\n"),
        ],
        &password,
    );
}

#[test]
fn hashes_and_keys_in_other_wrappings_are_found() {
    for rule in ["password-hash-crypt", "password-hash-argon2", "password-hash-framework"] {
        all_found(&[("users.txt", "bob:{}\n"), ("a.sql", "(1, 'bob', '{}'),\n")], &|n| keyed(rule, n as u64));
    }
    all_found(
        &[
            ("a.json", "{\"kty\":\"EC\",\"crv\":\"P-256\",\"d\":\"{}\"}\n"),
            ("b.json", "{\n \"kty\": \"oct\",\n \"k\": \"{}\"\n}\n"),
        ],
        &|n| keyed("jwk-private-key", n as u64),
    );
}

#[test]
fn words_types_and_texts_are_no_passwords() {
    none_found(&[
        ("a.rs", "pub password: Option<String>,\nlet auth: kafka::KafkaAuthConfig = x();\n"),
        ("b.rs", "const KEYS: [&str; 4] = [\"strategy\", \"username\", \"password\", \"source\"];\n"),
        ("a.py", "SENSITIVE = [\"password\", \"authorization\", \"api_key\", \"client_secret\"]\n"),
        ("de.json", "\"password\": \"Passwort\",\n\"confirmPassword\": \"Passwort bestätigen\"\n"),
        ("cs.ini", "forgot_password=Zapomenuté heslo\nreset_password = Obnova vašeho hesla\n"),
        ("fr.php", "'password' => 'Mot de passe',\n'new_password' => 'Nouveau mot de passe',\n"),
        ("a.http", "Authorization: AWS4-HMAC-SHA256 Credential=x/2020, SignedHeaders=host\n"),
        ("c.http", "Authorization: Digest username=\"fddc3bc7b753b73ab0848fd83cb20cbbca97\", realm=\"x\"\n"),
        ("tags.lua", "tags = { \"k8s-kind:Secret\", \"k8s-uid:f1c5661c-a087-4c4b-b545-2d8b3870d661\" }\n"),
        ("b.http", "Authorization: Basic dXNlcjpwYXNzd29yZA==\n"),
        ("settings.xml", "<password>{COQLCE6DU6GtcS5P=}</password>\n"),
        ("a.java", "new UsernamePasswordAuthenticationToken(\"tester\", \"N/A\", NONE);\n"),
        ("package.json", "\"parse-passwd\": \"^1.0.0\"\n"),
        ("a.sh", "curl -u \"$USER:$PASS\" https://x.dev\nmysql -u root -p app\n"),
        ("a.sql", "CREATE USER app IDENTIFIED BY '${DB_PASSWORD}';\n"),
        ("a.tf", "password = random_password.db.result\n"),
        ("a.pem", "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----\n"),
    ]);
}

#[test]
fn generic_rules_rest_in_lock_files_vendored_code_and_translations() {
    let line = |n| format!("password = \"{}\"\n", password(n));
    let places =
        ["package-lock.json", "vendor/a.php", "locale/de.ini", "app.min.js", "src/a.py", "tests/a.py"];
    let cases: Vec<_> = places.iter().enumerate().map(|(i, p)| ((*p).to_owned(), line(i))).collect();
    assert_eq!(found(&cases), BTreeSet::from([4, 5]));
}

#[test]
fn passwords_that_everybody_knows_count_in_files_of_settings_alone() {
    let text = |name: &str| (name.to_owned(), "MYSQL_ROOT_PASSWORD: root\n".to_owned());
    let found = found(&[
        text("docker-compose.yml"),
        text("deploy/application-prod.yml"),
        text("docker-compose.example.yml"),
        text("docs/setup.yml"),
        text(".github/workflows/ci.yml"),
        text("README.md"),
        text("a.py"),
        ("b/docker-compose.yml".to_owned(), "# MYSQL_ROOT_PASSWORD: root\n".to_owned()),
        ("c/docker-compose.yml".to_owned(), "MYSQL_ROOT_PASSWORD: changeme\n".to_owned()),
    ]);
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn words_without_quotes_are_passwords_in_settings_alone() {
    let text = |name: &str, line: &str| (name.to_owned(), format!("{line}\n"));
    let word = ["con", "fluent"].concat();
    let found = found(&[
        text("docker-compose.yml", &format!("KAFKA_SSL_TRUSTSTORE_PASSWORD: {word}")),
        text("client.properties", &format!("ssl.truststore.password={word}")),
        text("run.sh", &format!("TRUSTSTORE_PASSWORD={word}")),
        text("a.yml", &format!("update_password: {word}")),
        text("b.yml", &format!("# DB_PASSWORD: {word}")),
        text("c.yml", "DB_PASSWORD: required"),
        text("ci/d.yml", &format!("DB_PASSWORD: {word}")),
    ]);
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn keys_are_found_in_sentences_in_sections_and_in_scripts() {
    let key = |n: usize| keyed("todoist-api-key", n as u64 + 1);
    all_found(
        &[
            ("a.md", "The Todoist token is {}.\n"),
            ("b.md", "Use `{}` as your Todoist key.\n"),
            ("a.yml", "shortcut:\n  token: {}\n"),
            ("a.toml", "[shortcut]\ntoken = \"{}\"\n"),
            ("a.log", "INFO todoist: using key {}\n"),
        ],
        &key,
    );
    all_found(
        &[
            ("a.ps1", "$p = ConvertTo-SecureString -String \"{}\" -AsPlainText -Force\n"),
            ("b.ps1", "ConvertTo-SecureString '{}' -AsPlainText -Force\n"),
        ],
        &password,
    );
}

#[test]
fn types_options_rules_of_validation_and_paths_are_no_passwords() {
    none_found(&[
        ("a.rs", "    password: *const gchar,\n"),
        ("b.rs", "let password_lookup: Symbol<'_, Lookup>;\n"),
        ("a.php", "return ['password' => 'required|confirmed'];\n"),
        ("a.py", "status = run(['passwd', '--status', 'root'])\n"),
        ("a.eex", "attrs = %{password: valid_<%= schema.singular %>_password()}\n"),
        ("a.ini", "esxi1_password: @ESXI1_PASSWORD\n"),
        ("a.json", "{\"SandboxKey\": \"/var/run/docker/netns/3df878d8ed31\"}\n"),
        ("a.rb", "# will send the password Base64 encoded\n"),
        ("revs", "# run the formatter to pass the CI build\na4e3b81a55b8c142ab1b84f4f209414a72727e86\n"),
    ]);
}

#[test]
fn what_other_scanners_know_is_no_secret() {
    let digest = keyed("github-oauth-client-secret", 1);
    let known = |name: &str| format!("{{\n  \"{name}\": \"{digest}\",\n  \"line_number\": 3\n}}\n");
    none_found(&[(".secrets.baseline", &known("hashed_secret"))]);
    let sandbox = Sandbox::new();
    sandbox.file("a.json", known("client_secret"));
    sandbox.run(["scan"]).code(1);
}

#[test]
fn a_long_key_in_base64_is_whole_and_what_an_address_leads_to_is_none() {
    let random = |n: u64| keyed("box-client-secret", n);
    let bundle = format!("MIIJ/AIBAzCC{}", (0..100).map(random).collect::<String>());
    let share = format!("// https://files.ent.box.com/s/{}\n", random(7));
    let uuid =
        random(9).bytes().map(|b| char::from(b"0123456789abcdef"[usize::from(b % 16)])).collect::<String>();
    let uuid =
        format!("{}-{}-{}-{}-{}", &uuid[..8], &uuid[8..12], &uuid[12..16], &uuid[16..20], &uuid[20..32]);
    let cases = [
        ("a.go", format!("ManagementCertificate=\"{bundle}\" />\n")),
        ("b.s", share),
        ("c.md", format!("see https://atlas.example.org/api/v1/configurations/progress/{uuid}\n")),
        ("d.py", format!("BOX_CLIENT_SECRET = \"{}\"\n", random(8))),
    ];
    let cases = cases.map(|(name, text)| (name.to_owned(), text));
    assert_eq!(found(&cases), BTreeSet::from([0, 3]));
}
