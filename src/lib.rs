//! keysieve finds secrets before they leave the machine: in files, in what is about to be committed, and in the
//! whole history of a git repository.
//!
//! The house in one sentence: a *source* pushes blobs, the *matcher* turns a blob into detections, *triage* decides
//! which of them are findings, a *report* prints them; they meet in `sieve`.
//!
//! Rooms stand on floors and use only rooms on lower floors; `tests/house.rs` holds that.

#![allow(rustdoc::private_intra_doc_links, reason = "the documentation is read with private items")]

pub mod archive;
pub mod cli;
pub mod commands;
pub mod config;
pub mod decode;
pub mod encoding;
pub mod engine;
pub mod error;
pub mod hook;
pub mod lanes;
pub mod model;
pub mod pack;
pub mod repo;
pub mod reports;
pub mod rules;
pub mod sieve;
pub mod sources;
pub mod triage;
pub mod verify;
