//! What crosses crates: action metadata, launcher, pipelines. The tests are in `tests/`.
