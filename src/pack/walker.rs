//! One thread's walk through trees of deltas.

use std::sync::Arc;

use libdeflater::Crc;

use crate::model::{Base, Copied, Kin, Trace};

use super::catalog::COPY;
use super::forest::{NONE, Root};
use super::inflate::{Buffer, Inflater, plausible};
use super::packfile::{Built, Located, located};
use super::traverse::{Branch, Shared, Visitor};
use super::window::Windows;
use super::{Damage, Kind, META_LIMIT, Object, Reader, WHOLE_LIMIT, delta, hash_object, loose};

/// How many objects a thread tries to find elsewhere before it takes damage for what it is.
const RECOVERIES: usize = 10_000;

/// Buffers that are kept for reuse, and how large each may be.
const SPARE: usize = 64;
const SPARE_SIZE: usize = 4 << 20;

/// Shorter runs that an object has in common with its base are not told, in bytes.
const COPIED: usize = 256;

/// One thread's tools and what it calls with the objects.
pub(super) struct Walker<'v, 'p, V> {
    shared: &'v Shared<'p>,
    visitor: &'v mut V,
    reader: Reader<'p>,
    windows: Windows,
    inflater: Inflater,
    delta: Buffer,
    spare: Vec<Buffer>,
    /// What the object that was made last has in common with its base.
    copied: Vec<Copied>,
    recoveries: usize,
}

/// What came of decoding an entry.
enum Made {
    Whole(Kind, Buffer),
    /// Too large for one piece.
    Large,
    Damaged(Damage),
}

fn limit(kind: Kind) -> u64 {
    if kind == Kind::Blob { WHOLE_LIMIT } else { META_LIMIT }
}

impl<'v, 'p, V: Visitor> Walker<'v, 'p, V> {
    pub(super) fn new(shared: &'v Shared<'p>, visitor: &'v mut V) -> Walker<'v, 'p, V> {
        Walker {
            shared,
            visitor,
            reader: shared.plan.store.reader(),
            windows: Windows::default(),
            inflater: Inflater::default(),
            delta: Buffer::default(),
            spare: Vec::new(),
            copied: Vec::new(),
            recoveries: 0,
        }
    }

    /// Visits the entries that no tree holds.
    pub(super) fn lost(&mut self) {
        if !self.shared.take_lost() {
            return;
        }
        for (pack, planned) in self.shared.plan.packs.iter().enumerate() {
            for (entry, damage) in &planned.forest.lost {
                let number = planned.forest.numbers[*entry as usize];
                if number & COPY == 0 {
                    let made = self.recover(pack, *entry, damage.clone());
                    self.visit(number, &made, Kin::default());
                }
            }
        }
    }

    /// Walks a tree from its root.
    pub(super) fn tree(&mut self, (pack, root): (u32, Root)) {
        let (pack, mut stack) = (pack as usize, Vec::new());
        let made =
            self.root(pack, root.entry).unwrap_or_else(|damage| self.recover(pack, root.entry, damage));
        self.arrive(pack, root.entry, made, None, &mut stack);
        self.walk(stack);
    }

    /// Walks a branch that another thread gave away.
    pub(super) fn branch(&mut self, branch: Branch) {
        self.walk(vec![branch]);
    }

    /// Visits a loose object.
    pub(super) fn loose(&mut self, number: u32) {
        let id = self.shared.plan.catalog.id(number);
        let mut worst = None;
        for path in self.shared.plan.store.loose_path(&id) {
            let read = match loose::open(&path) {
                Ok(None) => continue,
                Ok(Some(found)) if !self.shared.kinds.contains(found.kind) => return,
                Ok(Some(found)) if found.kind == Kind::Blob && found.size > WHOLE_LIMIT => {
                    return self.visitor.large(number);
                }
                Ok(Some(found)) => found.read(&id, self.shared.plan.store.hash(), &mut self.inflater),
                Err(damage) => Err(damage),
            };
            match read {
                Ok(object) => {
                    return self.visitor.object(number, object.kind, &object.data, &Kin::default());
                }
                Err(damage) => worst = worst.or(Some(damage)),
            }
        }
        // It was there a moment ago: a repack may have moved it, and the reader looks for new packs.
        let moved = if worst.is_none() { self.reader.read(&id) } else { Ok(None) };
        match moved {
            Ok(Some(object)) if self.shared.kinds.contains(object.kind) => {
                self.visitor.object(number, object.kind, &object.data, &Kin::default());
            }
            Err(Damage::Large(_)) if self.shared.kinds.contains(Kind::Blob) => self.visitor.large(number),
            Ok(Some(_)) | Err(Damage::Large(_)) => {}
            Ok(None) | Err(_) => {
                let vanished = Damage::new("object vanished while it was being read");
                self.visitor.damaged(number, worst.or(moved.err()).unwrap_or(vanished));
            }
        }
    }

    /// Depth first; the stack holds what is still to be made.
    fn walk(&mut self, mut stack: Vec<Branch>) {
        while let Some(top) = stack.last_mut() {
            let Some(at) = top.children.next() else {
                if let Some(done) = stack.pop() {
                    self.recycle(done.base);
                }
                continue;
            };
            if self.shared.stopped() {
                return;
            }
            let (pack, kind) = (top.pack, top.kind);
            let entry = self.shared.plan.packs[pack].forest.child(at);
            let (base, trace) = (Arc::clone(&top.base), top.trace.clone());
            if top.children.is_empty()
                && let Some(done) = stack.pop()
            {
                drop(done);
            }
            let (made, len) = (self.child(pack, entry, kind, base.as_slice()), base.as_slice().len());
            self.recycle(base);
            let known = (made.is_ok() && !trace.is_empty()).then_some((trace, len));
            if known.is_some() && delta::copies(self.delta.as_slice(), COPIED, &mut self.copied).is_err() {
                self.copied.clear();
            }
            let made = made.unwrap_or_else(|damage| self.recover(pack, entry, damage));
            self.arrive(pack, entry, made, known.as_ref(), &mut stack);
            if self.shared.is_hungry() {
                self.share(&mut stack);
            }
        }
    }

    /// Gives away what is nearest to the root.
    fn share(&mut self, stack: &mut [Branch]) {
        let last = stack.len().saturating_sub(1);
        for (depth, branch) in stack.iter_mut().enumerate() {
            let left = branch.children.len();
            let keep = if depth == last { left.div_ceil(2) } else { left / 2 };
            if left > keep {
                let middle = branch.children.start + keep as u32;
                let given = middle..branch.children.end;
                branch.children.end = middle;
                let (base, trace) = (Arc::clone(&branch.base), branch.trace.clone());
                let &mut Branch { pack, kind, .. } = branch;
                return self.shared.give(Branch { pack, kind, base, trace, children: given });
            }
        }
    }

    /// Visits what was made, and puts its children on the stack. `base` is what is remembered of the object that it was
    /// made from, and how long that is.
    fn arrive(
        &mut self,
        pack: usize,
        entry: u32,
        made: Made,
        base: Option<&(Trace, usize)>,
        stack: &mut Vec<Branch>,
    ) {
        let plan = self.shared.plan;
        let forest = &plan.packs[pack].forest;
        let number = forest.numbers[entry as usize];
        let children = forest.children(entry);
        let copied = std::mem::take(&mut self.copied);
        let base = base.map(|(trace, len)| Base { trace, len: *len, copied: &copied });
        let trace = self.visit(number, &made, Kin::new(base, !children.is_empty()));
        self.copied = copied;
        match made {
            Made::Whole(kind, data) if children.is_empty() || !self.shared.kinds.contains(kind) => {
                self.keep(data);
            }
            Made::Whole(kind, data) => {
                stack.push(Branch { pack, kind, base: Arc::new(data), trace, children });
            }
            Made::Large => {
                let mut below: Vec<u32> = children.map(|at| forest.child(at)).collect();
                while let Some(entry) = below.pop() {
                    self.visit(forest.numbers[entry as usize], &Made::Large, Kin::default());
                    below.extend(forest.children(entry).map(|at| forest.child(at)));
                }
            }
            Made::Damaged(_) => self.orphans(pack, entry, stack),
        }
    }

    /// Visits what was made, where this entry is the one to be visited; what the visitor remembers of it.
    fn visit(&mut self, number: u32, made: &Made, kin: Kin<'_>) -> Trace {
        if number & COPY != 0 {
            return Trace::default();
        }
        match made {
            Made::Whole(kind, data) if self.shared.kinds.contains(*kind) => {
                self.visitor.object(number, *kind, data.as_slice(), &kin);
            }
            Made::Large if self.shared.kinds.contains(Kind::Blob) => self.visitor.large(number),
            Made::Whole(..) | Made::Large => {}
            Made::Damaged(damage) => self.visitor.damaged(number, damage.clone()),
        }
        kin.into_trace()
    }

    /// What is built on a damaged entry can be read only where there is another copy. What is built on that goes on
    /// the stack.
    fn orphans(&mut self, pack: usize, entry: u32, stack: &mut Vec<Branch>) {
        let forest = &self.shared.plan.packs[pack].forest;
        let mut below = vec![entry];
        while let Some(entry) = below.pop() {
            for child in forest.children(entry).map(|at| forest.child(at)) {
                let damage = Damage::new("built on an object that is damaged");
                let made = self.recover(pack, child, damage);
                let trace = self.visit(forest.numbers[child as usize], &made, Kin::default());
                match made {
                    Made::Whole(kind, data) => {
                        let children = forest.children(child);
                        if !children.is_empty() && self.shared.kinds.contains(kind) {
                            stack.push(Branch { pack, kind, base: Arc::new(data), trace, children });
                        }
                    }
                    Made::Large | Made::Damaged(_) => below.push(child),
                }
            }
        }
    }

    fn root(&mut self, pack: usize, entry: u32) -> Result<Made, Damage> {
        let at = self.located(pack, entry)?;
        match at.built {
            Built::Whole(kind) if kind == Kind::Blob && at.size > WHOLE_LIMIT => Ok(Made::Large),
            Built::Whole(kind) => {
                let data = self.inflate(pack, entry, &at, limit(kind))?;
                Ok(Made::Whole(kind, data))
            }
            // Its base is not in this pack.
            Built::On(id) => match self.reader.read(&id) {
                Ok(Some(Object { kind, data })) => self.child(pack, entry, kind, &data),
                Ok(None) => Err(Damage::BaseMissing(id.to_string())),
                Err(Damage::Large(_)) => Ok(Made::Large),
                Err(damage) => Err(damage),
            },
            Built::At(_) => Err(Damage::new("delta without a base")),
        }
    }

    fn child(&mut self, pack: usize, entry: u32, kind: Kind, base: &[u8]) -> Result<Made, Damage> {
        let at = self.located(pack, entry)?;
        let delta = self.inflate(pack, entry, &at, limit(kind))?;
        let made = self.apply(kind, base, delta.as_slice());
        self.delta = delta;
        made
    }

    fn apply(&mut self, kind: Kind, base: &[u8], delta: &[u8]) -> Result<Made, Damage> {
        let size = delta::header(delta)?.size;
        if size > limit(kind) {
            return if kind == Kind::Blob { Ok(Made::Large) } else { Err(Damage::Large(size)) };
        }
        let mut out = self.spare.pop().unwrap_or_default();
        out.resize(size as usize)?;
        delta::apply(base, delta, out.as_mut_slice())?;
        Ok(Made::Whole(kind, out))
    }

    fn located(&mut self, pack: usize, entry: u32) -> Result<Located, Damage> {
        let planned = &self.shared.plan.packs[pack];
        let opened = self.shared.plan.opened(pack)?;
        let range = planned.forest.bytes(entry);
        let bytes = self.windows.bytes(pack, opened, range.clone())?;
        if let Some(crc) = planned.forest.crcs.get(entry as usize) {
            let mut sum = Crc::new();
            sum.update(bytes);
            if sum.sum() != *crc {
                return Err(Damage::new("checksum of the packed bytes does not hold"));
            }
        }
        located(bytes, range.start, opened.hash)
    }

    fn inflate(&mut self, pack: usize, entry: u32, at: &Located, most: u64) -> Result<Buffer, Damage> {
        let opened = self.shared.plan.opened(pack)?;
        let range = self.shared.plan.packs[pack].forest.bytes(entry);
        if at.size > most {
            return Err(Damage::Large(at.size));
        }
        plausible(at.size, range.end.saturating_sub(at.data))?;
        let bytes = self.windows.bytes(pack, opened, at.data..range.end)?;
        let mut out = match at.built {
            Built::Whole(_) => self.spare.pop().unwrap_or_default(),
            _ => std::mem::take(&mut self.delta),
        };
        out.resize(at.size as usize)?;
        self.inflater.inflate(bytes, out.as_mut_slice())?;
        Ok(out)
    }

    /// Another copy of the object, or the same one read without the index's help. Its hash decides.
    fn recover(&mut self, pack: usize, entry: u32, damage: Damage) -> Made {
        let number = self.shared.plan.packs[pack].forest.numbers[entry as usize] & !COPY;
        if self.recoveries >= RECOVERIES || number == NONE & !COPY {
            return Made::Damaged(damage);
        }
        self.recoveries += 1;
        let id = self.shared.plan.catalog.id(number);
        match self.reader.read(&id) {
            Ok(Some(Object { kind, data }))
                if hash_object(self.shared.plan.store.hash(), kind, &data) == id =>
            {
                Made::Whole(kind, Buffer::from(data))
            }
            _ => Made::Damaged(damage),
        }
    }

    fn recycle(&mut self, base: Arc<Buffer>) {
        if let Ok(buffer) = Arc::try_unwrap(base) {
            self.keep(buffer);
        }
    }

    fn keep(&mut self, buffer: Buffer) {
        if self.spare.len() < SPARE && buffer.capacity() <= SPARE_SIZE {
            self.spare.push(buffer);
        }
    }
}
