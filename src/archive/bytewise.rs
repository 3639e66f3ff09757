//! Contents that are turned into others byte by byte, read as a stream.

use std::io::{self, Read};

/// How much is read at once.
const CHUNK: usize = 16 << 10;

/// What takes a content byte by byte and makes another ready.
pub(super) trait Machine {
    /// Takes a byte.
    fn byte(&mut self, byte: u8);

    /// The content has ended.
    fn end(&mut self) {}

    /// What is ready to be read; whoever reads it empties it.
    fn ready(&mut self) -> &mut Vec<u8>;
}

/// What a machine makes of a content.
pub(super) struct Bytewise<R, M> {
    from: R,
    machine: M,
    used: usize,
    ended: bool,
}

impl<R: Read, M: Machine> Bytewise<R, M> {
    pub(super) fn new(from: R, machine: M) -> Bytewise<R, M> {
        Bytewise { from, machine, used: 0, ended: false }
    }
}

impl<R: Read, M: Machine> Read for Bytewise<R, M> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.used == self.machine.ready().len() {
            if self.ended {
                return Ok(0);
            }
            self.machine.ready().clear();
            self.used = 0;
            let mut chunk = [0; CHUNK];
            let n = match self.from.read(&mut chunk) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            self.ended = n == 0;
            chunk[..n].iter().for_each(|&byte| self.machine.byte(byte));
            if self.ended {
                self.machine.end();
            }
        }
        let ready = self.machine.ready();
        let n = (ready.len() - self.used).min(into.len());
        into[..n].copy_from_slice(&ready[self.used..self.used + n]);
        self.used += n;
        Ok(n)
    }
}
