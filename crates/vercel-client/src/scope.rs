//! Whose project: the ids that `vercel link` writes and CI keeps in `VERCEL_ORG_ID` and `VERCEL_PROJECT_ID`.

/// A project and its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// `team_…`, `user_…`, or a team's slug.
    pub org_id: String,
    /// `prj_…`, or a project's name.
    pub project_id: String,
}

impl Scope {
    /// The query parameter that selects the owner; a user's own scope needs none.
    pub(crate) fn parameter(&self) -> Option<(&'static str, &str)> {
        match self.org_id.as_str() {
            "" => None,
            id if id.starts_with("user_") => None,
            id if id.starts_with("team_") => Some(("teamId", id)),
            slug => Some(("slug", slug)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters() {
        for (org_id, expected) in [
            ("team_1", Some(("teamId", "team_1"))),
            ("acme", Some(("slug", "acme"))),
            ("user_1", None),
            ("", None),
        ] {
            let scope = Scope {
                org_id: org_id.to_owned(),
                project_id: "prj_1".to_owned(),
            };
            assert_eq!(scope.parameter(), expected);
        }
    }
}
