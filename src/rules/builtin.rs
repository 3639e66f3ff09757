//! The built-in rules: a static table that `build.rs` writes from `rules/*.yml`. Nothing is parsed at start.

#![allow(clippy::unreadable_literal, reason = "the table is written by a program")]

use std::borrow::Cow::Borrowed as B;

use crate::model::{Remedy, Severity};

use super::charset::Charset;
use super::check_kind::CheckKind;
use super::rule::{Boundary, Context, Judge, Need, Rule, Segment, Shape, Template, Verification};

include!(concat!(env!("OUT_DIR"), "/rules.rs"));
