//! Runs the repository's own checkers and reads test reports.
