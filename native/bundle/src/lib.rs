//! modelpack: bundle.
