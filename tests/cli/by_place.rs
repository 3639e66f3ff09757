//! Passwords that no name announces, but their place: options of one letter, statements, calls, addresses; and what has
//! the same look. Values are made while the test runs.

use super::kinds::{all_found, none_found, password};
use super::sandbox::keyed;

#[test]
fn passwords_in_options_of_one_letter_are_found() {
    all_found(
        &[
            ("a.sh", "mysql -u app -h db -p{} shop < dump.sql\n"),
            ("b.sh", "docker exec -i db mysqldump -uroot -p'{}' shop > x.sql\n"),
            ("c.yml", "test: [\"CMD\", \"mysqladmin\", \"ping\", \"-uroot\", \"-p{}\"]\n"),
            ("d.sh", "mariadb -uroot -p{} -e 'select 1'\n"),
            ("e.sh", "docker login -u ci -p {} registry.acme.dev\n"),
            ("f.sh", "helm registry login registry.acme.dev -u ci -p \"{}\"\n"),
            ("g.sh", "redis-cli -h cache -a {} PING\n"),
            ("h.bat", "start C:\\bin\\PsExec.exe \\\\srv -u admin -p {} cmd\n"),
            ("i.sh", "sshpass -p{} ssh deploy@host uptime\n"),
            ("j.sh", "curl -X POST -u deploy:{} \"$BASE/jobs\"\n"),
            ("k.sh", "smbclient //nas/share -U backup%{}\n"),
            ("l.sh", "ldapsearch -x \\\n  -D cn=admin,dc=acme \\\n  -w {} -b dc=acme\n"),
            ("m.sh", "zip -r -P {} backup.zip data\n"),
            ("n.sh", "7z a -p{} backup.7z data\n"),
            ("o.sh", "htpasswd -cb /etc/nginx/users admin {}\n"),
            ("p.sh", "mongosh -u admin -p {} --authenticationDatabase admin\n"),
            ("q.sh", "/opt/tools/bin/sqlcmd -S db -U sa -P \"{}\" -Q 'select 1'\n"),
            ("r.sh", "sqlplus -S app/{}@orcl @x.sql\n"),
            ("s.sh", "plink -ssh deploy@host -pw {} uptime\n"),
            ("t.sh", "lftp -u deploy,{} ftp.acme.dev\n"),
            ("u.bat", "net use Z: \\\\nas\\share /user:ACME\\backup {}\n"),
            ("v.bat", "xfreerdp /v:10.0.0.9 /u:admin /p:{}\n"),
            ("w.sh", "echo \"deploy:{}\" | chpasswd\n"),
            ("x.sh", "echo {} | passwd --stdin deploy\n"),
            ("y.sh", "echo '{}' | sudo -S apt update\n"),
            ("z.exp", "expect \"Password:\"\nsend -- \"{}\\r\"\n"),
        ],
        &password,
    );
}

#[test]
fn passwords_in_statements_calls_and_addresses_are_found() {
    all_found(
        &[
            ("a.sql", "GRANT ALL ON shop.* TO 'app'@'%' IDENTIFIED BY '{}';\n"),
            ("b.sql", "ALTER USER 'app'@'%' IDENTIFIED WITH mysql_native_password BY '{}';\n"),
            ("c.sql", "SET PASSWORD FOR 'app'@'%' = '{}';\n"),
            ("a.go", "sql.Open(\"mysql\", \"app:{}@tcp(db.acme.dev:3306)/shop\")\n"),
            ("b.go", "dsn := \"app:{}@unix(/run/db.sock)/shop\"\n"),
            ("a.php", "$db = new PDO($dsn, 'app', '{}');\n"),
            ("b.php", "connect('mysql:host=db;dbname=shop', 'app', '{}', []);\n"),
            ("A.java", "DriverManager.getConnection(\"jdbc:mysql://db/shop\", \"app\", \"{}\");\n"),
            ("B.java", "c = DriverManager.getConnection(url, \"app\", \"{}\");\n"),
            ("a.pl", "DBI->connect(\"DBI:mysql:shop;host=db\", \"app\", \"{}\");\n"),
            ("a.cs", "new DirectoryEntry(\"LDAP://dc.acme.dev\", \"acme\\\\svc\", \"{}\");\n"),
            (".pgpass", "db.acme.dev:5432:shop:app:{}\n"),
            ("pgpass.conf", "*:*:*:app:{}\n"),
        ],
        &password,
    );
    let hash = |rule: &'static str| move |n: usize| keyed(rule, n as u64);
    all_found(&[("a.txt", "svc:1103:{}:::\n"), ("b.txt", "{}:::\n")], &hash("password-hash-ntlm"));
    all_found(&[("a.txt", "{}\n")], &hash("password-hash-kerberos"));
}

#[test]
fn passwords_in_calls_that_sign_in_are_found_whatever_the_user_is() {
    all_found(
        &[
            ("a.py", "requests.get(url, auth=HTTPDigestAuth(USER, \"{}\"))\n"),
            ("b.py", "requests.get(url, auth=(user, '{}'))\n"),
            ("c.py", "cx_Oracle.connect(\"app\", \"{}\", \"db/XE\")\n"),
            ("d.py", "client.username_pw_set(NAME, \"{}\")\n"),
            ("f.py", "child.expect('password:')\nchild.sendline('{}')\n"),
            ("a.cs", "smtp.Credentials = new NetworkCredential(user, \"{}\");\n"),
            ("b.cs", "new X509Certificate2(\"site.pfx\", \"{}\")\n"),
            ("a.go", "smtp.PlainAuth(\"\", \"bob@acme.dev\", \"{}\", host)\n"),
            ("b.go", "gomail.NewDialer(\"smtp.acme.dev\", 587, \"bob\", \"{}\")\n"),
            ("A.java", "return new PasswordAuthentication(name, \"{}\".toCharArray());\n"),
            ("B.java", "c = DriverManager.getConnection(URL, USER, \"{}\");\n"),
            ("C.java", "transport.connect(host, \"bob\", \"{}\");\n"),
            ("D.java", "jedis.auth(\"{}\");\n"),
            ("E.java", "keyStore.load(in, \"{}\".toCharArray());\n"),
            ("a.php", "ssh2_auth_password($c, 'bob', '{}');\n"),
            ("b.php", "curl_setopt($ch, CURLOPT_USERPWD, \"bob:{}\");\n"),
            ("c.php", "$db = new PDO($dsn, $user, '{}');\n"),
            ("a.c", "mysql_real_connect(con, \"db\", \"root\", \"{}\", \"shop\", 0, NULL, 0);\n"),
            ("wpa.txt", "network={\n\tssid=\"home\"\n\tpsk=\"{}\"\n\tkey_mgmt=WPA-PSK\n}\n"),
            ("net.nmconnection", "[wifi-security]\nkey-mgmt=wpa-psk\npsk={}\n"),
            ("a.exp", "expect \"Password:\" ; send \"{}\\r\"\n"),
            ("a.sh", "openssl aes-256-cbc -pass pass:{} -in x\n"),
        ],
        &password,
    );
    none_found(&[
        (
            "a.py",
            "requests.get(url, auth=(user, password))\nauth(request, \"b1c2d3e4\")\nHTTPBasicAuth(u, p)\n",
        ),
        ("a.cs", "new NetworkCredential(user, pass);\nnew X509Certificate2(path, \"\");\n"),
        ("a.go", "smtp.PlainAuth(\"\", user, os.Getenv(\"PW1\"), host)\nurl.UserPassword(u, p)\n"),
        (
            "A.java",
            "authenticate(\"Please sign in\", \"b1c2d3e4\");\npassport.authenticate('jwt1', 'local2');\n",
        ),
        (
            "a.php",
            "curl_setopt($ch, CURLOPT_USERPWD, $u . \":\" . $p);\ncurl_setopt($c, CURLOPT_USERPWD, \"$u:$p\");\n",
        ),
        ("b.php", "new PDO($dsn, $user, '');\nnew PDO($dsn, $options, 'b1c2d3e4x');\n"),
        ("a.conf", "network={\n\tssid=\"x\"\n\tkey_mgmt=NONE\n}\npsk=\n"),
        ("a.exp", "expect \"Password:\" ; send \"$pw\\r\"\nchild.expect('password:')\nchild.sendline(pw1)\n"),
        ("a.sh", "openssl rsa -passin env:PW1x -in x\nopenssl rsa -passin file:/etc/pw1\n"),
    ]);
}

#[test]
fn mnemonic_phrases_are_found_wherever_they_stand() {
    all_found(
        &[
            (".env.production.txt", "MNEMONIC=\"{}\"\n"),
            ("a.js", "const p = new HDWalletProvider(\"{}\", url);\n"),
            ("a.yml", "mnemonic: {}\n"),
            ("a.txt", "{}\n"),
            ("README.md", "> seed phrase: `{}`\n"),
        ],
        &|n| keyed("bip39-mnemonic-phrase", n as u64 + 1),
    );
    // The standard's own, prose, and twelve words that are no phrase.
    none_found(&[
        ("a.js", &format!("mnemonic: \"{}about\"\n", "abandon ".repeat(11))),
        ("a.md", "we use words that anyone would write in any text about nothing at all\n"),
        ("b.md", "able above absent access across action actual adapt add address adjust admit\n"),
    ]);
}

#[test]
fn prompts_ports_references_and_blanks_are_no_passwords() {
    none_found(&[
        ("a.sh", "mysql -u root -p shop\nmysql -uroot -p\nmysqldump -u root -p -h db x\n"),
        ("b.sh", "mysql -uroot -p$PW\nmysql -uroot -p\"${PW}\"\nmysql -p$(cat x1)\nmysql -p`cat /run/s1`\n"),
        ("c.sh", "mysql -u root -p<password>\nmysql -u root -pYOUR_PASSWORD\nmysql -u root -p%s\n"),
        ("d.sh", "docker run -p 8080:80 nginx\ndocker run --name mysql -p3306:3306 mysql:8\n"),
        ("e.sh", "docker login -u ci -p $TOKEN\ndocker login -u ci -p ${{ secrets.X }}\n"),
        ("f.sh", "mkdir -p /var/lib/mysql/data1\nssh -p 22022 mysql\ncp -p mysql.conf1 x\n"),
        ("g.sh", "redis-cli -a \"$PW\" ping\ngrep -a redis-cli file12\n"),
        ("h.sh", "curl -u user:password https://a.acme.dev\ndocker run -u 1000:1000 x\n"),
        ("i.sh", "echo \"$U:$P\" | chpasswd\necho \"root:${PW}\" | chpasswd\necho $PW | sudo -S ls\n"),
        ("j.bat", "psexec \\\\srv -u admin -p %PASS% cmd\nnet use * \\\\n\\s /user:%U% %P%\n"),
        ("a.md", "The option -p of psexec is for the password, `mysql -p` asks for it.\n"),
        ("a.sql", "ALTER USER x IDENTIFIED BY '${PW}';\nGRANT x TO y IDENTIFIED BY 'password';\n"),
        ("b.sql", "-- rows are IDENTIFIED BY the column key1\nSET PASSWORD FOR 'a' = '$PW';\n"),
        ("a.go", "fmt.Sprintf(\"%s:%s@tcp(%s:%d)/%s\", u, p, h, n, d)\n\"root:@tcp(db:3306)/x\"\n"),
        ("a.php", "new PDO($dsn, $user, $pass);\nnew PDO($dsn, 'root', '');\nnew PDO('sqlite::memory:');\n"),
        ("A.java", "DriverManager.getConnection(\"jdbc:h2:mem:x\", \"sa\", \"\");\n"),
        ("a.exp", "expect \"Password:\"\nsend \"$password\\r\"\nexpect \"#\"\nsend \"show version\\r\"\n"),
        (".pgpass", "localhost:5432:*:app:$PW\nhostname:port:database:username:password\n"),
        ("a.yml", "ports: [\"10.0.0.1:5432:5432\"]\nat: 12:3000:45:10\nx: foo:bar:baz:qux1\n"),
    ]);
}
