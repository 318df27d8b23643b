use super::*;
use crate::inputs::Step;
use pipeline_config::ConfigFile;

fn plan(inputs: Inputs, config: &str) -> Result<Plan, String> {
    let section = ConfigFile::from_text("stagegate.yml", config)
        .section::<Deploy>("deploy")
        .unwrap();
    Plan::new(inputs, &section).map_err(|problems| {
        problems
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    })
}

#[test]
fn an_input_wins_over_the_config_and_the_config_over_the_default() {
    let config = "deploy:\n  timeout: 5 min\n  domains: [a.example]\n  environment-slugs: {staging: qa}\n  rolling: {samples: 7, max-error-rate: 2 %}\n";
    let inputs = || Inputs {
        environment: Some("staging".to_owned()),
        ..Inputs::default()
    };
    let from_config = plan(inputs(), config).unwrap();
    assert_eq!(from_config.timeout, Duration::from_secs(300));
    assert_eq!(from_config.domains, ["a.example"]);
    assert_eq!(
        from_config.environment,
        Environment::Custom {
            name: "staging".to_owned(),
            slug: "qa".to_owned()
        }
    );
    assert_eq!(from_config.rolling.samples, 7);
    let more = Inputs {
        domains: vec!["https://b.example/".to_owned()],
        timeout: Some("30 s".parse().unwrap()),
        samples: Some(3),
        mode: Some(Mode::Rolling),
        environment: None,
        deployment: Some("dpl_1".to_owned()),
        ..inputs()
    };
    let from_inputs = plan(more, config).unwrap();
    assert_eq!(from_inputs.timeout, Duration::from_secs(30));
    assert_eq!(
        (from_inputs.domains, from_inputs.rolling.samples),
        (vec!["b.example".to_owned()], 3)
    );
    let default = plan(Inputs::default(), "").unwrap();
    assert_eq!(
        (default.timeout, default.environment.name()),
        (DEFAULT_TIMEOUT, "preview")
    );
    assert_eq!(default.rolling.max_error_rate, 0.0);
}

#[test]
fn all_mistakes_are_reported_together() {
    let inputs = Inputs {
        mode: Some(Mode::Promote),
        environment: Some("staging".to_owned()),
        staged: true,
        sample_path: Some("health".to_owned()),
        ..Inputs::default()
    };
    let error = plan(
        inputs,
        "deploy:\n  domains: ['a b']\n  rolling: {samples: 0}\n",
    )
    .unwrap_err();
    insta::assert_snapshot!(error, @r"
    `staged` belongs to deploy (fix: leave it out, or set `mode`)
    promote, rolling and rollback act on production (fix: leave `environment` out, or deploy the same build there with mode deploy)
    no `deployment` is given (fix: pass the output `deployment-id` of the deploy)
    stagegate.yml:2:13: `a b` is no domain: write it like `app.example.com`
    stagegate.yml:3:22: samples is 0; it is 1 to 1000
    sample path `health` does not begin with `/`
    ");
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let path = |text: &str| Some(std::path::PathBuf::from(text));
    let text = |text: &str| Some(text.to_owned());
    let mode = |mode: Mode| Inputs {
        mode: Some(mode),
        ..Inputs::default()
    };
    for (inputs, expected) in [
        (
            Inputs {
                static_dir: path("a"),
                source_dir: path("b"),
                ..mode(Mode::Deploy)
            },
            "exclude each other",
        ),
        (
            Inputs {
                static_config: path("a"),
                ..mode(Mode::Deploy)
            },
            "`static-config` needs `static-dir`",
        ),
        (
            Inputs {
                source_dir: path("."),
                record: path("record.json"),
                ..mode(Mode::Deploy)
            },
            "`source-dir` would build another one",
        ),
        (
            Inputs {
                deployment: text("dpl_1"),
                allow_rebuild: true,
                record: path("record.json"),
                ..mode(Mode::Promote)
            },
            "`allow-rebuild` would put another one live",
        ),
        (
            Inputs {
                meta: vec!["stagegateDigest=sha256:0".to_owned()],
                ..mode(Mode::Deploy)
            },
            "names that begin with `stagegate` are taken",
        ),
        (
            Inputs {
                root_directory: text("../other"),
                ..mode(Mode::Deploy)
            },
            "is not a folder of the repository",
        ),
        (
            Inputs {
                deployment: text("dpl_1"),
                ..mode(Mode::Alias)
            },
            "no `domains` are given",
        ),
        (
            Inputs {
                paths: vec!["https://a.example/".to_owned()],
                ..mode(Mode::Warm)
            },
            "is no path to warm",
        ),
        (
            Inputs {
                paths: vec!["/".to_owned()],
                ..mode(Mode::Deploy)
            },
            "`paths` belongs to warm",
        ),
        (
            Inputs {
                step: Some(Step::Approve),
                ..mode(Mode::Promote)
            },
            "`step` belongs to rolling",
        ),
    ] {
        let error = plan(inputs, "").unwrap_err();
        assert!(error.contains(expected), "{expected}: {error}");
    }
    let by_hand = Inputs {
        step: Some(Step::Complete),
        ..mode(Mode::Rolling)
    };
    assert!(plan(by_hand, "").is_ok(), "the active release is meant");
}
