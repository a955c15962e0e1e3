//! Who holds the value that a [`Partial`](super::Partial) shows.

use std::sync::{Arc, OnceLock};

use crate::{schema::Codec, stream::json::Tree};

/// A value so far, and how it is written.
#[derive(Clone, Debug, Default)]
pub(super) struct Inner {
    pub(super) tree: Tree,
    pub(super) codec: Codec,
}

/// The value of a reader of which no clone was ever made is its own: to ask an `Arc` whether it is
/// shared costs as much as all else that is done with a small piece.
pub(super) enum Held {
    Own(Box<Own>),
    Shared(Arc<Inner>),
}

#[derive(Default)]
pub(super) struct Own {
    inner: Inner,
    /// What the clones of this moment share; with the next piece the reader's value is shared, too.
    copy: OnceLock<Arc<Inner>>,
}

impl Held {
    pub(super) fn new(codec: &Codec) -> Self {
        let inner = Inner { tree: Tree::default(), codec: codec.clone() };
        Self::Own(Box::new(Own { inner, copy: OnceLock::new() }))
    }

    #[inline]
    pub(super) fn inner(&self) -> &Inner {
        match self {
            Self::Own(own) => &own.inner,
            Self::Shared(inner) => inner,
        }
    }

    /// The value, to be changed, unless a clone was ever made.
    #[inline]
    pub(super) fn own_mut(&mut self) -> Option<&mut Inner> {
        match self {
            Self::Own(own) if own.copy.get().is_none() => Some(&mut own.inner),
            _ => None,
        }
    }

    /// The value, to be changed; it is copied if a clone is kept.
    pub(super) fn inner_mut(&mut self) -> &mut Inner {
        if let Self::Own(own) = self {
            if own.copy.get().is_some() {
                *self = Self::Shared(Arc::new(std::mem::take(&mut own.inner)));
            }
        }
        match self {
            Self::Own(own) => &mut own.inner,
            Self::Shared(inner) => Arc::make_mut(inner),
        }
    }
}

impl Clone for Held {
    fn clone(&self) -> Self {
        Self::Shared(match self {
            Self::Own(own) => Arc::clone(own.copy.get_or_init(|| Arc::new(own.inner.clone()))),
            Self::Shared(inner) => Arc::clone(inner),
        })
    }
}
