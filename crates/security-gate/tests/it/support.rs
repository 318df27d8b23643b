//! A repository on a runner, with reports of the fixtures.

use std::fs;
use std::path::Path;

use fake_runner::Runner;

/// Where the gate writes the merged report.
pub(crate) const SARIF: &str = ".stagegate/security.sarif";

/// A repository with this section `security` and these fixtures, each as `from` and `to`.
pub(crate) fn with_reports(config: &str, fixtures: &[(&str, &str)]) -> Runner {
    let repository = Runner::new(env!("CARGO_BIN_EXE_security-gate"));
    repository.write("stagegate.yml", &format!("security:\n{config}"));
    for (from, to) in fixtures {
        let fixtures = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures"));
        repository.write(to, &fs::read_to_string(fixtures.join(from)).unwrap());
    }
    repository
}
