//! Visits production during a rolling release, from both sides.
//!
//! Vercel keeps a visitor's side in a cookie and pins it by the query `vcrrForceCanary=true` or `vcrrForceStable=true`. Each
//! sample is a visitor without cookies: half of them are pinned to the canary, so that a 1 % stage is judged as well as a
//! 50 % one, and half are not pinned, as the public comes. No answer says which deployment it is from, so the unpinned ones
//! are told apart by their bodies, where canary and stable answer differently; that number is only shown.

use std::time::Duration;

use http_client::{Client, Request, RetryPolicy, Url};
use verdict::Digest;

use crate::{
    connect,
    decide::{Stage, Tally, p95},
    session::{Session, Stop},
};

const TO_CANARY: &str = "vcrrForceCanary";
const TO_STABLE: &str = "vcrrForceStable";

/// What a stage showed, and how many of the public met the canary, where their answers tell.
pub(crate) struct Sampled {
    pub(crate) stage: Stage,
    pub(crate) met_canary: Option<u32>,
}

/// Samples one domain.
pub(crate) struct Sampler {
    client: Client,
    url: Url,
    template: Request,
    samples: u32,
    every: Duration,
}

impl Sampler {
    /// A sampler as the plan says.
    pub(crate) fn new(session: &Session<'_>, domain: &str) -> Result<Self, Stop> {
        let rolling = &session.plan.rolling;
        let url = connect::web_url(domain, &rolling.path)?;
        let mut template = Request::get(url.clone()).deadline(session.deadline);
        if let Some(secret) = connect::bypass(session.context) {
            template = template.secret_header(connect::BYPASS_HEADER, secret);
        }
        Ok(Self {
            // A visitor does not try again, and a retry would hide what is counted here.
            client: connect::visitor(RetryPolicy::NEVER)?,
            url,
            template,
            samples: rolling.samples,
            every: rolling.bake / rolling.samples.max(1),
        })
    }

    /// Visits as often as the plan says.
    pub(crate) async fn stage(&self, session: &Session<'_>) -> Result<Sampled, Stop> {
        let mut stage = Stage::default();
        let stable = self.visit(Some(TO_STABLE)).await;
        let (mut canary, mut public, mut times) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..self.samples {
            let began = tokio::time::Instant::now();
            let answer = self.visit(Some(TO_CANARY)).await;
            // A failure is counted as one; its time would make a fast error look good.
            if answer.is_some() {
                times.push(began.elapsed());
            }
            canary.push(count(&mut stage.canary, answer));
            public.push(count(&mut stage.public, self.visit(None).await));
            if !self.every.is_zero() {
                let late = |_| Stop::undecided("the deadline passed before the stage was sampled");
                session.deadline.sleep(self.every).await.map_err(late)?;
            }
        }
        stage.p95 = p95(times);
        Ok(Sampled {
            stage,
            met_canary: attribute(stable.as_ref(), &canary, &public),
        })
    }

    /// The digest of a good answer's body.
    async fn visit(&self, pin: Option<&str>) -> Option<Digest> {
        let mut url = self.url.clone();
        if let Some(pin) = pin {
            url.query_pairs_mut().append_pair(pin, "true");
        }
        let response = self.client.send(self.template.clone().to(url)).await.ok()?;
        (response.status.as_u16() < 400).then(|| Digest::of(&response.body))
    }
}

fn count(tally: &mut Tally, answer: Option<Digest>) -> Option<Digest> {
    tally.sent += 1;
    tally.failed += u32::from(answer.is_none());
    answer
}

/// How many unpinned answers are the canary's: only if the canary always answers alike and otherwise than stable.
fn attribute(
    stable: Option<&Digest>,
    canary: &[Option<Digest>],
    public: &[Option<Digest>],
) -> Option<u32> {
    let of_canary = canary.iter().flatten().next()?;
    let alike = canary.iter().flatten().all(|body| body == of_canary);
    if !alike || stable? == of_canary {
        return None;
    }
    u32::try_from(
        public
            .iter()
            .flatten()
            .filter(|body| *body == of_canary)
            .count(),
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_is_told_apart_only_when_answers_differ_steadily() {
        let body = |text: &str| Some(Digest::of(text.as_bytes()));
        let (new, old) = (body("new"), body("old"));
        let public = [new.clone(), old.clone(), old.clone(), None];
        let canary = [new.clone(), None, new.clone()];
        assert_eq!(attribute(old.as_ref(), &canary, &public), Some(1));
        assert_eq!(
            attribute(new.as_ref(), &canary, &public),
            None,
            "both sides answer alike"
        );
        assert_eq!(
            attribute(old.as_ref(), &[new, body("random")], &public),
            None,
            "every answer differs"
        );
        assert_eq!(
            attribute(None, &canary, &public),
            None,
            "stable did not answer"
        );
        assert_eq!(
            attribute(old.as_ref(), &[None], &public),
            None,
            "the canary did not answer"
        );
    }
}
