//! Who had a hand in a release: whoever started the run, wrote or committed what production does not have
//! yet, or opened its pull request. GitHub's word counts; the runner's variables add to it.

use gate::Error;
use github_client::{Client, Commit, DeploymentState, User, WorkflowRun};

use crate::collect::{Release, ask};
use crate::facts::{Involved, Stranger};
use crate::policy::Policy;

/// GitHub's own account, which signs what is merged on the web and wrote nothing.
const WEB_FLOW: &str = "web-flow";

/// GitHub lists no more commits of a pull request than this.
const MAX_PULL_COMMITS: usize = 250;

/// How many deployments to production are looked at for the last one that served; each look costs a request.
const DEPLOYMENTS: usize = 20;

/// Who had a hand in the release.
#[derive(Default)]
pub(crate) struct Hands {
    pub(crate) involved: Vec<Involved>,
    /// Authors of whom GitHub knows no account.
    pub(crate) strangers: Vec<Stranger>,
}

impl Hands {
    fn wrote(&mut self, commits: &[Commit]) {
        for commit in commits {
            self.involved.extend(makers(commit));
            self.strangers.extend(stranger(commit));
        }
    }
}

/// Everybody with a hand in the release.
pub(crate) async fn involved(
    github: &Client,
    policy: &Policy,
    release: &Release<'_>,
    run: &WorkflowRun,
) -> Result<Hands, Error> {
    let mut hands = Hands::default();
    let sha = release.sha.as_str();
    if let Some(production) = production(github, policy).await?
        && production != sha
    {
        // Without it, whoever wrote an earlier pull request of this release could approve the last one.
        let commits = github.commits_since(&production, sha).await;
        hands.wrote(&commits.map_err(ask("what is new since the last release"))?);
    }
    let started = [&run.actor, &run.triggering_actor];
    for user in started.into_iter().flatten() {
        hands.involved.push(hand(user, "started this run"));
    }
    hands
        .involved
        .extend(release.actors.iter().map(|login| Involved {
            login: login.clone(),
            id: None,
            how: "started this run".to_owned(),
        }));
    let commit = github.commit(sha).await.map_err(ask("the commit"))?;
    hands.wrote(&[commit]);
    let pulls = github.pulls_of_commit(sha).await;
    for pull in pulls.map_err(ask("the commit's pull requests"))? {
        let number = pull.number;
        if let Some(user) = &pull.user {
            hands
                .involved
                .push(hand(user, &format!("opened pull request #{number}")));
        }
        let commits = github.pull_commits(number).await;
        let commits = commits.map_err(ask("the pull request's commits"))?;
        if commits.len() >= MAX_PULL_COMMITS {
            return Err(Error::undecided(format!(
                "pull request #{number} has {MAX_PULL_COMMITS} commits or more, and GitHub lists no further authors"
            ))
            .fix("merge in smaller steps"));
        }
        hands.wrote(&commits);
    }
    hands.strangers.sort();
    hands.strangers.dedup();
    Ok(hands)
}

/// The commit that production serves, as GitHub's list of deployments says; `None` before the first release.
async fn production(github: &Client, policy: &Policy) -> Result<Option<String>, Error> {
    let all = github.deployments(&policy.environment, None).await;
    let all = all.map_err(ask("the deployments to production"))?;
    for deployment in all.into_iter().take(DEPLOYMENTS) {
        let statuses = github.deployment_statuses(deployment.id).await;
        let statuses = statuses.map_err(ask("a deployment's status"))?;
        if statuses.first().map(|status| status.state) == Some(DeploymentState::Success) {
            return Ok(Some(deployment.sha));
        }
    }
    Ok(None)
}

/// The author of a commit whose address belongs to no account: anybody, an approver too.
fn stranger(commit: &Commit) -> Option<Stranger> {
    if commit.author.is_some() {
        return None;
    }
    let author = commit.commit.author.as_ref();
    Some(Stranger {
        commit: commit.sha.clone(),
        name: author.map_or_else(|| "nobody".to_owned(), |author| author.name.clone()),
    })
}

/// Author, committer and co-authors of a commit.
fn makers(commit: &Commit) -> Vec<Involved> {
    let short = commit.sha.get(..12).unwrap_or(&commit.sha);
    let mut makers = Vec::new();
    if let Some(user) = &commit.author {
        makers.push(hand(user, &format!("wrote {short}")));
    }
    if let Some(user) = commit
        .committer
        .as_ref()
        .filter(|user| !user.is_called(WEB_FLOW))
    {
        makers.push(hand(user, &format!("committed {short}")));
    }
    let co_authors = commit.commit.message.lines().filter_map(co_author);
    makers.extend(co_authors.map(|(id, login)| Involved {
        login,
        id,
        how: format!("co-wrote {short}"),
    }));
    makers
}

/// `Co-authored-by: Name <12345+login@users.noreply.github.com>`; other addresses name no account.
fn co_author(line: &str) -> Option<(Option<u64>, String)> {
    let (key, value) = line.split_once(':')?;
    if !key.trim().eq_ignore_ascii_case("co-authored-by") {
        return None;
    }
    let (_, address) = value.rsplit_once('<')?;
    let address = address.trim_end().trim_end_matches('>');
    let local = address.strip_suffix("@users.noreply.github.com")?;
    Some(match local.split_once('+') {
        Some((id, login)) => (id.parse().ok(), login.to_owned()),
        None => (None, local.to_owned()),
    })
}

fn hand(user: &User, how: &str) -> Involved {
    Involved {
        login: user.login.clone(),
        id: Some(user.id),
        how: how.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::co_author;

    #[test]
    fn co_authors_by_their_noreply_address() {
        let cases = [
            (
                "Co-authored-by: A <12+pair@users.noreply.github.com>",
                Some((Some(12), "pair")),
            ),
            (
                "co-authored-by: A <pair@users.noreply.github.com> ",
                Some((None, "pair")),
            ),
            ("Co-authored-by: A <a@example.com>", None),
            ("Signed-off-by: A <12+pair@users.noreply.github.com>", None),
            ("Co-authored-by: nobody", None),
        ];
        for (line, expected) in cases {
            let expected = expected.map(|(id, login): (Option<u64>, &str)| (id, login.to_owned()));
            assert_eq!(co_author(line), expected, "{line}");
        }
    }
}
