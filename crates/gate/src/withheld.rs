//! What a program that a gate starts must not see of the environment. Checkers execute the pull request's
//! own configuration, and a browser shows pages that anybody wrote.

/// Tokens, and the files with which a step speaks to the runner.
pub const WITHHELD: [&str; 18] = [
    "ACTIONS_CACHE_URL",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "ACTIONS_RESULTS_URL",
    "ACTIONS_RUNTIME_TOKEN",
    "ACTIONS_RUNTIME_URL",
    "GH_TOKEN",
    "GITHUB_ENV",
    "GITHUB_OUTPUT",
    "GITHUB_PATH",
    "GITHUB_STATE",
    "GITHUB_STEP_SUMMARY",
    "GITHUB_TOKEN",
    "NODE_AUTH_TOKEN",
    "STAGEGATE_INPUTS",
    "STAGEGATE_TEAM_TOKEN",
    "VERCEL_AUTOMATION_BYPASS_SECRET",
    "VERCEL_TOKEN",
];
