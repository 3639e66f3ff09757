//! A header of a tar archive: 512 bytes, numbers in octal, a checksum.

/// Headers and contents come in blocks of so many bytes.
pub(super) const BLOCK: usize = 512;

/// A header whose checksum holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header<'h>(&'h [u8]);

impl<'h> Header<'h> {
    /// The header at the beginning of some bytes.
    pub(super) fn of(bytes: &'h [u8]) -> Option<Header<'h>> {
        let block = bytes.get(..BLOCK)?;
        let stated = number(&block[148..156])?;
        // The field itself counts as blanks. Old programs added signed bytes.
        let body = || block[..148].iter().chain(&block[156..]);
        let unsigned: u64 = 8 * 32 + body().map(|&b| u64::from(b)).sum::<u64>();
        let signed: i64 = 8 * 32 + body().map(|&b| i64::from(b as i8)).sum::<i64>();
        let holds = stated == unsigned || i64::try_from(stated) == Ok(signed);
        holds.then_some(Header(block))
    }

    /// Whether a first header looks like one: the name of a member, with nothing behind its end.
    pub(super) fn name_is_plausible(&self) -> bool {
        let name = &self.0[..100];
        let end = name.iter().position(|&b| b == 0).unwrap_or(100);
        self.is_ustar() || end > 0 && name[end..].iter().all(|&b| b == 0)
    }

    /// Whether the extended fields are there.
    fn is_ustar(&self) -> bool {
        self.0[257..].starts_with(b"ustar")
    }

    /// What kind of member follows.
    pub(super) fn kind(&self) -> u8 {
        self.0[156]
    }

    /// How many bytes follow; `None` where that is no number.
    pub(super) fn size(&self) -> Option<u64> {
        number(&self.0[124..136])
    }

    /// The name, with its folder.
    pub(super) fn name(&self) -> Vec<u8> {
        let name = until_nul(&self.0[..100]);
        // GNU keeps other things where the folder would be.
        let is_posix = self.0[257..].starts_with(b"ustar\0");
        let folder = if is_posix { until_nul(&self.0[345..500]) } else { b"" };
        if folder.is_empty() { name.to_vec() } else { [folder, b"/", name].concat() }
    }

    /// Where a link leads.
    pub(super) fn link(&self) -> &'h [u8] {
        until_nul(&self.0[157..257])
    }

    /// Whether more blocks about holes follow (GNU, kind `S`).
    pub(super) fn more_holes(&self) -> bool {
        self.0[482] != 0
    }
}

fn until_nul(field: &[u8]) -> &[u8] {
    &field[..field.iter().position(|&b| b == 0).unwrap_or(field.len())]
}

/// An octal number, or GNU's and star's binary one.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        let digits = field.iter().enumerate().map(|(i, &b)| if i == 0 { b & 0x7f } else { b });
        return digits.into_iter().try_fold(0_u64, |all, b| all.checked_mul(256)?.checked_add(b.into()));
    }
    let text = field.trim_ascii_start();
    let end = text.iter().position(|b| matches!(b, 0 | b' ')).unwrap_or(text.len());
    let digits = text.get(..end).filter(|d| d.iter().all(|b| (b'0'..=b'7').contains(b)))?;
    digits.iter().try_fold(0_u64, |all, b| all.checked_mul(8)?.checked_add(u64::from(b - b'0')))
}
