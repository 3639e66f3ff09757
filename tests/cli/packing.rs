//! Writers of archives for tests: just enough, and able to lie.

use std::io::Write as _;

pub fn crc(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

pub fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut packed = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

/// An xz stream whose LZMA2 chunks are stored, which is what the format has for data that does not get smaller.
pub fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0xfd, b'7', b'z', b'X', b'Z', 0, 0, 1];
    out.extend(crc(&[0, 1]).to_le_bytes());
    let block_start = out.len();
    // Header: size, no flags, LZMA2 with one byte of properties, padding.
    let header = [2, 0, 0x21, 1, 0, 0, 0, 0];
    out.extend(header);
    out.extend(crc(&header).to_le_bytes());
    for (number, chunk) in bytes.chunks(1 << 16).enumerate() {
        out.push(if number == 0 { 1 } else { 2 });
        out.extend(u16::try_from(chunk.len() - 1).unwrap().to_be_bytes());
        out.extend(chunk);
    }
    out.push(0);
    let unpadded = out.len() - block_start + 4;
    out.resize(out.len().next_multiple_of(4), 0);
    out.extend(crc(bytes).to_le_bytes());
    let mut index = vec![0, 1];
    for number in [unpadded, bytes.len()] {
        let mut n = number;
        while n >= 0x80 {
            index.push(n as u8 | 0x80);
            n >>= 7;
        }
        index.push(n as u8);
    }
    index.resize(index.len().next_multiple_of(4), 0);
    out.extend(&index);
    out.extend(crc(&index).to_le_bytes());
    let mut footer = u32::try_from((index.len() + 4) / 4 - 1).unwrap().to_le_bytes().to_vec();
    footer.extend([0, 1]);
    out.extend(crc(&footer).to_le_bytes());
    out.extend(footer);
    out.extend(b"YZ");
    out
}

/// What a member of a zip archive is written like.
#[derive(Clone, Copy, Default)]
pub struct How {
    pub method: u16,
    pub flags: u16,
    /// Sizes and checksum stand behind the content.
    pub described: bool,
    /// Sizes stand in extra fields.
    pub wide: bool,
    /// The directory does not know it.
    pub unlisted: bool,
}

pub const STORED: How = How { method: 0, flags: 0, described: false, wide: false, unlisted: false };
pub const DEFLATED: How = How { method: 8, ..STORED };

/// Writes a zip archive.
#[derive(Default)]
pub struct Zip {
    out: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
}

impl Zip {
    pub fn new() -> Zip {
        Zip::default()
    }

    pub fn add(self, name: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> Zip {
        self.put(name, content, DEFLATED)
    }

    pub fn put(self, name: impl AsRef<[u8]>, content: impl AsRef<[u8]>, how: How) -> Zip {
        let content = content.as_ref();
        let packed = match how.method {
            0 => content.to_vec(),
            8 => deflate(content),
            12 => bzip2(content),
            93 => zstd(content),
            95 => xz(content),
            other => panic!("method {other}"),
        };
        self.raw(name, &packed, (content.len() as u64, crc(content)), how)
    }

    /// A member with these packed bytes, which is said to unpack to so many bytes with this checksum.
    pub fn raw(mut self, name: impl AsRef<[u8]>, packed: &[u8], said: (u64, u32), how: How) -> Zip {
        let name = name.as_ref();
        let at = self.out.len() as u32;
        let flags = how.flags | if how.described { 8 } else { 0 };
        let (size, crc) = said;
        let narrow = |n: u64| if how.wide { u32::MAX } else { n as u32 };
        let extra = |local: bool| {
            let mut extra = Vec::new();
            if how.wide && !(local && how.described) {
                extra.extend(1_u16.to_le_bytes());
                extra.extend(16_u16.to_le_bytes());
                extra.extend(size.to_le_bytes());
                extra.extend((packed.len() as u64).to_le_bytes());
            }
            extra
        };
        let fields = |known: bool, extra: &[u8]| {
            let mut fields = Vec::new();
            for number in [20, flags, how.method, 0, 0x21] {
                fields.extend(number.to_le_bytes());
            }
            for number in [crc, narrow(packed.len() as u64), narrow(size)] {
                fields.extend(if known { number } else { 0 }.to_le_bytes());
            }
            fields.extend((name.len() as u16).to_le_bytes());
            fields.extend((extra.len() as u16).to_le_bytes());
            fields
        };
        let own = extra(true);
        self.out.extend(b"PK\x03\x04");
        self.out.extend(fields(!how.described, &own));
        self.out.extend(name);
        self.out.extend(own);
        self.out.extend(packed);
        if how.described {
            self.out.extend(b"PK\x07\x08");
            for number in [crc, packed.len() as u32, size as u32] {
                self.out.extend(number.to_le_bytes());
            }
        }
        if how.unlisted {
            return self;
        }
        let listed = extra(false);
        self.directory.extend(b"PK\x01\x02\x14\x00");
        self.directory.extend(fields(true, &listed));
        self.directory.extend([0; 10]);
        self.directory.extend([0; 0]);
        self.directory.extend(at.to_le_bytes());
        self.directory.extend(name);
        self.directory.extend(listed);
        self.count += 1;
        self
    }

    pub fn finish(mut self) -> Vec<u8> {
        let at = self.out.len() as u32;
        self.out.extend(&self.directory);
        self.out.extend(b"PK\x05\x06\0\0\0\0");
        self.out.extend(self.count.to_le_bytes());
        self.out.extend(self.count.to_le_bytes());
        self.out.extend((self.directory.len() as u32).to_le_bytes());
        self.out.extend(at.to_le_bytes());
        self.out.extend([0; 2]);
        self.out
    }

    /// Without a directory, as if it had been cut.
    pub fn cut(self) -> Vec<u8> {
        self.out
    }
}

/// Writes a tar archive.
#[derive(Default)]
pub struct Tar(pub Vec<u8>);

impl Tar {
    pub fn new() -> Tar {
        Tar::default()
    }

    pub fn add(self, name: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> Tar {
        self.put(b'0', name, content, b"")
    }

    pub fn put(mut self, kind: u8, name: impl AsRef<[u8]>, content: impl AsRef<[u8]>, link: &[u8]) -> Tar {
        let content = content.as_ref();
        self.0.extend(header(kind, name.as_ref(), content.len() as u64, link));
        self.0.extend(content);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    pub fn finish(mut self) -> Vec<u8> {
        self.0.extend([0; 1024]);
        self.0
    }
}

/// A header of a tar archive that says so many bytes follow.
pub fn header(kind: u8, name: &[u8], size: u64, link: &[u8]) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..name.len().min(100)].copy_from_slice(&name[..name.len().min(100)]);
    block[100..108].copy_from_slice(b"0000644\0");
    block[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
    block[136..148].copy_from_slice(b"00000000000\0");
    block[148..156].fill(b' ');
    block[156] = kind;
    block[157..157 + link.len()].copy_from_slice(link);
    block[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = block.iter().map(|&b| u32::from(b)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}
