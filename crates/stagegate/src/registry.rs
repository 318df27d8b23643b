//! Every gate, in the order a pipeline meets them. A new gate is one more line here.

use std::ffi::OsString;
use std::process::ExitCode;

use gate::{Gate, Metadata};

/// A gate that can be described and run.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The gate's name, such as `bundle-budget`.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub about: &'static str,
    /// Its inputs, outputs, secrets and config.
    pub metadata: fn() -> Metadata,
    /// Runs it with these arguments.
    pub run: fn(Vec<OsString>) -> ExitCode,
}

/// All gates.
pub const fn gates() -> [Entry; 8] {
    [
        entry::<quality_gate::QualityGate>(),
        entry::<bundle_budget::BundleBudget>(),
        entry::<lighthouse_budget::LighthouseBudget>(),
        entry::<security_gate::SecurityGate>(),
        entry::<smoke_test::SmokeTest>(),
        entry::<approval_gate::ApprovalGate>(),
        entry::<vercel_deploy::VercelDeploy>(),
        entry::<publish_report::PublishReport>(),
    ]
}

const fn entry<G: Gate>() -> Entry {
    Entry {
        name: G::NAME,
        about: G::ABOUT,
        metadata: gate::metadata::<G>,
        run: gate::dispatch::<G>,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::gates;

    #[test]
    fn the_config_knows_exactly_the_sections_of_the_gates() {
        let of_gates: BTreeSet<_> = gates()
            .iter()
            .map(|entry| (entry.metadata)().section)
            .collect();
        let of_config: BTreeSet<_> = pipeline_config::SECTIONS.into_iter().collect();
        assert_eq!(of_gates, of_config);
    }

    #[test]
    fn names_are_kebab_case_and_descriptions_are_sentences() {
        for entry in gates() {
            let metadata = (entry.metadata)();
            let kebab = |name: &str| {
                name.chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            };
            let mut inputs = BTreeSet::new();
            for input in &metadata.inputs {
                let at = format!("{} {}", entry.name, input.name);
                assert!(kebab(&input.name), "{at}");
                assert!(inputs.insert(&input.name), "{at} stands twice");
                assert!(
                    input.description.len() > 10 && !input.description.ends_with('.'),
                    "{at}: {}",
                    input.description
                );
            }
            for output in &metadata.outputs {
                let at = format!("{} {}", entry.name, output.name);
                assert!(kebab(output.name), "{at}");
                assert!(
                    output.description.ends_with('.'),
                    "{at}: {}",
                    output.description
                );
            }
            assert!(!entry.about.ends_with('.'), "{}", entry.about);
        }
    }
}
