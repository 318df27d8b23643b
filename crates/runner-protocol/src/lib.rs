//! The contract with the GitHub Actions runner: inputs, outputs, commands, summary, masks, event.
