#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| msgin5g_fuzz::at(data));
