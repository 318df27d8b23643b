//! Plays the shipped workflow files on this machine, by act, against the sandbox.
