//! Addresses of things: in the API for clients, on the web page for people.

/// Where the sandbox's GitHub lives and which repository it holds.
#[derive(Debug, Clone)]
pub(crate) struct Links {
    /// Base of the REST API, without a slash at the end.
    pub(crate) api: String,
    /// The repository's owner.
    pub(crate) owner: String,
    /// The repository's name.
    pub(crate) name: String,
}

impl Links {
    /// `owner/name`.
    pub(crate) fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// The repository in the API.
    pub(crate) fn repo(&self) -> String {
        format!("{}/repos/{}", self.api, self.full_name())
    }

    /// The repository on the web page.
    pub(crate) fn html(&self) -> String {
        format!("{}/{}", self.api, self.full_name())
    }
}
