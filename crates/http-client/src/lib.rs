//! One HTTP client: retry, deadline, timings, redaction.
