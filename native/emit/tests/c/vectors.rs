//! Every vector as C.
