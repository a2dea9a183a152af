// Package contract holds a server to GitHub's own published description of its
// REST API and of its webhooks: the emulator above all. Only tests import it.
//
// The description comes with the npm package @octokit/openapi, fetched by the
// pinned package.json in internal/emulator/testdata/npm; [Load] skips a test
// that runs without it, with a line that says what to run, and fails it in CI.
//
//   - [Description] finds the operation of a request and holds an answer or a
//     webhook against its schema. Schemas are compiled when first asked for
//     (the whole description is 13 MB), and they are closed: GitHub's allow
//     unknown keys almost everywhere, so that an invented field would pass.
//   - [Watch] stands in front of a handler and behind a hook, and checks all
//     that passes through; it counts what it checked.
//   - mends.go lists the faults of the description itself, each with its
//     reason; [Description.Unneeded] tells when one has been mended.
package contract
