//! The format's own files: config.json, builds.json and each function's .vc-config.json. Only what decides whether the
//! folder may be deployed is read.

use std::{fs, io::ErrorKind, path::Path};

use serde_json::Value;

use crate::error::Error;

/// The version of the Build Output API that we deploy.
const VERSION: u64 = 3;

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
    match config.get("version") {
        Some(version) if version.as_u64() == Some(VERSION) => {}
        Some(version) => {
            return Err(Error::Version {
                path,
                found: version.to_string(),
            });
        }
        None => {
            return Err(Error::Malformed {
                path,
                cause: "`version` is missing".to_owned(),
            });
        }
    }
    match read(&root.join("builds.json"))?.as_ref().and_then(failure) {
        Some(cause) => Err(Error::FailedBuild {
            path: root.into(),
            cause,
        }),
        None => Ok(()),
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

/// Refuses a function that takes files from outside the folder: we would deploy it without them.
pub(crate) fn check_function(root: &Path, relative: &str) -> Result<(), Error> {
    let path = root.join(relative);
    let config = read(&path)?.unwrap_or_default();
    match config
        .get("filePathMap")
        .and_then(Value::as_object)
        .and_then(|map| map.values().next())
    {
        Some(first) => {
            let first = first
                .as_str()
                .map_or_else(|| first.to_string(), str::to_owned);
            Err(Error::MapsOutside {
                path: relative.to_owned(),
                first,
            })
        }
        None => Ok(()),
    }
}

fn read(path: &Path) -> Result<Option<Value>, Error> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(Error::unreadable(path, &cause)),
    };
    let value: Value = serde_json::from_slice(&bytes).map_err(|cause| Error::Malformed {
        path: path.into(),
        cause: cause.to_string(),
    })?;
    if value.is_object() {
        Ok(Some(value))
    } else {
        Err(Error::Malformed {
            path: path.into(),
            cause: "it is no JSON object".to_owned(),
        })
    }
}
