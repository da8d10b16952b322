//! modelpack: capi.
