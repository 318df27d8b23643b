//! Proves over HTTP that the new version answers as promised.
