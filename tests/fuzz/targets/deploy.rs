//! Any bytes as a deploy file: it is read whole, each value at its place in the file, or it is
//! refused with what is wrong with it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pipecat_cloud_cli::error::Code;
use pipecat_cloud_cli::project::{Location, into_error};

fuzz_target!(|data: &[u8]| {
    let name = format!("pipecat-fuzz-deploy-{}.toml", std::process::id());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, data).unwrap();
    let location = Location {
        path,
        is_required: true,
    };
    let lines = 1 + data.iter().filter(|byte| **byte == b'\n').count();
    match location.read() {
        Ok(file) => {
            assert!(std::str::from_utf8(data).is_ok(), "a file is UTF-8");
            for (key, _, place) in file.config.values() {
                assert!((1..=lines).contains(&place.line), "{key} at {place:?}");
            }
            let whole = file.config.agent_name.map(|name| name.value);
            assert_eq!(location.read_agent_name().unwrap(), whole);
        }
        Err(problems) => {
            assert!(!problems.is_empty(), "what is refused is told why");
            assert_ne!(into_error(&problems).code(), Code::Internal);
        }
    }
});
