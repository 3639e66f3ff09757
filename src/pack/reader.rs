//! Random access: one object at a time, with a small memory of the bases read last.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::Arc;

use crate::model::ObjectId;

use super::inflate::{Buffer, Inflater};
use super::loose::Loose;
use super::packfile::{Built, Located, Opened};
use super::stream;
use super::{Damage, Header, Kind, META_LIMIT, Object, Store, WHOLE_LIMIT, delta, loose};

/// How many bytes of bases are remembered.
const CACHE: usize = 16 << 20;

/// No chain of deltas is longer; git makes at most 4,095.
const MAX_CHAIN: usize = 1 << 16;

/// How often a chain may go on in another pack.
const MAX_HOPS: usize = 8;

/// Reads single objects of a store.
#[derive(Debug)]
pub struct Reader<'s> {
    store: &'s Store,
    work: Work,
}

impl<'s> Reader<'s> {
    pub(super) fn new(store: &'s Store) -> Reader<'s> {
        Reader { store, work: Work::default() }
    }

    /// As [`Store::read`].
    pub fn read(&mut self, id: &ObjectId) -> Result<Option<Object>, Damage> {
        let read = self.work.read(self.store, id, 0);
        or_renewed(self.store, read, |store| store.read_as_opened(id))
    }

    /// As [`Store::header`].
    pub fn header(&mut self, id: &ObjectId) -> Result<Option<Header>, Damage> {
        let read = self.work.header(self.store, id, 0);
        or_renewed(self.store, read, |store| store.header_as_opened(id))
    }
}

/// How often an object is looked for in packs that are repacked meanwhile.
const RENEWALS: usize = 3;

/// What was read, or where that failed and the store has become another one, what is read there.
pub(super) fn or_renewed<T>(
    store: &Store,
    mut read: Result<Option<T>, Damage>,
    again: impl Fn(&Store) -> Result<Option<T>, Damage>,
) -> Result<Option<T>, Damage> {
    let mut last: Option<Arc<Store>> = None;
    for _ in 0..RENEWALS {
        let (Ok(None) | Err(Damage::Corrupt(_) | Damage::Io(_) | Damage::BaseMissing(_))) = read else {
            break;
        };
        let Some(renewed) =
            store.renewed().filter(|new| last.as_ref().is_none_or(|old| !Arc::ptr_eq(old, new)))
        else {
            break;
        };
        read = again(&renewed);
        last = Some(renewed);
    }
    read
}

/// The memory of a reader.
#[derive(Default)]
pub(super) struct Work {
    inflater: Inflater,
    raw: Buffer,
    delta: Buffer,
    bases: Bases,
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Work").field("bases", &self.bases.bytes).finish_non_exhaustive()
    }
}

type Place = (usize, u64);

/// Objects decoded last, by pack (the address of its opened form) and offset.
#[derive(Default)]
struct Bases {
    known: HashMap<Place, (Kind, Arc<Vec<u8>>)>,
    order: VecDeque<Place>,
    bytes: usize,
}

impl Bases {
    fn insert(&mut self, key: Place, kind: Kind, data: &Arc<Vec<u8>>) {
        if data.len() > CACHE / 4 || self.known.insert(key, (kind, Arc::clone(data))).is_some() {
            return;
        }
        self.bytes += data.len();
        self.order.push_back(key);
        while self.bytes > CACHE {
            let Some(oldest) = self.order.pop_front() else { break };
            if let Some((_, data)) = self.known.remove(&oldest) {
                self.bytes -= data.len();
            }
        }
    }
}

fn limit(kind: Kind) -> u64 {
    if kind == Kind::Blob { WHOLE_LIMIT } else { META_LIMIT }
}

impl Work {
    /// The whole object.
    pub(super) fn read(
        &mut self,
        store: &Store,
        id: &ObjectId,
        hops: usize,
    ) -> Result<Option<Object>, Damage> {
        self.any_copy(store, id, hops, Work::unpack, |work, found| {
            found.read(id, store.hash(), &mut work.inflater)
        })
    }

    /// Tries all copies of an object; the first damage is told if none can be read.
    fn any_copy<T>(
        &mut self,
        store: &Store,
        id: &ObjectId,
        hops: usize,
        packed: fn(&mut Work, &Store, &Opened, u64, usize) -> Result<T, Damage>,
        loosely: impl Fn(&mut Work, Loose) -> Result<T, Damage>,
    ) -> Result<Option<T>, Damage> {
        if hops > MAX_HOPS {
            return Err(Damage::new("deltas lead from pack to pack without end"));
        }
        let mut worst = None;
        for folder in &store.folders {
            for pack in &folder.packs {
                let read = pack.opened().and_then(|opened| match opened.index.find(id)? {
                    Some(offset) => packed(self, store, opened, offset, hops).map(Some),
                    None => Ok(None),
                });
                match read {
                    Ok(Some(found)) => return Ok(Some(found)),
                    Ok(None) => {}
                    Err(damage) => worst = worst.or(Some(damage)),
                }
            }
            match loose::open(&loose::path(&folder.path, id)) {
                Ok(None) => {}
                Ok(Some(found)) => match loosely(self, found) {
                    Ok(found) => return Ok(Some(found)),
                    Err(damage) => worst = worst.or(Some(damage)),
                },
                Err(damage) => worst = worst.or(Some(damage)),
            }
        }
        worst.map_or(Ok(None), Err)
    }

    /// Decodes the entry at `offset`.
    pub(super) fn unpack(
        &mut self,
        store: &Store,
        opened: &Opened,
        offset: u64,
        hops: usize,
    ) -> Result<Object, Damage> {
        let pack = std::ptr::from_ref(opened).addr();
        let mut chain: Vec<(u64, Located)> = Vec::new();
        let mut at = offset;
        let (kind, mut data) = loop {
            if let Some((kind, data)) = self.bases.known.get(&(pack, at)) {
                break (*kind, Arc::clone(data));
            }
            if chain.len() > MAX_CHAIN {
                return Err(Damage::new("chain of deltas has no end"));
            }
            let located = opened.locate(at)?;
            match located.built {
                Built::Whole(kind) => {
                    if located.size > limit(kind) {
                        return Err(Damage::Large(located.size));
                    }
                    let mut whole = Buffer::default();
                    opened.inflate(&located, &mut self.inflater, &mut self.raw, &mut whole)?;
                    let whole = Arc::new(whole.into_vec());
                    self.bases.insert((pack, at), kind, &whole);
                    break (kind, whole);
                }
                Built::At(base) => {
                    chain.push((at, located));
                    at = base;
                }
                Built::On(id) => {
                    chain.push((at, located));
                    if let Some(base) = opened.index.find(&id)? {
                        at = base;
                        continue;
                    }
                    let base = self.read(store, &id, hops + 1)?.ok_or(Damage::BaseMissing(id.to_string()))?;
                    break (base.kind, Arc::new(base.data));
                }
            }
        };
        while let Some((at, located)) = chain.pop() {
            if located.size > limit(kind) {
                return Err(Damage::Large(located.size));
            }
            opened.inflate(&located, &mut self.inflater, &mut self.raw, &mut self.delta)?;
            let size = delta::header(self.delta.as_slice())?.size;
            if size > limit(kind) {
                return Err(Damage::Large(size));
            }
            let mut made = Buffer::default();
            made.resize(size as usize)?;
            delta::apply(&data, self.delta.as_slice(), made.as_mut_slice())?;
            data = Arc::new(made.into_vec());
            self.bases.insert((pack, at), kind, &data);
        }
        let data = Arc::try_unwrap(data).unwrap_or_else(|shared| shared.to_vec());
        Ok(Object { kind, data })
    }

    /// Type and size, from the headers alone.
    pub(super) fn header(
        &mut self,
        store: &Store,
        id: &ObjectId,
        hops: usize,
    ) -> Result<Option<Header>, Damage> {
        self.any_copy(store, id, hops, Work::packed_header, |_, found| {
            Ok(Header { kind: found.kind, size: found.size })
        })
    }

    fn packed_header(
        &mut self,
        store: &Store,
        opened: &Opened,
        offset: u64,
        hops: usize,
    ) -> Result<Header, Damage> {
        let first = opened.locate(offset)?;
        let mut located = first;
        let mut links = 0;
        let kind = loop {
            links += 1;
            if links > MAX_CHAIN {
                return Err(Damage::new("chain of deltas has no end"));
            }
            let base = match located.built {
                Built::Whole(kind) => break kind,
                Built::At(base) => base,
                Built::On(id) => match opened.index.find(&id)? {
                    Some(base) => base,
                    None => match self.header(store, &id, hops + 1)? {
                        Some(header) => break header.kind,
                        None => return Err(Damage::BaseMissing(id.to_string())),
                    },
                },
            };
            located = opened.locate(base)?;
        };
        let size = match first.built {
            Built::Whole(_) => first.size,
            _ => stream::delta_header(opened, &first)?.size,
        };
        Ok(Header { kind, size })
    }
}
