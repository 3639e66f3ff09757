//! Any bytes: an archive never gives more than it may, however it lies, three archives deep.

#![no_main]

use std::io::Read;

use keysieve::archive::{Budget, Bytes, HEAD, Kind, Limits, Member, Trouble, Visitor, open};
use keysieve::model::Stop;
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits { size: 1 << 20, asked: true, members: 1000, depth: 3 };

struct Count<'b> {
    budget: &'b Budget,
    depth: u8,
    members: u64,
}

impl Visitor for Count<'_> {
    fn member(&mut self, _: &Member<'_>, content: &mut dyn Read) {
        self.members += 1;
        let mut bytes = Vec::new();
        let _ = content.take(2 << 20).read_to_end(&mut bytes);
        if let Some(kind) = Kind::of(&bytes[..bytes.len().min(HEAD)])
            && self.depth < LIMITS.depth
        {
            self.depth += 1;
            let _ = open(kind, &Bytes(&bytes), self.budget, self);
            self.depth -= 1;
        }
    }

    fn note(&mut self, _: &Member<'_>, _: &[u8]) {}

    fn trouble(&mut self, _: &Member<'_>, _: Trouble) {}
}

fuzz_target!(|bytes: &[u8]| {
    let Some(kind) = Kind::of_whole(bytes) else { return };
    let budget = Budget::new(LIMITS, bytes.len() as u64, &Stop::new());
    let mut count = Count { budget: &budget, depth: 1, members: 0 };
    let _ = open(kind, &Bytes(bytes), &budget, &mut count);
    assert!(count.members <= 4 * LIMITS.members + 8, "documents are given twice, with what is behind them");
});
