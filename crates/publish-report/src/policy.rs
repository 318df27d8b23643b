//! The team's wishes: config section `report`, with inputs on top.

use clap::ValueEnum;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::inputs::Inputs;

/// Section `report` of stagegate.yml.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReportConfig {
    /// When to comment on the pull request. Default: `changes`.
    comment: Option<CommentMode>,
    /// Whether to set the check run `Stagegate`. Default: true.
    check_run: Option<bool>,
    /// The account that GITHUB_TOKEN writes as. Default: `github-actions[bot]`.
    comment_author: Option<String>,
}

/// When to comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum CommentMode {
    /// When there is something to say; on green only where a comment stands already
    Changes,
    /// Always
    Always,
    /// Never
    Off,
}

/// The wishes in force.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) comment: CommentMode,
    pub(crate) check_run: bool,
    pub(crate) author: String,
    pub(crate) preview_url: Option<String>,
    /// The page where the HTML report will be found.
    pub(crate) report_url: Option<String>,
    pub(crate) dry_run: bool,
}

impl Policy {
    /// `run_url` is the page of the run that keeps the report.
    pub(crate) fn new(inputs: &Inputs, config: &ReportConfig, run_url: Option<&str>) -> Self {
        let author = inputs
            .comment_author
            .as_ref()
            .or(config.comment_author.as_ref());
        Self {
            comment: inputs
                .comment
                .or(config.comment)
                .unwrap_or(CommentMode::Changes),
            check_run: inputs.check_run.or(config.check_run).unwrap_or(true),
            author: author.map_or_else(|| github_client::ACTIONS_BOT.to_owned(), Clone::clone),
            preview_url: inputs.preview_url.clone(),
            report_url: run_url.map(|url| format!("{url}#artifacts")),
            dry_run: inputs.dry_run,
        }
    }
}
