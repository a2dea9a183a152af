package gate

import "github.com/stationmaster-bot/stationmaster/internal/process"

// auditAnswered (F6): whether an audit is required has been said for everyone
// aboard, before the Betanet is marked deployed.
func auditAnswered(t *process.Turn, it *process.Item) process.Why {
	var missing []process.Ref
	for _, f := range t.Line().Aboard(it.ID) {
		if f.F.Audit.State == "" {
			missing = append(missing, f.Ref())
		}
	}
	if len(missing) > 0 {
		return no([]process.Role{process.Owner, process.Security}, "/audit required", "gate.audit-answered.no", "missing", missing)
	}
	return yes("gate.audit-answered.yes")
}

// auditsComplete (T5): no audit of anyone aboard is open when testnet is entered.
func auditsComplete(t *process.Turn, it *process.Item) process.Why {
	var open []process.Ref
	for _, f := range t.Line().Aboard(it.ID) {
		if f.F.Audit.Open() || f.F.Audit.State == "" {
			open = append(open, f.Ref())
		}
	}
	if len(open) > 0 {
		return no([]process.Role{process.Security}, "/audit cleared https://link-to-the-report", "gate.audits-complete.no", "open", open)
	}
	return yes("gate.audits-complete.yes")
}
