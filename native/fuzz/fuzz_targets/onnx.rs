#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| modelpack_fuzz_targets::onnx(data));
