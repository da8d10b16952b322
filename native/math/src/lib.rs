//! modelpack: math.
