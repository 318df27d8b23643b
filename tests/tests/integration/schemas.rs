//! The schemas that editors read say what the gates accept.

use gate::Gate;
use jsonschema::Validator;
use pipeline_config::ConfigFile;
use serde_json::{Value, json};

use crate::repository::{root, text, yaml};

const SAMPLE: &str = "tests/apps/setlist/stagegate.yml";

fn schema(path: &str) -> Validator {
    let schema: Value = serde_json::from_str(&text(path)).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

#[test]
fn the_sample_apps_config_follows_the_schema() {
    let schema = schema("schema/stagegate.schema.json");
    let errors: Vec<_> = schema
        .iter_errors(&yaml(SAMPLE))
        .map(|error| error.to_string())
        .collect();
    assert_eq!(errors, [""; 0]);
}

#[test]
fn the_schema_refuses_what_the_gates_refuse() {
    let schema = schema("schema/stagegate.schema.json");
    let changes: [(&str, Value); 6] = [
        ("/bundel", json!({})),
        ("/bundle/gatte", json!("gzip")),
        ("/bundle/gate", json!("zip")),
        ("/lighthouse/runs", json!("three")),
        ("/security/scanners", json!("npm audit")),
        ("/approval/require", json!({"quality-gate": true})),
    ];
    for (pointer, value) in changes {
        let mut config = yaml(SAMPLE);
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        config.pointer_mut(parent).unwrap()[key] = value;
        assert!(!schema.is_valid(&config), "{pointer} is accepted");
    }
}

fn reads<G: Gate>() {
    let file = ConfigFile::find(None, &root().join("tests/apps/setlist"))
        .unwrap()
        .unwrap();
    if let Err(error) = file.section::<G::Config>(G::SECTION) {
        panic!("{}: {error}", G::NAME);
    }
}

#[test]
fn every_gate_reads_its_section_of_the_sample_app() {
    reads::<quality_gate::QualityGate>();
    reads::<bundle_budget::BundleBudget>();
    reads::<lighthouse_budget::LighthouseBudget>();
    reads::<security_gate::SecurityGate>();
    reads::<smoke_test::SmokeTest>();
    reads::<approval_gate::ApprovalGate>();
    reads::<vercel_deploy::VercelDeploy>();
    reads::<publish_report::PublishReport>();
}
