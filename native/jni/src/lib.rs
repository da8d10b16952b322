//! modelpack: jni.
