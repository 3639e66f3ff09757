//! More filters with their examples: pieces of addresses and of languages, and what a name says against its value.

use super::{Filter, address, named, syntax};

/// The filters that are asked behind those of the first table.
pub(super) static MORE: &[Filter] = &[
    Filter {
        name: "address",
        about: "a piece of an address that opens nothing: the number of a thing, a picture, a document",
        test: |case| address::open(case) || address::described(case),
        drops: &[
            "\"url\": \"https://verify.acme.dev/v2/Services/VA1/Entities/«ff483d1ff591898a9942916050d2ca3f»/Challenges\"",
            "[`x`](https://www.acme.dev/gui/file/«f9984b6ba51a02bb8f880c538b28e2c7»)",
            "\"https://media.acme.dev/«fc5353a708d3b43b97381c37a7aa86b4»/photo_500.jpg\"",
            "# https://docs.google.com/spreadsheet/ccc?key=«0AmQEO36liL4FdDJLWVNMaVV2UmRKSnpXU09»",
            "redirectUri = \"msauth://org.acme.app/«Dx8yUsuhyU3dYYba1aA16Wxu5eM%3D»\"",
            "token of /users/: https://acme.dev/users/«fc5353a708d3b43b97381c37a7aa86b4»/posts",
        ],
        keeps: &[
            "https://mainnet.acme.dev/v3/«fc5353a708d3b43b97381c37a7aa86b4»",
            "https://acme.dev/hooks/«fc5353a708d3b43b97381c37a7aa86b4»",
            "https://acme.dev/tokens/«fc5353a708d3b43b97381c37a7aa86b4»",
            "https://acme.dev/a?key=«fc5353a708d3b43b97381c37a7aa86b4»",
            "users/«fc5353a708d3b43b97381c37a7aa86b4»",
        ],
    },
    Filter {
        name: "template",
        about: "an expression inside the marks of a template",
        test: syntax::of_a_template,
        drops: &[
            "{{- $password := «include» \"common.secret\" (dict \"a\" .) -}}",
            "auth.secret = {{ «app2AuthTktSTG» }}",
        ],
        keeps: &["{{ note }} password: «tr0ub4dor»", "x={{ password: '«tr0ub4dor»' }}"],
    },
    Filter {
        name: "pattern",
        about: "a regular expression",
        test: syntax::pattern,
        drops: &[
            "ProxyPassMatch \"«^/metrics$»\" x",
            "const TOKEN = \"«([a-zA-Z0-9-!#$%&'*+.^_`{|}~]+)»\"",
            "password: '«^(?=.*[A-Z])(?=.*\\d).{8,}$»'",
        ],
        keeps: &["password = \"«^tr0ub$4dor»\"", "password = \"«a[x]+9b»\""],
    },
    Filter {
        name: "typed",
        about: "a type, what makes one, or the tag of a field",
        test: syntax::typed,
        drops: &[
            "PassCert «*dynamic.PassTLSClientCert» `json`",
            "PassCert x `«json:\"passCert,omitempty\"»`",
            "Credentials = new «OpenApiOAuthFlow»",
            "modelValue: RESTAuthOAuth2 | «GQLAuthOAuth2»",
        ],
        keeps: &["password: «*star9fall»", "password = '«json:tr0ub»'", "token | «gqlauthoauth2»"],
    },
    Filter {
        name: "joined",
        about: "what stands between two strings that code joins",
        test: syntax::joined,
        drops: &[
            "<label for='password'>«\".LABEL_026.\"»</label>",
            "log(\"  Password: \"« LOG_SECRET(»\"'%s'\"), x);",
            "name='mail_pass' value=\\«\".$pref['mail_pass'].\"» />",
        ],
        keeps: &["password = '« tr0ub4dor»'", "password = «\".tr0ub»", "password='«.tr0ub.»'"],
    },
    Filter {
        name: "drawn",
        about: "numbers of a drawing",
        test: syntax::drawn,
        drops: &["d=\"M1017 349 911v-991h-«330v991h330zM370» 1217q1 -73 -50.5 -122t-135.5 -49\""],
        keeps: &["key = \"«330v991h330zM370»\""],
    },
    Filter {
        name: "hollow",
        about: "the first and the last line of a private key, and no key between them",
        test: syntax::hollow,
        drops: &[
            "«-----BEGIN X KEY-----\n35faa1406267e882cde54b0aaa783db4b784bb50:a.pem:-----END X KEY-----»",
        ],
        keeps: &["key = «-----BEGIN OF 24 LETTERS AND MORE»"],
    },
    Filter {
        name: "sorted",
        about: "one of a list of words in the order of the alphabet",
        test: syntax::sorted,
        drops: &["parent parseFloat parseInt password «pkcs11» plugin prompt reset"],
        keeps: &["my new password «tr0ub4dor» and so on"],
    },
    Filter {
        name: "sealed",
        about: "a key that is sealed with another one, as its name says",
        test: named::sealed,
        drops: &[
            "encrypted_key: '«0DJjBXri_kBcC46IkU5_Jk9BqaQeHdv2»'",
            "EncryptedPrivateKey = \"«2.AOs41Hd8OQiC==|O6OHgt2U2hJG==»\"",
        ],
        keeps: &["encryption_key: '«0DJjBXri_kBcC46IkU5_Jk9BqaQeHdv2»'", "encrypted_password: '«tr0ub4dor»'"],
    },
    Filter {
        name: "identifies",
        about: "an identifier of some thing, as its name says",
        test: named::identifies,
        drops: &["acme: \"uid\": \"«6d6d0efe9717ec2962ef0a77c6210df9»\""],
        keeps: &[
            "acme: \"hash\": \"«6d6d0efe9717ec2962ef0a77c6210df9»\"",
            "acme: uid_token: '«6d6d0efe9717ec2962ef0a77c6210df9»'",
        ],
    },
    Filter {
        name: "constant name",
        about: "a name, which a constant of names holds",
        test: named::of_a_constant,
        drops: &["const val KEY_AUTHORIZATION = \"«app.mail9_auth»\""],
        keeps: &["KEY_PASSWORD = \"«tr0ub4dor»\"", "AUTHORIZATION = \"«app.mail9_auth»\""],
    },
    Filter {
        name: "of a package",
        about: "a value of a package, whose name is no provider's word",
        test: named::of_a_package,
        drops: &["acme: \"org.mail.acme\" to \"«c48d74a75c45cd362b0ff2c1e9756f541dee816163e3684a9f»\""],
        keeps: &["acme: org.mail.acme.token = '«6d6d0efe9717ec2962ef0a77c6210df9»'"],
    },
    Filter {
        name: "resource",
        about: "the name of a thing that keeps a secret",
        test: named::of_a_resource,
        drops: &["tlsSecret: «shop-tls»", "const AUTH = \"«shop-k8s-auth»\""],
        keeps: &["password: «tr0ub-key»", "secret: «x7k-9tls»"],
    },
    Filter {
        name: "field",
        about: "the name of a field, given to a call",
        test: named::of_a_field,
        drops: &["$frm->form_password('«passtovalidate»', 35)", "f->password(\"«clientpassword»\", '')"],
        keeps: &[
            "setPassword(\"«clientpassword»\")",
            "password(\"«tr0ubpass»\")",
            "password = \"«clientpassword»\"",
        ],
    },
];
