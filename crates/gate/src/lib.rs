//! The frame every gate stands in: read, decide, report, exit.
