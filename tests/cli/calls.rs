//! Calls, statements and prompts that sign in and have no word for a secret: the password is told by its argument's place; and
//! what has the same look. Values are made while the test runs.

use super::kinds::{all_found, none_found, password};

#[test]
#[rustfmt::skip]
fn passwords_in_calls_without_a_word_for_secrets_are_found() {
    all_found(
        &[
            ("a.py", "import smtplib\ns = smtplib.SMTP('smtp.acme.dev', 587)\ns.starttls()\ns.login('bob@acme.dev', '{}')\n"),
            ("b.py", "server.login(\"bob@acme.dev\", \"{}\")\n"),
            ("c.py", "server.login(sender_email, \"{}\")\n"),
            ("d.py", "ftp.login('deploy', '{}')\n"),
            ("e.py", "ftp = FTP('ftp.acme.dev', 'deploy', '{}')\n"),
            ("f.py", "M = imaplib.IMAP4_SSL('imap.acme.dev')\nM.login('bob', '{}')\n"),
            ("g.py", "db = pymysql.connect('db.acme.dev', 'app', '{}', 'shop')\n"),
            ("i.py", "db = MySQLdb.connect(\"localhost\",\"testuser\",\"{}\",\"TESTDB\")\n"),
            ("j.py", "conn = psycopg2.connect('shop', 'app', '{}')\n"),
            ("l.js", "client.login('bob@acme.dev', '{}', function () {});\n"),
            ("n.php", "$link = mysqli_connect('localhost', 'root', '{}', 'shop');\n"),
            ("o.php", "$link = mysqli_connect($host, \"root\", \"{}\", $db);\n"),
            ("p.php", "$db = new mysqli(\"localhost\", \"root\", \"{}\", \"shop\");\n"),
            ("q.php", "$db = new mysqli($servername, \"root\", \"{}\", \"shop\");\n"),
            ("r.php", "$conn = mysql_connect(\"localhost\",\"root\",\"{}\") or die('x');\n"),
            ("s.php", "ftp_login($conn_id, 'deploy', '{}');\n"),
            ("t.php", "ftp_login($conn_id, $ftp_user, '{}');\n"),
            ("u.php", "ldap_bind($ds, 'cn=admin,dc=acme,dc=dev', '{}');\n"),
            ("v.php", "imap_open('{imap.acme.dev:993/imap/ssl}INBOX', 'bob@acme.dev', '{}');\n"),
            ("x.ino", "WiFi.begin(\"AcmeOffice\", \"{}\");\n"),
            ("y.ino", "WiFi.begin(ssid, \"{}\");\n"),
            ("z.ino", "  WiFi.begin((char*)\"AcmeOffice\", \"{}\");\n"),
            ("B.java", "ftpClient.login(\"deploy\", \"{}\");\n"),
            ("C.java", "store.connect(\"imap.acme.dev\", \"bob@acme.dev\", \"{}\");\n"),
            ("I.rb", "ftp.login('deploy', '{}')\n"),
            ("L.go", "err = c.Login(\"deploy\", \"{}\")\n"),
            ("N.sh", "curl --user ci:{} \"$URL/jobs\"\n"),
            ("O.sh", "curl -s --user \"ci:{}\" $BASE\n"),
            ("R.sh", "sqlplus system/{}@orcl\n"),
            ("S.sh", "sqlplus app/{}@//db.acme.dev:1521/XEPDB1 @init.sql\n"),
            ("ae.exp", "expect \"*assword:\"\nsend \"{}\\r\"\n"),
            ("ag.exp", "expect {\n  \"assword:\" { send \"{}\\r\" }\n}\n"),
            ("aj.sql", "grant all privileges on shop.* to 'app'@'%' identified by '{}';\n"),
            ("ak.sql", "alter user 'root'@'localhost' identified with mysql_native_password by '{}';\n"),
            ("al.sql", "alter user scott identified by \"{}\";\n"),
            ("am.py", "tn.read_until(b'assword: ')\ntn.write(b'{}\\n')\n"),
            ("an.py", "tn.read_until(\"Password: \")\ntn.write('{}' + \"\\n\")\n"),
            ("ao.pl", "my $ftp = Net::FTP->new('h'); $ftp->login('deploy','{}');\n"),
            ("aw.php", "$conn = odbc_connect('DSN', 'app', '{}');\n"),
            ("ax.php", "$c = oci_connect('app', '{}', 'localhost/XE');\n"),
            ("az.py", "conn = cx_Oracle.connect('app/{}@db.acme.dev/orcl')\n"),
            ("bb.py", "ssh.connect('h.acme.dev', 22, 'deploy', '{}')\n"),
            ("bd.py", "client.connect(hostname, 22, 'deploy', '{}')\n"),
            ("be.py", "l.simple_bind_s('cn=admin,dc=acme,dc=dev', '{}')\n"),
            ("bf.js", "client.bind('cn=root', '{}', (err) => {});\n"),
            ("bp.py", "api.login('+15551234', '{}')\n"),
            ("bq.php", "$imap = imap_login($c, 'bob', '{}');\n"),
            ("bs.py", "wlan.connect('AcmeOffice', '{}')\n"),
        ],
        &password,
    );
}

#[test]
#[rustfmt::skip]
fn variables_prompts_sentences_and_other_calls_are_no_passwords() {
    none_found(&[
        ("a.py", "server.login(user, password)\nserver.login('bob@acme.dev', os.environ['SMTP_PW'])\nserver.login(\"bob\", getpass.getpass())\n"),
        ("b.py", "server.login(\"user@example.com\", \"password\")\nserver.login('your_email@gmail.com', 'your_password')\nserver.login(\"\", \"\")\n"),
        ("c.py", "pymysql.connect(\"localhost\", \"root\", \"\", \"test\")\npymysql.connect(host, user, password, db)\n"),
        ("d.php", "mysqli_connect('localhost', 'root', '', 'shop');\nnew mysqli(DB_HOST, DB_USER, DB_PASS, DB_NAME);\nmysqli_connect(\"localhost\", \"root\", \"password\");\n"),
        ("e.php", "mysqli_connect(\"localhost\", \"username\", \"password\", \"database\");\nnew mysqli($a, $b, $c, 'shop1');\n"),
        ("f.ino", "WiFi.begin(ssid, password);\nWiFi.begin(\"your_SSID\", \"your_PASSWORD\");\nWiFi.begin(\"SSID\", \"PASSWORD\");\nSerial.begin(115200);\n"),
        ("g.js", "connect('mongo1', 'collection2')(Component1)\nconnect(\"#id1\", \"click\", \"handler2\")\nio.connect('/chat', 'x')\n"),
        ("h.cpp", "connect(button, SIGNAL(\"clicked()\"), this, SLOT(\"x()\"));\nconnect(\"timer\", \"timeout1\", \"onTimeout2\")\n"),
        ("i.py", "signal.connect('button-press-event', 'on_press_1')\nwidget.connect(\"clicked\", \"on_button1_clicked\", \"data2\")\n"),
        ("j.js", "page.login('Welcome back', 'Sign in now')\nt('login', 'Login page title')\nit('login', 'x1y2z3');\ndescribe.login(\"should login\", \"with user\")\n"),
        ("k.java", "getConnection(url, user, password);\nftpClient.login(username, password);\nDriverManager.getConnection(\"jdbc:h2:mem:x\", \"sa\", \"\");\n"),
        ("l.sh", "sqlplus $USER/$PASS@$DB\nsqlplus / as sysdba\nsqlplus user/password@host\nrclone obscure $PW\nrclone obscure \"$(cat x)\"\ncurl --user $U:$P $X\ncurl --user user:password $X\ncurl --user ci:$TOKEN $X\ncurl --user \"ci:${TOKEN}\" $X\n"),
        ("m.sh", "docker run --user 1000:1000 x\ndocker run --user app:www-data1 nginx\nchown --user a:b x\ninstall --user root:wheel1 y\n"),
        ("n.sql", "create user app identified by '';\ncreate user app identified by :pw;\ngrant all on x to y identified by '%s';\ncreate user app identified by '$PW';\nidentified by the name1\nidentified by \"username\"\n"),
        ("o.exp", "expect \"assword:\"\nsend \"$pw\\r\"\nexpect \"assword:\"\nsend \"exit\\r\"\n"),
        ("p.txt", "The user is identified by 'name' in the list.\nrows are identified by \"row_id1\" column\n"),
        ("q.py", "canvas.begin(\"mode1\", \"state2\")\ncur.begin('tx1', 'isolated2')\nspan.begin(\"span-name\", \"span-id-1\")\n"),
        ("r.go", "c.Login(user, pass)\nc.Login(os.Getenv(\"U\"), os.Getenv(\"P\"))\n"),
        ("s.js", "$.connect(\"a\", \"b\", \"c\")\nstore.connect('users', 'list42', 'items42')\n"),
        ("t.rb", "Net::FTP.open(host, user, pass)\nftp.login(user, ENV['FTP_PASS'])\nftp.login('anonymous', 'guest@acme.dev')\nftp.login(\"anonymous\", \"anonymous@\")\n"),
    ]);
}
