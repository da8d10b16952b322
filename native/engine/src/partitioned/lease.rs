//! A model for as long as a call needs it.

use std::ops::Deref;
use std::sync::Arc;

use super::slot::{Loaded, Pin};
use crate::model::Model;

pub enum Lease<'a> {
    Root(&'a Model),
    Pinned(Pin<'a>),
    /// From the thread that loaded it; the cache may have given it up again.
    Own(Arc<Loaded>),
}

impl Deref for Lease<'_> {
    type Target = Model;

    #[inline]
    fn deref(&self) -> &Model {
        match self {
            Lease::Root(model) => model,
            Lease::Pinned(pin) => &pin.loaded.model,
            Lease::Own(loaded) => &loaded.model,
        }
    }
}
