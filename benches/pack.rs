//! How fast a whole object store is decoded, by type and number of threads.
//!
//! `KEYSIEVE_BENCH_REPO=/path/to/repository/.git cargo bench --bench pack`; without it the project's own history, whose
//! figures say little.

use std::path::PathBuf;
use std::sync::Arc;

use divan::Bencher;
use keysieve::model::{HashKind, Kin, Stop};
use keysieve::pack::{Damage, Kind, Kinds, Plan, Store, Visitor};

fn main() {
    divan::main();
}

/// Counts bytes, so that nothing is optimised away.
#[derive(Default)]
struct Count(u64);

impl Visitor for Count {
    fn object(&mut self, _: u32, _: Kind, data: &[u8], _: &Kin<'_>) {
        self.0 += data.len() as u64;
    }

    fn large(&mut self, _: u32) {}

    fn damaged(&mut self, _: u32, _: Damage) {}
}

fn store() -> Arc<Store> {
    let git = std::env::var_os("KEYSIEVE_BENCH_REPO")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.git")), PathBuf::from);
    Arc::new(Store::open(&git.join("objects"), HashKind::Sha1).expect("the repository can be opened"))
}

#[divan::bench(sample_count = 5, args = [1, 2])]
fn plan(bencher: Bencher<'_, '_>, threads: usize) {
    let store = store();
    bencher.bench_local(|| Plan::new(&store, threads));
}

#[divan::bench(sample_count = 5, args = [1, 2])]
fn everything(bencher: Bencher<'_, '_>, threads: usize) {
    decode(bencher, Kinds::ALL, threads);
}

#[divan::bench(sample_count = 5, args = [1, 2])]
fn blobs(bencher: Bencher<'_, '_>, threads: usize) {
    decode(bencher, Kinds::only(Kind::Blob), threads);
}

#[divan::bench(sample_count = 5, args = [1, 2])]
fn trees(bencher: Bencher<'_, '_>, threads: usize) {
    decode(bencher, Kinds::only(Kind::Tree), threads);
}

fn decode(bencher: Bencher<'_, '_>, kinds: Kinds, threads: usize) {
    let plan = Plan::new(&store(), threads);
    bencher.bench_local(|| {
        let counts = plan.traverse(kinds, threads, &Stop::new(), &Count::default);
        counts.iter().map(|count| count.0).sum::<u64>()
    });
}
