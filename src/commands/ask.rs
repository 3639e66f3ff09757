//! Asks for a key without showing it: from standard input, or from a prompt that does not echo.

use std::io::{self, IsTerminal, Read, Write};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::error::{Error, Result};

/// No key is longer, in bytes.
const LONGEST: u64 = 1 << 20;

const CTRL_C: u8 = 3;
const CTRL_D: u8 = 4;
const BACKSPACE: [u8; 2] = [8, 127];

/// Reads a key. The prompt goes to standard error, so that standard output holds data only.
pub(super) fn key(err: &mut dyn Write) -> Result<Vec<u8>> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        let _ = write!(err, "key (not shown): ").and_then(|()| err.flush());
        let quiet = Quiet::begin()?;
        let typed = line(&mut stdin.lock());
        drop(quiet);
        let _ = writeln!(err);
        return typed;
    }
    let mut bytes = Vec::new();
    stdin.lock().take(LONGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LONGEST {
        return Err(Error::Usage(
            "standard input holds more than 1 MiB: use `keysieve scan -` for texts".to_string(),
        ));
    }
    Ok(bytes)
}

fn failed(source: io::Error) -> Error {
    Error::Io { path: "standard input".into(), doing: "read", source }
}

/// One line, byte by byte, since the terminal does not put it together while it is quiet.
fn line(input: &mut dyn Read) -> Result<Vec<u8>> {
    let mut typed = Vec::new();
    let mut byte = [0];
    while input.read(&mut byte).map_err(failed)? > 0 && (typed.len() as u64) < LONGEST {
        match byte[0] {
            b'\r' | b'\n' | CTRL_D => break,
            CTRL_C => return Err(Error::Incomplete("interrupted".to_string())),
            back if BACKSPACE.contains(&back) => {
                typed.pop();
            }
            other => typed.push(other),
        }
    }
    Ok(typed)
}

/// A terminal that shows nothing of what is typed; as it was before when dropped.
struct Quiet(Termios);

impl Quiet {
    fn begin() -> Result<Quiet> {
        let before = tcgetattr(io::stdin()).map_err(|e| failed(e.into()))?;
        let mut quiet = before.clone();
        // Interrupts come as bytes too: a signal would end the program and leave the terminal mute.
        quiet.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
        tcsetattr(io::stdin(), OptionalActions::Flush, &quiet).map_err(|e| failed(e.into()))?;
        Ok(Quiet(before))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_line_is_edited_and_ended() {
        assert_eq!(line(&mut &b"abx\x7fc\rrest"[..]).ok().as_deref(), Some(&b"abc"[..]));
        assert_eq!(line(&mut &b"\x08a"[..]).ok().as_deref(), Some(&b"a"[..]));
        assert!(line(&mut &b"ab\x03"[..]).is_err());
    }
}
