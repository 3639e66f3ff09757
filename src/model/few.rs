//! A list that is mostly empty or the same as another: a million findings each have several of them.

use std::ops::Deref;
use std::sync::Arc;

/// A list in the space of a pointer: nothing while it is empty, and copies share what they hold until one is changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Few<T>(Option<Arc<Vec<T>>>);

impl<T> Few<T> {
    /// An empty list.
    pub const fn new() -> Few<T> {
        Few(None)
    }
}

impl<T: Clone> Few<T> {
    /// Adds an item at the end.
    pub fn push(&mut self, item: T) {
        Arc::make_mut(self.0.get_or_insert_default()).push(item);
    }

    /// Puts another item in the place of one that is there.
    pub fn set(&mut self, place: usize, item: T) {
        if let Some(old) = self.0.as_mut().and_then(|all| Arc::make_mut(all).get_mut(place)) {
            *old = item;
        }
    }
}

impl<T: PartialEq> Few<T> {
    /// The list, sharing what it holds with the last one that came this way if both hold the same.
    #[must_use]
    pub fn shared(self, last: &mut Few<T>) -> Few<T> {
        if self != *last {
            *last = Few(self.0);
        }
        Few(last.0.clone())
    }
}

impl<T> Default for Few<T> {
    fn default() -> Few<T> {
        Few::new()
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.0.as_deref().map_or(&[], Vec::as_slice)
    }
}

impl<T> From<Vec<T>> for Few<T> {
    fn from(mut all: Vec<T>) -> Few<T> {
        all.shrink_to_fit();
        Few((!all.is_empty()).then(|| Arc::new(all)))
    }
}

impl<T> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Few<T> {
        Few::from(items.into_iter().collect::<Vec<T>>())
    }
}

impl<'f, T> IntoIterator for &'f Few<T> {
    type Item = &'f T;
    type IntoIter = std::slice::Iter<'f, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::Few;

    #[test]
    fn equal_lists_are_kept_once_and_part_when_one_is_changed() {
        let mut last = Few::default();
        let one = Few::from(vec!["a"]).shared(&mut last);
        let mut two = Few::from(vec!["a"]).shared(&mut last);
        assert!(std::ptr::eq(&raw const one[0], &raw const two[0]));
        two.push("b");
        assert_eq!((&one[..], &two[..]), (&["a"][..], &["a", "b"][..]));
        assert_eq!(Few::<u8>::from(Vec::new()), Few::new());
    }
}
