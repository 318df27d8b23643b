// Asks the sandbox until the environment's reviewers have decided. GitHub holds the job itself; a runner on
// this machine cannot, so the job holds its first step.
const environment = process.env.INPUT_NAME;
if (!environment) {
  console.error("environment: input `name` is missing");
  process.exit(1);
}
const address = new URL("/_sandbox/environment-wait", process.env.GITHUB_SERVER_URL);
address.search = new URLSearchParams({
  run_id: process.env.GITHUB_RUN_ID ?? "",
  environment,
  job: process.env.GITHUB_JOB ?? "",
}).toString();

for (;;) {
  const answer = await fetch(address, { method: "POST" });
  const body = await answer.json();
  if (answer.status === 202) {
    continue;
  }
  if (answer.status === 200 && (body.state === "approved" || body.state === "not-required")) {
    console.log(`${environment}: ${body.state}${body.user ? ` by ${body.user}` : ""}`);
    break;
  }
  console.error(`${environment}: ${body.state ?? body.message ?? answer.status}${body.user ? ` by ${body.user}` : ""}`);
  process.exit(1);
}
