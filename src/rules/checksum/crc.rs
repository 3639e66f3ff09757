//! Cyclic redundancy checks: 32 bits (IEEE), 16 bits (XMODEM), 24 bits (OpenPGP).

const CRC32: [u32; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let mut value = i as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { value >> 1 ^ 0xedb8_8320 } else { value >> 1 };
            bit += 1;
        }
        table[i] = value;
        i += 1;
    }
    table
};

/// The common CRC32 (zlib, PNG, Ethernet).
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc: u32, &byte| crc >> 8 ^ CRC32[usize::from(crc as u8 ^ byte)])
}

/// CRC16 with polynomial 0x1021 that starts from 0.
pub(super) fn crc16_xmodem(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, &byte| {
        (0..8).fold(
            crc ^ u16::from(byte) << 8,
            |crc: u16, _| {
                if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 }
            },
        )
    })
}

/// OpenPGP's CRC24.
pub(super) fn crc24(bytes: &[u8]) -> u32 {
    let crc = bytes.iter().fold(0x00b7_04ce, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte) << 16, |crc: u32, _| {
            let next = crc << 1;
            if next & 0x0100_0000 == 0 { next } else { next ^ 0x0186_4cfb }
        })
    });
    crc & 0x00ff_ffff
}

#[cfg(test)]
mod tests {
    use super::{crc16_xmodem, crc24, crc32};

    #[test]
    fn the_catalogue_s_check_values() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc16_xmodem(b"123456789"), 0x31c3);
        assert_eq!(crc24(b"123456789"), 0x0021_cf02);
    }
}
