//! Leaves out the AVX-512 kernels where the compiler has no such intrinsics yet, rather than refuse the compiler.

use std::env;
use std::process::Command;

/// The first Rust 1.x whose AVX-512 intrinsics are stable.
const AVX512_MINOR: u32 = 89;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-check-cfg=cfg(avx512)");
    let x86_64 = env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("x86_64");
    if x86_64 && minor_version().is_some_and(|minor| minor >= AVX512_MINOR) {
        println!("cargo:rustc-cfg=avx512");
    }
}

/// The y of `rustc 1.y.z`.
fn minor_version() -> Option<u32> {
    let output = Command::new(env::var_os("RUSTC")?).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split(' ')
        .nth(1)?
        .strip_prefix("1.")?
        .split('.')
        .next()?
        .parse()
        .ok()
}
