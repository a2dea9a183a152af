// GitHub's own clients, unmodified, against a running emulator: what the bot
// does, done with them. Started by clients_test.go with the credentials file;
// the last line says how many operations were driven.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { App } from "@octokit/app";
import { Octokit } from "@octokit/rest";
import { createNodeMiddleware, Webhooks } from "@octokit/webhooks";

const cred = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { owner, repo } = cred;
const at = { owner, repo };
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const Client = Octokit.defaults({ baseUrl: cred.base_url, log: quiet });

// Every route that was asked for, as the client names it.
const driven = new Set();
function counted(octokit) {
  octokit.hook.before("request", (o) => void driven.add(`${o.method} ${o.url}`));
  return octokit;
}

const app = new App({
  appId: cred.app_id,
  privateKey: readFileSync(cred.private_key_file, "utf8"),
  webhooks: { secret: cred.webhook_secret },
  Octokit: Client,
});
counted(app.octokit);
const bot = counted(await app.getInstallationOctokit(cred.installation_id));
const as = (persona) => counted(new Client({ auth: cred.users[persona] }));
const maintainer = as("maintainer");
const outsider = as("outsider");

// refused wants a request to fail with a status.
async function refused(status, request) {
  await assert.rejects(request, (e) => {
    assert.equal(e.status, status, e.message);
    return true;
  });
}

// Webhooks are heard by the client's own middleware, which checks signatures.
const heard = [];
const webhooks = new Webhooks({ secret: cred.webhook_secret, log: quiet });
webhooks.onAny(({ id, name, payload }) => {
  heard.push({ id, name: payload.action ? `${name}.${payload.action}` : name, payload });
  server.emit("heard");
});
const rejected = [];
webhooks.onError((e) => rejected.push(e.message));
const server = createServer(createNodeMiddleware(webhooks, { path: "/hook" }));

// hears waits for an event that fits, those heard before included.
async function hears(name, fits = () => true) {
  for (;;) {
    const found = heard.find((e) => e.name === name && fits(e.payload));
    if (found) return found;
    await once(server, "heard", { signal: AbortSignal.timeout(10_000) });
  }
}

const parts = {
  async "the App finds itself and its installation"() {
    const { data: self } = await app.octokit.rest.apps.getAuthenticated();
    assert.equal(self.id, cred.app_id);
    const { data: list } = await app.octokit.rest.apps.listInstallations();
    assert.ok(list.some((i) => i.id === cred.installation_id));
    const { data: found } = await app.octokit.rest.apps.getRepoInstallation(at);
    assert.equal(found.id, cred.installation_id);
    const seen = [];
    for await (const { repository } of app.eachRepository.iterator()) seen.push(repository.full_name);
    assert.ok(seen.includes(`${owner}/${repo}`));
    const token = await app.octokit.auth({
      type: "installation", installationId: cred.installation_id, permissions: { issues: "read" },
    });
    assert.deepEqual(token.permissions.issues, "read");
  },

  async "webhooks are pointed here and verified"() {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${server.address().port}/hook`;
    // A parameter called url would override the address of the request itself.
    const { data } = await app.octokit.request("PATCH /app/hook/config", { data: { url, content_type: "json" } });
    assert.equal(data.url, url);
    assert.equal(data.secret, "********");
    const ping = await hears("ping");
    assert.equal(ping.payload.hook.app_id, cred.app_id);
  },

  async "labels keep their odd names"() {
    for (const name of ["c#", "what?", "stage/alphanet", "100%", "a b"]) {
      const { data: made } = await bot.rest.issues.createLabel({ ...at, name, color: "ff0000" });
      assert.equal(made.name, name);
      const { data: got } = await bot.rest.issues.getLabel({ ...at, name });
      assert.equal(got.color, "ff0000");
    }
    await refused(422, bot.rest.issues.createLabel({ ...at, name: "C#" }));
    await bot.rest.issues.updateLabel({ ...at, name: "a b", new_name: "a/b", description: "renamed" });
    await bot.rest.issues.deleteLabel({ ...at, name: "a/b" });
    await refused(404, bot.rest.issues.getLabel({ ...at, name: "a/b" }));
    const all = await bot.paginate(bot.rest.issues.listLabelsForRepo, { ...at, per_page: 2 });
    assert.ok(all.length > 6);
    assert.equal(new Set(all.map((l) => l.id)).size, all.length);
    await hears("label.deleted");
  },

  async "a milestone is planned and closed"() {
    const { data: made } = await maintainer.rest.issues.createMilestone({ ...at, title: "Upgrade 17", due_on: "2026-12-31T12:00:00Z" });
    const { data: closed } = await bot.rest.issues.updateMilestone({ ...at, milestone_number: made.number, state: "closed" });
    assert.equal(closed.state, "closed");
    await bot.rest.issues.updateMilestone({ ...at, milestone_number: made.number, state: "open" });
    const { data: list } = await bot.rest.issues.listMilestones(at);
    assert.deepEqual(list.map((m) => m.title), ["Upgrade 17"]);
    await hears("milestone.closed");
  },

  async "an issue goes through its life"() {
    const { data: made } = await bot.rest.issues.create({ ...at, title: "One", body: "text", labels: ["c#"], milestone: 1 });
    assert.equal(made.user.type, "Bot");
    const issue = { ...at, issue_number: made.number };
    await bot.rest.issues.addLabels({ ...issue, labels: ["what?", "stage/alphanet", "100%"] });
    for (const name of ["c#", "what?", "100%"]) await bot.rest.issues.removeLabel({ ...issue, name });
    const { data: left } = await bot.rest.issues.listLabelsOnIssue(issue);
    assert.deepEqual(left.map((l) => l.name), ["stage/alphanet"]);
    await bot.rest.issues.setLabels({ ...issue, labels: ["c#"] });
    const { data: updated } = await bot.rest.issues.update({ ...issue, title: "Two", milestone: null, assignees: ["ada"], state: "closed", state_reason: "completed" });
    assert.equal(updated.milestone, null);
    assert.equal(updated.state_reason, "completed");
    await bot.rest.issues.update({ ...issue, state: "open" });
    await maintainer.rest.issues.lock({ ...issue, lock_reason: "too heated" });
    await maintainer.rest.issues.unlock(issue);
    const { data: got } = await bot.rest.issues.get(issue);
    assert.equal(got.title, "Two");
    await refused(403, outsider.rest.issues.update({ ...issue, title: "mine" }));
    await refused(404, bot.rest.issues.get({ ...at, issue_number: 999 }));
    const timeline = await bot.paginate(bot.rest.issues.listEventsForTimeline, { ...issue, per_page: 5 });
    assert.ok(timeline.some((e) => e.event === "renamed"));
    const { payload } = await hears("issues.labeled", (p) => p.label.name === "stage/alphanet");
    assert.equal(payload.sender.type, "Bot");
    assert.equal(payload.installation.id, cred.installation_id);
  },

  async "issues are listed page by page"() {
    for (let n = 0; n < 7; n++) await bot.rest.issues.create({ ...at, title: `many ${n}`, labels: ["many"] });
    const many = await bot.paginate(bot.rest.issues.listForRepo, { ...at, labels: "many", per_page: 3 });
    assert.equal(many.length, 7);
    let pages = 0;
    for await (const page of bot.paginate.iterator(bot.rest.issues.listForRepo, { ...at, state: "all", per_page: 4 })) {
      assert.ok(page.data.length <= 4);
      pages++;
    }
    assert.ok(pages > 1);
  },

  async "comments and reactions"() {
    const { data: made } = await bot.rest.issues.createComment({ ...at, issue_number: 1, body: "hello" });
    const comment = { ...at, comment_id: made.id };
    assert.equal((await bot.rest.issues.updateComment({ ...comment, body: "hello again" })).data.body, "hello again");
    assert.equal((await bot.rest.issues.getComment(comment)).data.user.type, "Bot");
    assert.equal((await bot.rest.reactions.createForIssueComment({ ...comment, content: "rocket" })).status, 201);
    const again = await bot.rest.reactions.createForIssueComment({ ...comment, content: "rocket" });
    assert.equal(again.status, 200);
    assert.equal((await bot.rest.reactions.listForIssueComment(comment)).data.length, 1);
    await bot.rest.reactions.deleteForIssueComment({ ...comment, reaction_id: again.data.id });
    await bot.rest.reactions.createForIssue({ ...at, issue_number: 1, content: "+1" });
    assert.equal((await bot.paginate(bot.rest.issues.listComments, { ...at, issue_number: 1 })).length, 1);
    await bot.rest.issues.listCommentsForRepo(at);
    await bot.rest.issues.deleteComment(comment);
    await hears("issue_comment.deleted");
  },

  async "files are read, in folders too"() {
    const { data: file } = await bot.rest.repos.getContent({ ...at, path: ".github/stationmaster.yml" });
    assert.equal(file.type, "file");
    assert.ok(Buffer.from(file.content, "base64").length === file.size);
    const { data: root } = await bot.rest.repos.getContent({ ...at, path: "" });
    assert.ok(root.some((e) => e.name === ".github"));
    await refused(404, bot.rest.repos.getContent({ ...at, path: "no/such/file" }));
  },

  async "a pull request is made and merged"() {
    const code = { owner, repo: cred.code_repo };
    const engineer = as("engineer");
    const { data: made } = await engineer.rest.pulls.create({ ...code, title: "P", head: "feat", base: "main", body: `Closes ${owner}/${repo}#1` });
    await engineer.rest.repos.createOrUpdateFileContents({ ...code, path: "x/y.go", message: "m", content: "aGVsbG8=", branch: "feat" });
    const pull = { ...code, pull_number: made.number };
    assert.deepEqual((await bot.rest.pulls.listFiles(pull)).data.map((f) => f.filename), ["x/y.go"]);
    await refused(404, bot.rest.pulls.checkIfMerged(pull));
    assert.ok((await maintainer.rest.pulls.merge(pull)).data.merged);
    assert.ok((await bot.rest.pulls.get(pull)).data.merged);
    await bot.rest.pulls.checkIfMerged(pull);
    assert.equal((await bot.rest.pulls.list({ ...code, state: "closed" })).data.length, 1);
    assert.ok((await hears("pull_request.closed")).payload.pull_request.merged);
  },

  async "people, teams and what they may"() {
    const { data: may } = await bot.rest.repos.getCollaboratorPermissionLevel({ ...at, username: "mara" });
    assert.equal(may.role_name, "maintain");
    assert.equal(may.permission, "write");
    await bot.rest.repos.checkCollaborator({ ...at, username: "ada" });
    const team = { org: owner, team_slug: "engineers" };
    const { data: membership } = await bot.rest.teams.getMembershipForUserInOrg({ ...team, username: "ada" });
    assert.equal(membership.state, "active");
    await refused(404, bot.rest.teams.getMembershipForUserInOrg({ ...team, username: "otto" }));
    assert.ok((await bot.rest.teams.listMembersInOrg(team)).data.some((m) => m.login === "ada"));
    assert.equal((await maintainer.rest.users.getAuthenticated()).data.login, "mara");
    await refused(403, bot.rest.users.getAuthenticated());
  },

  async "what is known already costs nothing"() {
    const first = await bot.request("GET /repos/{owner}/{repo}/labels", at);
    await refused(304, bot.request("GET /repos/{owner}/{repo}/labels", { ...at, headers: { "if-none-match": first.headers.etag } }));
    const { data } = await bot.rest.rateLimit.get();
    assert.equal(data.resources.core.limit - data.resources.core.remaining, data.resources.core.used);
    assert.equal(Number(first.headers["x-ratelimit-limit"]), data.resources.core.limit);
  },

  async "deliveries are listed and sent again with the same id"() {
    const opened = await hears("issues.opened");
    const all = await app.octokit.paginate("GET /app/hook/deliveries", { per_page: 20 });
    const logged = all.find((d) => d.guid === opened.id);
    const { data: whole } = await app.octokit.rest.apps.getWebhookDelivery({ delivery_id: logged.id });
    assert.equal(whole.request.headers["X-GitHub-Event"], "issues");
    const before = heard.length;
    const { status } = await app.octokit.rest.apps.redeliverWebhookDelivery({ delivery_id: logged.id });
    assert.equal(status, 202);
    while (!heard.slice(before).some((e) => e.id === opened.id)) {
      await once(server, "heard", { signal: AbortSignal.timeout(10_000) });
    }
  },

  async "a token that is given up is dead"() {
    const { token } = await app.octokit.auth({ type: "installation", installationId: cred.installation_id, refresh: true });
    const once = counted(new Client({ auth: token }));
    await once.rest.apps.revokeInstallationAccessToken();
    await refused(401, once.rest.apps.listReposAccessibleToInstallation());
  },
};

for (const [name, part] of Object.entries(parts)) {
  await part().catch((e) => {
    console.error(`FAILED: ${name}\n`, e);
    process.exit(1);
  });
}
assert.deepEqual(rejected, [], "webhooks that the client refused");
server.closeAllConnections?.();
server.close();
console.log(`drove ${driven.size} operations in ${Object.keys(parts).length} parts, heard ${new Set(heard.map((e) => e.name)).size} kinds of webhooks`);
