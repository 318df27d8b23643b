//! The shape of a report, as far as it is used; `serde` skips the rest without keeping it.

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Lhr {
    pub(super) lighthouse_version: String,
    pub(super) requested_url: Option<String>,
    pub(super) final_url: Option<String>,
    pub(super) main_document_url: Option<String>,
    pub(super) final_displayed_url: Option<String>,
    pub(super) runtime_error: Option<RuntimeError>,
    #[serde(default)]
    pub(super) audits: Audits,
    #[serde(default)]
    pub(super) categories: Categories,
    #[serde(default)]
    pub(super) config_settings: Settings,
}

#[derive(Deserialize)]
pub(super) struct RuntimeError {
    pub(super) code: String,
    #[serde(default)]
    pub(super) message: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Settings {
    pub(super) form_factor: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Categories {
    pub(super) performance: Option<Category>,
    pub(super) accessibility: Option<Category>,
    pub(super) best_practices: Option<Category>,
    pub(super) seo: Option<Category>,
}

#[derive(Deserialize)]
pub(super) struct Category {
    pub(super) score: Option<f64>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Audits {
    pub(super) largest_contentful_paint: Option<Audit>,
    pub(super) first_contentful_paint: Option<Audit>,
    pub(super) cumulative_layout_shift: Option<Audit>,
    pub(super) interaction_to_next_paint: Option<Audit>,
    pub(super) interactive: Option<Audit>,
    pub(super) total_blocking_time: Option<Audit>,
    pub(super) speed_index: Option<Audit>,
    pub(super) server_response_time: Option<Audit>,
    pub(super) metrics: Option<Metrics>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Audit {
    pub(super) score_display_mode: Option<String>,
    pub(super) numeric_value: Option<f64>,
}

impl Audit {
    /// An audit that failed to run may carry a number all the same.
    pub(super) fn value(&self) -> Option<f64> {
        self.numeric_value
            .filter(|_| self.score_display_mode.as_deref() != Some("error"))
    }
}

#[derive(Deserialize)]
pub(super) struct Metrics {
    pub(super) details: Option<MetricsDetails>,
}

#[derive(Deserialize)]
pub(super) struct MetricsDetails {
    #[serde(default)]
    pub(super) items: Vec<MetricsItem>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MetricsItem {
    pub(super) time_to_first_byte: Option<f64>,
}
