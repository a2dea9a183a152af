package main

import "strings"

// labelStyles are the colours and descriptions of our labels by family; %s is
// the rest of the name.
var labelStyles = []struct{ family, color, description string }{
	{"kind/", "5319e7", "What this issue is: %s"},
	{"stage/", "fbca04", "Stands at %s"},
	{"layer/", "1d76db", "Changes %s"},
	{"audit/", "d93f0b", "Security audit: %s"},
	{"governance/", "0e8a16", "Governance: %s"},
	{"upgrade/", "0052cc", "Ships with upgrade %s"},
	{"hardfork/", "006b75", "Part of hardfork %s"},
	{"submitted/", "c2e0c6", "Submitted for the %s"},
	{"needs/", "b60205", "Waits for %s"},
	{"on-hold", "000000", "Held: /why says by whom and what for"},
}

// labelStyle returns colour and description of one of our labels, whatever
// prefix the repository puts before it.
func labelStyle(name string) (color, description string) {
	for _, s := range labelStyles {
		if i := strings.LastIndex(name, s.family); i >= 0 {
			rest := strings.ReplaceAll(name[i+len(s.family):], "-", " ")
			return s.color, strings.ReplaceAll(s.description, "%s", rest)
		}
	}
	return "ededed", ""
}
