//! The inputs of the gate.

use std::path::PathBuf;

use clap::Args;

use crate::policy::{Compat, Profile};

/// Inputs of lighthouse-budget.
#[derive(Clone, Debug, Args)]
pub struct Inputs {
    /// Lighthouse JSON reports to judge, as globs
    #[arg(long, value_name = "GLOB")]
    pub report: Vec<String>,
    /// Pages to run Lighthouse on, in place of reports
    #[arg(long, value_name = "URL")]
    pub url: Vec<String>,
    /// Deployment to compare with: the same pages of this host are measured in turn, on the same machine
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Reports of the base, as globs; their bytes, requests, accessibility and SEO are compared, and their timings only when the machine is alike
    #[arg(long, value_name = "GLOB")]
    pub baseline: Vec<String>,
    /// What users measured, for INP: a CrUX record or a PageSpeed Insights answer, as JSON
    #[arg(long, value_name = "FILE")]
    pub field_data: Vec<PathBuf>,
    /// The lighthouserc or budget.json to hold; default: the one in the working directory, when stagegate.yml has no lighthouse section
    #[arg(long, value_name = "FILE")]
    pub lighthouserc: Option<PathBuf>,
    /// Whose results to give: lhci for lighthouse-ci's, from its own config file
    #[arg(long, value_enum)]
    pub compat: Option<Compat>,
    /// How often each page is measured; default: 5
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(1..=25))]
    pub runs: Option<u8>,
    /// Where the reports of our own runs go; default: .stagegate/lighthouse
    #[arg(long, value_name = "DIR")]
    pub output_dir: Option<PathBuf>,
    /// Devices to measure as; default: mobile
    #[arg(long, value_enum)]
    pub profile: Vec<Profile>,
    /// Audits that our own runs leave out, such as is-crawlable on previews, which Vercel hides from search engines
    #[arg(long, value_name = "AUDIT")]
    pub skip_audit: Vec<String>,
    /// Further flags for Chrome, such as --no-sandbox
    #[arg(long, value_name = "FLAG", allow_hyphen_values = true)]
    pub chrome_flags: Vec<String>,
}
