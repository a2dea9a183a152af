// Package site is a small GitHub to click through: the pages that the
// emulator's html_url fields point to. It knows nothing of the emulator but
// its REST, GraphQL and admin API, which it calls in process with the token of
// whoever the visitor acts as, so what a page can do is what that person could
// do. Only what GitHub offers on its pages alone (to transfer and to delete an
// issue, the labels of an issue form) asks for the person's rights here.
//
// How it is built, for whoever adds to it:
//
//   - The routes are one table (routes.go). A page is a Go file with a method
//     of visit, a template in pages/, and a line in the table; a button is a
//     method of visit that ends in a redirect back to where it was pressed.
//     What pages share lies in pages/parts.
//   - api.go and graphql.go call the APIs; their refusals become a page in words.
//   - Text of people goes through markdown.go: goldmark, a bluemonday policy,
//     then one walk over the clean tree that adds what is ours (tick boxes,
//     footnotes, links for #12 and @ada, pictures of flowcharts).
//   - There is no JavaScript and no inline style: colours of labels are fills
//     of small SVGs, so the content security policy can forbid all else. Menus
//     are details, and everything can be done from the keyboard.
//   - Tests look at it as people do: flows_test.go clicks through it in a real
//     Chromium with scripts switched off, access_test.go has axe look at every
//     page in light, dark and on a small screen, fuzz_test.go fills every page
//     with hostile text.
package site
