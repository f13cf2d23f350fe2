//! A folder that takes a while to pack.

use std::fs;

use tempfile::TempDir;

/// So many files, of so many bytes each.
const FILES: usize = 5_000;
const BYTES: usize = 30_000;

/// 5,000 files of 150 MB in all, the same each time: every other one of words, which pack well, the
/// rest of bytes, which do not.
pub fn folder() -> TempDir {
    const WORDS: [&str; 8] = [
        "import ", "async ", "def ", "pipeline", "frame.", "(self)", ":\n    ", "return ",
    ];
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("Dockerfile"), "FROM scratch\n").expect("a Dockerfile");
    let mut random = fastrand::Rng::with_seed(1);
    for number in 0..FILES {
        let below = folder.path().join(format!("part{}", number / 100));
        if number % 100 == 0 {
            fs::create_dir(&below).expect("a folder");
        }
        let mut content = Vec::with_capacity(BYTES + 16);
        while content.len() < BYTES {
            if number % 2 == 0 {
                content.extend_from_slice(random.choice(WORDS).unwrap_or_default().as_bytes());
            } else {
                content.push(random.u8(..));
            }
        }
        content.truncate(BYTES);
        fs::write(below.join(format!("file{number}")), content).expect("a file");
    }
    folder
}
