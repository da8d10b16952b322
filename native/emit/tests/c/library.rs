//! The exported symbol of a library answers as the reference.
