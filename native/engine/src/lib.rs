//! modelpack: engine.
