//! Programs that are given a password by an option of one letter, as data: `mysql -pX`, `docker login -p X`,
//! `curl -u user:X`. The letter says nothing by itself, the program's name says what it means.

use std::collections::HashMap;
use std::sync::LazyLock;

/// How an option's value stands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Glue {
    /// `-pX`.
    Glued,
    /// `-p X`.
    Apart,
    /// `-p X` or `-pX`.
    Either,
}

/// Which part of an option's value is the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// What stands behind the first of this byte: `user:X`, `user%X`.
    Behind(u8),
    /// Oracle's `user/X@host`.
    Logon,
    /// None: the last of the words behind a bundle of options that holds this one, as in `htpasswd -cb FILE user X`.
    Last,
    /// None: what `echo` writes into the program, as in `echo X | sudo -S`.
    Piped,
}

/// An option without its dash.
type Means = (&'static str, Glue, Part);

/// Programs with the same options.
#[derive(Debug)]
pub(super) struct Program {
    /// Their names, without folder and `.exe`.
    names: &'static [&'static str],
    /// One of these words must stand between name and option, if there are any.
    sub: &'static [&'static str],
    /// The options.
    options: &'static [Means],
}

use Glue::{Apart, Either, Glued};
use Part::{Behind, Last, Logon, Piped, Whole};

#[rustfmt::skip]
static PROGRAMS: &[Program] = &[
    Program {
        names: &[
            "mysql", "mysqldump", "mysqladmin", "mysqlimport", "mysqlcheck", "mysqlshow", "mysqlslap", "mysqlbinlog",
            "mysqlpump", "mysqlsh", "mysql_upgrade", "mysqlhotcopy", "mycli", "mariadb", "mariadb-dump",
            "mariadb-admin", "mariadb-check", "mariadb-import", "mariadb-backup", "mariabackup", "xtrabackup",
            "innobackupex", "7z", "7za", "7zr", "7zz", "rar", "unrar", "mydumper", "myloader",
        ],
        sub: &[],
        options: &[("p", Glued, Whole), ("hp", Glued, Whole)],
    },
    Program {
        names: &[
            "docker", "podman", "nerdctl", "buildah", "skopeo", "crane", "regctl", "helm", "oras", "az", "oc", "cf", "ibmcloud",
            "bx", "faas-cli", "argocd", "rancher", "twine", "poetry", "jfrog", "jf", "astro", "cosign", "singularity",
        ],
        sub: &["login", "upload", "publish", "registry"],
        options: &[("p", Apart, Whole)],
    },
    Program {
        names: &[
            "psexec", "psexec64", "paexec", "pskill", "pslist", "psservice", "psloglist", "mongo", "mongosh", "mongodump", "mongorestore",
            "mongoexport", "mongoimport", "mongostat", "mongotop", "mongofiles", "cqlsh", "ncftp", "ncftpput",
            "ncftpget", "rdesktop", "evil-winrm", "beeline", "cypher-shell", "cbq", "couchbase-cli", "cbbackup", "rabbitmqadmin",
            "smbmap", "netexec", "nxc", "crackmapexec", "impala-shell", "winrs",
        ],
        sub: &[],
        options: &[("p", Apart, Whole), ("p:", Glued, Whole)],
    },
    Program { names: &["sshpass"], sub: &[], options: &[("p", Either, Whole)] },
    Program {
        names: &["redis-cli", "redis-benchmark", "valkey-cli", "keydb-cli"],
        sub: &[],
        options: &[("a", Apart, Whole)],
    },
    Program {
        names: &["curl"],
        sub: &[],
        options: &[("u", Either, Behind(b':')), ("U", Either, Behind(b':'))],
    },
    Program { names: &["http", "https", "xh"], sub: &[], options: &[("a", Apart, Behind(b':'))] },
    Program { names: &["ab"], sub: &[], options: &[("A", Apart, Behind(b':')), ("P", Apart, Behind(b':'))] },
    Program {
        names: &["smbclient", "smbget", "smbcacls", "smbcquotas", "rpcclient", "winexe", "wmic", "nmblookup", "net"],
        sub: &[],
        options: &[("U", Either, Behind(b'%'))],
    },
    Program {
        names: &[
            "ldapsearch", "ldapadd", "ldapmodify", "ldapdelete", "ldapmodrdn", "ldapcompare", "ldapwhoami", "ldappasswd", "kadmin",
        ],
        sub: &[],
        options: &[("w", Apart, Whole)],
    },
    Program { names: &["vsql"], sub: &[], options: &[("w", Apart, Whole)] },
    Program { names: &["openssl"], sub: &["enc", "aes-256-cbc", "aes-128-cbc", "aes256", "des3"], options: &[("k", Apart, Whole)] },
    Program {
        names: &["zip", "unzip", "zipcloak", "sqlcmd", "bcp", "osql", "isql", "tsql", "fisql", "ipmitool", "mosquitto_pub", "mosquitto_sub", "mosquitto_rr"],
        sub: &[],
        options: &[("P", Either, Whole)],
    },
    Program { names: &["htpasswd"], sub: &[], options: &[("b", Apart, Last)] },
    Program { names: &["mosquitto_passwd"], sub: &[], options: &[("b", Apart, Last)] },
    Program { names: &["plink", "pscp", "psftp", "putty", "nodetool"], sub: &[], options: &[("pw", Apart, Whole)] },
    Program {
        names: &["snmpget", "snmpwalk", "snmpbulkwalk", "snmpset", "snmptrap", "snmpstatus"],
        sub: &[],
        options: &[("A", Apart, Whole), ("X", Apart, Whole)],
    },
    Program { names: &["lftp"], sub: &[], options: &[("u", Either, Behind(b','))] },
    Program { names: &["sqlplus", "sql", "expdp", "impdp"], sub: &[], options: &[("S", Apart, Logon), ("s", Apart, Logon), ("L", Apart, Logon)] },
    Program { names: &["sudo"], sub: &[], options: &[("S", Apart, Piped)] },
];

/// The bytes behind a dash with which an option of the table begins, and with which bundles of `htpasswd` do.
const FIRST: &[u8] = b"aAbBcChkLnpPsSuUwX";

/// Whether an option of the table may begin with this byte.
pub(super) const fn may_begin(byte: u8) -> bool {
    let set = {
        let (mut set, mut i) = (0u128, 0);
        while i < FIRST.len() {
            set |= 1 << FIRST[i];
            i += 1;
        }
        set
    };
    byte < 128 && set >> byte & 1 == 1
}

/// The programs of this name.
pub(super) fn called(name: &[u8]) -> Option<&'static Program> {
    let name = name.rsplit(|b| matches!(b, b'/' | b'\\')).next().unwrap_or_default();
    let name = match name {
        [stem @ .., b'.', b'e' | b'E', b'x' | b'X', b'e' | b'E'] => stem,
        _ => name,
    };
    let first = name.first()?.to_ascii_lowercase();
    // Nearly all words end here: each word of a command line is asked for.
    if name.len() > LONGEST || NAMES.lengths[usize::from(first)] >> name.len() & 1 == 0 {
        return None;
    }
    let mut lower = [0; LONGEST];
    let lower = &mut lower[..name.len()];
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    NAMES.programs.get(&*lower).copied()
}

/// No program's name is longer, in bytes.
const LONGEST: usize = 16;

/// The programs by name.
struct Names {
    /// For each first byte which lengths there are, a bit each.
    lengths: [u32; 256],
    programs: HashMap<&'static [u8], &'static Program>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut names = Names { lengths: [0; 256], programs: HashMap::new() };
    for program in PROGRAMS {
        for name in program.names.iter().map(|n| n.as_bytes()) {
            debug_assert!(name.len() <= LONGEST && !name.iter().any(u8::is_ascii_uppercase));
            names.lengths[usize::from(name[0])] |= 1 << name.len();
            names.programs.entry(name).or_insert(program);
        }
    }
    names
});

impl Program {
    /// Whether a word between name and option must be one of a few.
    pub(super) fn wants_sub(&self) -> bool {
        !self.sub.is_empty()
    }

    /// Whether a word is one of those.
    pub(super) fn is_sub(&self, word: &[u8]) -> bool {
        self.sub.iter().any(|s| s.as_bytes() == word)
    }

    /// What the option that begins behind a dash means: its length, and how its value stands. The longest wins.
    pub(super) fn option(&self, text: &[u8]) -> Option<&'static Means> {
        let word = text.iter().position(|b| !b.is_ascii_alphanumeric() && *b != b'-').unwrap_or(text.len());
        let fits = |(option, glue, part): &&Means| match part {
            Last => text[..word].contains(&option.as_bytes()[0]) && word <= 5,
            _ => {
                text.starts_with(option.as_bytes())
                    && match glue {
                        Glued => text.get(option.len()).is_some_and(|b| !matches!(b, b' ' | b'\t' | b',')),
                        Apart => text.get(option.len()).is_some_and(|b| is_gap(*b)),
                        Either => text.len() > option.len(),
                    }
            }
        };
        self.options.iter().filter(fits).max_by_key(|(option, ..)| option.len())
    }
}

/// Whether a byte ends an option's name: a space, or what follows it in a list of strings.
fn is_gap(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b',')
}
