//! Which machine this is, as the names of compiled libraries spell it.

use std::ffi::CStr;

const FOLDER: &str = "models/main/";
const FILE: &str = "/model.so";

/// This machine; None where nothing is compiled for it.
pub const HOST: Option<&CStr> = host();

const fn host() -> Option<&'static CStr> {
    let x86 = cfg!(target_arch = "x86_64");
    if !x86 && !cfg!(target_arch = "aarch64") {
        return None;
    }
    Some(
        match () {
            () if cfg!(all(target_os = "linux", target_env = "musl")) => [c"aarch64-linux-musl", c"x86_64-linux-musl"],
            () if cfg!(target_os = "linux") => [c"aarch64-linux-gnu", c"x86_64-linux-gnu"],
            () if cfg!(target_os = "macos") => [c"aarch64-macos", c"x86_64-macos"],
            () if cfg!(target_os = "windows") => [c"aarch64-windows-gnu", c"x86_64-windows-gnu"],
            () => return None,
        }[x86 as usize],
    )
}

/// What the processor has beyond its architecture's baseline, the best first; the baseline, without a suffix, is last.
pub fn levels() -> Vec<&'static str> {
    let (second, third) = x86_levels();
    let levels = [("+v3", third), ("+v2", second), ("", true)];
    levels
        .into_iter()
        .filter_map(|(level, has)| has.then_some(level))
        .collect()
}

/// Whether the processor has the second and the third level of x86-64.
#[cfg(target_arch = "x86_64")]
fn x86_levels() -> (bool, bool) {
    let second = is_x86_feature_detected!("cmpxchg16b")
        && is_x86_feature_detected!("popcnt")
        && is_x86_feature_detected!("sse4.2")
        && is_x86_feature_detected!("ssse3");
    let third = second
        && is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("f16c")
        && is_x86_feature_detected!("fma")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("movbe");
    (second, third)
}

#[cfg(not(target_arch = "x86_64"))]
fn x86_levels() -> (bool, bool) {
    (false, false)
}

/// The member that holds the library of a triple. Members' names have no plus sign.
pub fn member(triple: &str) -> String {
    format!("{FOLDER}{}{FILE}", triple.replace('+', "-"))
}

/// The triples of the libraries among these members.
pub fn present<'a>(members: impl Iterator<Item = &'a str>) -> Vec<String> {
    let folders = members.filter_map(|name| name.strip_prefix(FOLDER)?.strip_suffix(FILE));
    folders.map(triple).collect()
}

fn triple(folder: &str) -> String {
    match folder.rsplit_once('-') {
        Some((base, level @ ("v2" | "v3"))) => format!("{base}+{level}"),
        _ => folder.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_baseline_is_always_there_and_comes_last() {
        assert_eq!(levels().last(), Some(&""));
    }

    #[test]
    fn members_and_triples_are_two_spellings_of_one_name() {
        let members = [
            "models/main/model.onnx",
            "models/main/x86_64-linux-gnu-v3/model.so",
            "models/main/aarch64-macos/model.so",
        ];
        assert_eq!(present(members.into_iter()), ["x86_64-linux-gnu+v3", "aarch64-macos"]);
        assert_eq!(member("x86_64-linux-gnu+v3"), members[1]);
    }
}
