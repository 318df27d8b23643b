//! The format's own files at the top: config.json and builds.json. Only what decides whether the folder may be deployed is
//! read.

use std::{fs, io::ErrorKind, path::Path};

use serde_json::Value;

use crate::bounded::read_at_most;
use crate::error::Error;

/// The version of the Build Output API that we deploy.
const VERSION: u64 = 3;

/// The largest config.json or builds.json that is read, in bytes; real ones have some thousand routes.
const LIMIT: u64 = 64 << 20;

/// Checks that `root` is a finished build output.
pub(crate) fn check(root: &Path) -> Result<(), Error> {
    match fs::metadata(root) {
        Ok(data) if data.is_dir() => {}
        Ok(_) => return Err(Error::NotAFolder(root.into())),
        Err(cause) if cause.kind() == ErrorKind::NotFound => {
            return Err(Error::Missing(root.into()));
        }
        Err(cause) => return Err(Error::unreadable(root, &cause)),
    }
    let path = root.join("config.json");
    let config = match read(&path)? {
        Some(config) => config,
        None if root.join("index.html").is_file() => return Err(Error::PlainStatic(root.into())),
        None => return Err(Error::NoConfig(root.into())),
    };
    version(&path, &config)?;
    match read(&root.join("builds.json"))?.as_ref().and_then(failure) {
        Some(cause) => Err(Error::FailedBuild {
            path: root.into(),
            cause,
        }),
        None => Ok(()),
    }
}

fn version(path: &Path, config: &Value) -> Result<(), Error> {
    match config.get("version") {
        Some(version) if version.as_u64() == Some(VERSION) => Ok(()),
        Some(version) => Err(Error::Version {
            path: path.into(),
            found: version.to_string(),
        }),
        None => Err(Error::Malformed {
            path: path.into(),
            cause: "`version` is missing".to_owned(),
        }),
    }
}

/// The error that `vercel build` leaves in builds.json, of the build or of one of its builders.
fn failure(builds: &Value) -> Option<String> {
    let builders = builds
        .get("builds")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let error = std::iter::once(builds)
        .chain(builders)
        .find_map(|part| part.get("error").filter(|error| !error.is_null()))?;
    let message = error.get("message").or(Some(error)).and_then(Value::as_str);
    Some(message.map_or_else(|| error.to_string(), str::to_owned))
}

/// Checks a config.json that stands for a plain folder.
pub(crate) fn check_given(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let config = parse(path, bytes)?;
    version(path, &config)
}

pub(crate) fn read(path: &Path) -> Result<Option<Value>, Error> {
    let bytes = match read_at_most(path, LIMIT) {
        Ok(bytes) => bytes,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(Error::unreadable(path, &cause)),
    };
    parse(path, &bytes).map(Some)
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Value, Error> {
    let value: Value = serde_json::from_slice(bytes).map_err(|cause| Error::Malformed {
        path: path.into(),
        cause: cause.to_string(),
    })?;
    if value.is_object() {
        Ok(value)
    } else {
        Err(Error::Malformed {
            path: path.into(),
            cause: "it is no JSON object".to_owned(),
        })
    }
}
