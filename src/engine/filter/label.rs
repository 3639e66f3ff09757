//! Text for people: labels, messages, questions, in any language.

use super::Case;
use super::shapes::contains_no_case;

/// What passwords are called; a text of letters that holds one of them is a label, and no password.
#[rustfmt::skip]
const CALLED: &[&str] = &[
    "password", "passwort", "kennwort", "contraseña", "contrasenya", "contrasinal", "senha", "palavra-passe", "heslo",
    "hesla", "lozink", "geslo", "jelsz", "salasana", "parool", "parole", "paroli", "parola", "parolă", "slaptaž",
    "pasahitza", "adgangskode", "passord", "lösenord", "lykilorð", "wachtwoord", "hasło", "hasła", "şifre", "şifrə",
    "sandi", "cyfrinair", "fjalëkalim", "пароль", "пароля", "паролю", "парола", "лозинка", "шифра", "κωδικ", "סיסמ",
    "รหัส", "mật khẩu", "密码", "密碼", "口令", "パスワード", "비밀번호", "암호", "كلمة", "گذرواژه", "पासवर्ड", "пассворд",
    "passphrase", "token", "トークン", "令牌", "토큰", "токен",
];

/// Whether the value is text for people.
pub(super) fn sentence(case: &Case<'_>) -> bool {
    if !case.generic {
        return false;
    }
    let key = case.key.trim_ascii();
    let spaces = key.iter().filter(|b| **b == b' ').count();
    let ends = matches!(key.last(), Some(b':' | b'?' | b'.')) && case.makeup.digits == 0;
    let mentions = spaces > 0
        && [&b"password"[..], b"token", b"secret", b"key", b"passphrase", b" code"]
            .iter()
            .any(|w| contains_no_case(key, w));
    // Rules of validation, `required|confirmed`, and lists of names, `NetcredentialsOnly, WithProfile`.
    let listed = key.iter().any(|b| matches!(b, b'|' | b','))
        && key.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'|' | b',' | b' ' | b'_'));
    spaces >= 2
        || listed
        || validates(key)
        || key.ends_with(b"\\n")
        || key.ends_with(b"\\r")
        || ends && spaces > 0
        || mentions
        || key.ends_with(b":")
        || case.makeup.other > key.len() / 3 && case.makeup.digits * 10 < key.len()
        || label(case, key)
        || scheme(case)
}

/// Rules by which a framework tests a field: `required|string|min:6`, `required_unless:driver,log`.
fn validates(key: &[u8]) -> bool {
    let mut parts = 0;
    let mut argued = false;
    for part in key.split(|b| *b == b'|') {
        let word = part.split(|b| *b == b':').next().unwrap_or_default();
        let argument = part.get(word.len() + 1..).unwrap_or_default();
        let plain = |b: &u8| b.is_ascii_alphanumeric() || b"_,.:".contains(b);
        if word.len() < 2
            || !word.iter().all(|b| b.is_ascii_lowercase() || *b == b'_')
            || !argument.iter().all(plain)
        {
            return false;
        }
        argued |= !argument.is_empty();
        parts += 1;
    }
    parts >= 2 || argued && (key.starts_with(b"required_") || key.starts_with(b"exclude_"))
}

/// A word or two of letters alone, which goes on, begins like a title, or is what passwords are called somewhere.
fn label(case: &Case<'_>, key: &[u8]) -> bool {
    // Latin-1 is no UTF-8.
    let Ok(text) = std::str::from_utf8(key) else { return goes_on(case) };
    // `TCP/IP를 통해 …`: words of another script go on.
    if case.makeup.other > 0 && goes_on(case) {
        return true;
    }
    if !text.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '’' | '!')) {
        return false;
    }
    let titled = text.chars().next().is_some_and(char::is_uppercase);
    let foreign = !text.is_ascii();
    let lower = text.to_lowercase();
    let called = CALLED.iter().any(|word| lower.contains(word));
    called && (titled || foreign)
        || foreign && titled
        || text.contains(' ') && (titled || foreign)
        || goes_on(case)
}

/// Whether a bare value is only the first word of a text: `password = Forgot your password?`.
fn goes_on(case: &Case<'_>) -> bool {
    // Words of a command are followed by others.
    if case.around.value.quoted || case.rule.id == "generic-login" {
        return false;
    }
    let line = case.around.after(80).split(|b| matches!(b, b'\n' | b'\r')).next().unwrap_or_default();
    // `User's password`
    if matches!(line, [b'\'', b's', b' ', ..]) {
        return true;
    }
    let Some(rest) = line.strip_prefix(b" ") else { return false };
    let word = rest.iter().take_while(|b| b.is_ascii_alphabetic() || **b >= 0x80).count();
    word > 0 && matches!(rest.get(word), None | Some(b' ' | b'.' | b',' | b'?' | b'!' | b':' | b'/' | b'\''))
}

/// How one signs in, and not with what: `Authorization: AWS4-HMAC-SHA256 Credential=…`, `"Basic …"`.
fn scheme(case: &Case<'_>) -> bool {
    let name = case.around.name_text();
    let header = name.len() >= 13 && name[name.len() - 13..].eq_ignore_ascii_case(b"authorization");
    let bare = header && !case.around.value.quoted && case.around.after(1) == b" ";
    let starts =
        |word: &[u8]| case.key.len() > word.len() && case.key[..word.len()].eq_ignore_ascii_case(word);
    bare && !matches!(&*case.rule.id, "generic-bearer-token" | "generic-basic-auth")
        || [&b"basic "[..], b"bearer ", b"digest ", b"hmac "].iter().any(|w| starts(w))
}

/// npm's token without the registry that it is for: npm ignores it, and what stands so in texts is made up.
pub(super) fn unscoped(case: &Case<'_>) -> bool {
    let Some(name) =
        case.around.name.filter(|_| case.generic && case.around.name_text().ends_with(b"_authToken"))
    else {
        return false;
    };
    let (start, end) = name.span;
    let from = case.around.bytes[..start].iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
    let line = &case.around.bytes[from.max(start.saturating_sub(200))..end];
    let slashes = line.iter().take_while(|b| matches!(b, b'/' | b' ')).count();
    let bare = &line[slashes..];
    bare == b"_authToken" || bare == b":_authToken"
}
