//! Keeps secrets out of messages.
//!
//! Some scanners quote what they found (`Possible hardcoded password: 'hunter2'`), and a verdict, an
//! annotation and a SARIF upload are read by more people than the source is. So a secret rule's own
//! message is replaced, and texts of all rules lose what looks like a well-known token.

/// Words in a rule's id, name or tags that say it looks for secrets. The CWE numbers are those of
/// hard-coded credentials and keys.
const SECRET_WORDS: [&str; 13] = [
    "secret",
    "password",
    "passwd",
    "credential",
    "api-key",
    "apikey",
    "api_key",
    "private-key",
    "token",
    "cwe-259",
    "cwe-321",
    "cwe-798",
    "cwe-312",
];

/// Scanners that look for nothing else.
const SECRET_SCANNERS: [&str; 5] = [
    "gitleaks",
    "trufflehog",
    "detect-secrets",
    "ggshield",
    "secretlint",
];

/// How well-known tokens begin.
const PREFIXES: [&str; 16] = [
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "npm_",
    "AKIA",
    "ASIA",
    "xoxb-",
    "xoxp-",
    "sk_live_",
    "rk_live_",
    "AIza",
    "eyJ",
];

/// The fewest characters after a prefix that make it a token.
const SHORTEST: usize = 12;

/// Whether a rule looks for secrets.
pub(crate) fn is_secret<'a>(tool: &str, words: impl IntoIterator<Item = &'a str>) -> bool {
    let tool = tool.to_ascii_lowercase();
    if SECRET_SCANNERS.iter().any(|name| tool.contains(name)) {
        return true;
    }
    words.into_iter().any(|text| {
        let text = text.to_ascii_lowercase();
        SECRET_WORDS.iter().any(|word| text.contains(word))
    })
}

/// The text without what looks like a token or a private key.
pub(crate) fn without_tokens(text: &str) -> String {
    let text = match text.find("-----BEGIN") {
        Some(at) => &text[..at],
        None => text,
    };
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, prefix)) = next_prefix(rest) {
        let (before, token) = rest.split_at(at);
        kept.push_str(before);
        let end = token
            .find(|c: char| !is_token_character(c))
            .unwrap_or(token.len());
        if end >= prefix.len() + SHORTEST {
            kept.push_str(prefix);
            kept.push_str("***");
        } else {
            kept.push_str(&token[..end]);
        }
        rest = &token[end..];
    }
    kept.push_str(rest);
    kept
}

fn next_prefix(text: &str) -> Option<(usize, &'static str)> {
    let found = PREFIXES.iter().filter_map(|prefix| {
        // Inside a longer word it is part of a name.
        let mut places = text.match_indices(prefix).map(|(at, _)| at);
        let at = places.find(|at| !text[..*at].ends_with(is_token_character))?;
        Some((at, *prefix))
    });
    found.min()
}

fn is_token_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{is_secret, without_tokens};

    #[test]
    fn tokens_go_and_words_stay() {
        let cases = [
            ("found ghp_0123456789abcdef0123 here", "found ghp_*** here"),
            ("'AKIAIOSFODNN7EXAMPLE'", "'AKIA***'"),
            (
                "npm_config and npm_0123456789abcdef",
                "npm_config and npm_***",
            ),
            ("key: -----BEGIN RSA PRIVATE KEY-----\nabc", "key: "),
            ("my_npm_0123456789abcdef", "my_npm_0123456789abcdef"),
            ("nothing", "nothing"),
            (
                "ghs_aaaaaaaaaaaaaaaa,ghs_bbbbbbbbbbbbbbbb",
                "ghs_***,ghs_***",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(without_tokens(text), expected);
        }
    }

    #[test]
    fn a_secret_rule_is_known_by_tool_name_or_tag() {
        assert!(is_secret("gitleaks", ["generic"]));
        assert!(is_secret("Bandit", ["B105", "hardcoded_password_string"]));
        assert!(is_secret("x", ["external/cwe/cwe-798"]));
        assert!(!is_secret(
            "zizmor",
            ["zizmor/template-injection", "security"]
        ));
    }

    proptest! {
        #[test]
        fn no_token_survives(before in "[^a-zA-Z0-9_.-]{0,5}", token in "[a-zA-Z0-9]{20,40}", after in "[ ,'\"]{0,3}") {
            let shown = without_tokens(&format!("{before}ghp_{token}{after}"));
            prop_assert!(!shown.contains(&token));
        }
    }
}
