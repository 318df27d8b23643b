//! The web page: a pull request, its deployments and the pending approval, for people.
