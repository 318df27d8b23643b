//! 2,000 scripts and about 48 MB of them, made from the code of real packages with a fixed seed: pieces of the framework,
//! of React and of libraries, in sizes as bundlers write them.

use std::fs;
use std::path::{Path, PathBuf};

use super::random::Random;
use crate::Error;

const FILES: usize = 2_000;
const SEED: u64 = 42;

/// Sizes are lognormal around e^9.55 bytes, and never outside the limits.
const CENTRE: f64 = 9.55;
const SPREAD: f64 = 1.05;
const LIMITS: [f64; 2] = [800.0, 400_000.0];

/// Where the code is taken from, below node_modules.
const SOURCES: [&str; 7] = [
    "next/dist/compiled",
    "next/dist/esm/client",
    "next/dist/esm/shared",
    "react-dom/cjs",
    "react/cjs",
    "chart.js/dist",
    "lodash",
];

/// Sources outside these sizes are passed over, in bytes.
const SOURCE_SIZES: std::ops::RangeInclusive<u64> = 1_000..=400_000;

/// Writes the scripts into `static/chunks` of the folder and returns how many bytes they have.
pub(super) fn write(node_modules: &Path, folder: &Path) -> Result<usize, Error> {
    let mut paths = Vec::new();
    for source in SOURCES {
        scripts(&node_modules.join(source), &mut paths)?;
    }
    paths.sort();
    // Read piece by piece: the memory of this process counts as a child's until that is another program.
    let mut code = Vec::new();
    for path in paths {
        let size = fs::metadata(&path).map_err(Error::read(&path))?.len();
        if SOURCE_SIZES.contains(&size) {
            code.push(path);
        }
    }
    let chunks = folder.join("static/chunks");
    let _ = fs::remove_dir_all(&chunks);
    fs::create_dir_all(&chunks).map_err(Error::write(&chunks))?;
    let mut random = Random(SEED);
    let mut total = 0;
    for number in 0..FILES {
        let size = random.size(CENTRE, SPREAD, LIMITS);
        let bytes = chunk(&code, size, &mut random)?;
        total += bytes.len();
        let path = chunks.join(format!("{number:04}.js"));
        fs::write(&path, bytes).map_err(Error::write(&path))?;
    }
    Ok(total)
}

fn chunk(code: &[PathBuf], size: usize, random: &mut Random) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::with_capacity(size + 32_768);
    while bytes.len() < size {
        let Some(path) = code.get(random.below(code.len())) else {
            return Err(Error::Unknown(
                "there is no code to make scripts of".to_owned(),
            ));
        };
        let source = fs::read(path).map_err(Error::read(path))?;
        let from = random.below(source.len().saturating_sub(4_096).max(1));
        let length = 2_048 + random.below(30_720);
        let piece = source.get(from..).unwrap_or_default();
        bytes.extend_from_slice(piece.get(..length).unwrap_or(piece));
        bytes.push(b'\n');
    }
    bytes.truncate(size);
    Ok(bytes)
}

fn scripts(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Error> {
    for entry in fs::read_dir(folder).map_err(Error::read(folder))? {
        let path = entry.map_err(Error::read(folder))?.path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if path.is_dir() {
            scripts(&path, found)?;
        } else if matches!(extension, Some("js" | "mjs" | "cjs")) {
            found.push(path);
        }
    }
    Ok(())
}
