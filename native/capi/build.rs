//! Gives the shared library its SONAME, and maturin the declarations of `include/modelpack.h` for cffi.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

const HEADER: &str = "../include/modelpack.h";
/// Number of the ABI in the file name: raised when a call changes or goes.
const SONAME: &str = "libmodelpack.so.0";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={HEADER}");
    // rustc itself exports `#[no_mangle]` symbols only, by a version script of its own: a second one is refused by GNU ld.
    if env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,{SONAME}");
    }
    let header = fs::read_to_string(HEADER).expect("the header is part of the source");
    let destination = target_directory().join("header.h");
    println!("cargo:rerun-if-changed={}", destination.display());
    let declarations = declarations(&header);
    // An unchanged file keeps its time, or cargo would build anew each time.
    if fs::read_to_string(&destination).ok().as_deref() != Some(declarations.as_str()) {
        fs::write(&destination, declarations).expect("cargo's target directory can be written");
    }
}

/// What cffi's `cdef` can read: the part of the header that is marked for it.
fn declarations(header: &str) -> String {
    let inside = header.lines().skip_while(|line| !line.contains("BEGIN cdef")).skip(1);
    let lines: Vec<&str> = inside.take_while(|line| !line.contains("END cdef")).collect();
    assert!(
        !lines.is_empty(),
        "{HEADER} has no part between BEGIN cdef and END cdef"
    );
    lines.join("\n") + "\n"
}

/// `OUT_DIR` is `<target>[/<triple>]/<profile>/build/<package>/out`; maturin looks in `<target>`.
fn target_directory() -> PathBuf {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let above_profile = out.ancestors().nth(4).expect("cargo's layout").to_path_buf();
    let triple = env::var_os("TARGET").expect("cargo sets TARGET");
    if above_profile.file_name() == Some(&triple) {
        return above_profile.parent().map(Path::to_path_buf).expect("cargo's layout");
    }
    above_profile
}
