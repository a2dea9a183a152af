package gate

import "github.com/stationmaster-bot/stationmaster/internal/process"

// Table returns all gates by name: the rule each enforces, and who may let it
// pass with a reason. An audit's gates are security's alone.
func Table() map[string]process.Gate {
	maintainer := []process.Role{process.Maintainer}
	security := []process.Role{process.Security}
	out := map[string]process.Gate{}
	for _, g := range []process.Gate{
		{Name: "code-complete", Rule: "A3", Waives: maintainer, Check: codeComplete},
		{Name: "alphanet-passed", Rule: "P5", Waives: maintainer, Check: alphanetPassed},
		{Name: "layers-known", Rule: "F5", Waives: maintainer, Check: layersKnown},
		{Name: "scope-open", Rule: "B11", Waives: maintainer, Check: scopeOpen},
		{Name: "someone-aboard", Rule: "B2", Check: someoneAboard},
		{Name: "one-betanet-a-month", Rule: "B1", Waives: maintainer, Check: oneBetanetAMonth},
		{Name: "audit-answered", Rule: "F6", Waives: security, Check: auditAnswered},
		{Name: "audits-complete", Rule: "T5", Waives: security, Check: auditsComplete},
		{Name: "checklist", Rule: "A8", Waives: maintainer, Check: checklist},
		{Name: "evidence", Rule: "A8", Waives: maintainer, Check: evidence},
		{Name: "checklists", Rule: "T6", Waives: maintainer, Check: checklists},
		{Name: "all-aboard-here", Rule: "T6", Waives: maintainer, Check: allAboardHere},
		{Name: "no-redeployment-due", Rule: "B4", Waives: maintainer, Check: noRedeploymentDue},
		{Name: "cut-in-window", Rule: "T1", Waives: maintainer, Check: cutInWindow},
		{Name: "testnet-dated", Rule: "T7", Waives: maintainer, Check: dated("testnet", "gate.testnet-dated.no")},
		{Name: "mainnet-dated", Rule: "M2", Waives: maintainer, Check: dated("mainnet", "gate.mainnet-dated.no")},
		{Name: "testnet-ready", Rule: "T8", Waives: maintainer, Check: signedOff("testnet")},
		{Name: "mainnet-ready", Rule: "M1", Waives: maintainer, Check: signedOff("mainnet")},
		{Name: "proposal-number", Rule: "B3", Check: proposalNumber},
	} {
		out[g.Name] = g
	}
	return out
}

// yes and no are the two plain verdicts.
func yes(key string, pairs ...any) process.Why {
	return process.Why{Verdict: process.Yes, Evidence: process.Say(key, pairs...)}
}

func no(opens []process.Role, next process.Code, key string, pairs ...any) process.Why {
	why := process.Why{Verdict: process.No, Opens: opens, Evidence: process.Say(key, pairs...)}
	if next != "" {
		why.Next = []process.Code{next}
	}
	return why
}

var (
	owner      = []process.Role{process.Owner}
	maintainer = []process.Role{process.Maintainer}
)
