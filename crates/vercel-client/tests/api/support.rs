//! A client whose waits are short.

use std::time::Duration;

use http_client::{Deadline, Secret};
use serde_json::json;
use vercel_client::{Pace, Scope, Vercel};
use wiremock::{MockServer, ResponseTemplate};

pub(crate) const TOKEN: &str = "vc-token-0123456789";

pub(crate) fn vercel(server: &MockServer) -> Vercel {
    let scope = Scope {
        org_id: "team_1".to_owned(),
        project_id: "prj_1".to_owned(),
    };
    Vercel::new(server.uri().parse().unwrap(), &Secret::new(TOKEN), scope)
        .unwrap()
        .with_pace(Pace {
            first: Duration::from_millis(1),
            cap: Duration::from_millis(1),
        })
        .with_deadline(Deadline::after(Duration::from_secs(60)))
}

pub(crate) fn accepted() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(
        json!({"id": "dpl_1", "url": "setlist-1.vercel.app", "readyState": "QUEUED"}),
    )
}
