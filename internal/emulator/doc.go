// Package emulator is a GitHub that runs in one process: an http.Handler that
// answers the REST API under /api/v3, mints App tokens, keeps issues, labels,
// comments, milestones, pull requests and files in memory, and sends signed
// webhooks for everything that changes. The demo, the end-to-end tests and the
// stand-alone program all use it, so where GitHub is strict it is strict, and
// where GitHub is silent (a label dropped without a word) it is silent too.
//
// How it is built, for whoever adds to it:
//
//   - One mutex guards one state value (state.go). A request is handled whole
//     under the mutex, so every handler is plain sequential code.
//   - The routes are one table (routes.go): method, pattern, the kinds of
//     token, the App permission, the role a person needs, and the handler. A
//     new operation is one function and one line there.
//   - A handler changes the state, notes what happened (happening.go) and
//     returns a reply. What happened becomes webhooks when the handler is done,
//     showing the state as it then is, like GitHub's own.
//   - A route that is not in the table answers 501 and is remembered
//     ([GitHub.Unknown]): tests fail on it, nothing is quietly made up.
//   - What REST lacks is GraphQL's (graphql.go): schema.graphql says what may
//     be asked, and each type has a table of functions for its fields.
//   - What has no API at all, because people do it in a browser, are pages
//     (pages.go): logging in to an App, making one of a manifest, installing it.
//
// Three packages below it know nothing of it: fault plans what goes wrong (the
// emulator asks it about every delivery and every request), snapshot saves the
// state whatever its fields are, and genesis reads the file of a world.
//
// There are two clocks. The world's clock stamps resources and cuts due dates;
// it runs at real speed from [Options].Start and can be moved forward, never
// back. The wire's clock (tokens, JWTs, limits, the Date header) is real time.
package emulator
