// Package site is a small GitHub to click through: the pages that the
// emulator's html_url fields point to. It knows nothing of the emulator but
// its REST and admin API, which it calls in process with the token of whoever
// the visitor acts as, so what a page can do is what that person could do.
//
// How it is built, for whoever adds to it:
//
//   - The routes are one table (routes.go); a page is a method of visit and a
//     template in pages/, a button is a method of visit that ends in a
//     redirect back to where it was pressed.
//   - api.go calls the API; its refusals become a page in words.
//   - Text of people goes through markdown.go: goldmark, a bluemonday policy,
//     then one walk over the clean tree that adds what is ours (tick boxes,
//     links for #12 and @ada, pictures of flowcharts).
//   - There is no JavaScript and no inline style: colours of labels are fills
//     of small SVGs, so the content security policy can forbid all else.
package site
