package gate

import (
	"fmt"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// codeComplete (A3): at least one pull request is linked and all are merged.
func codeComplete(_ *process.Turn, it *process.Item) process.Why {
	if it.F == nil {
		return yes("gate.code-complete.yes", "merged", 0)
	}
	if len(it.F.Pulls) == 0 {
		return no(owner, "/link https://github.com/owner/repo/pull/7", "gate.code-complete.none")
	}
	var open []string
	for _, p := range it.F.Pulls {
		if !p.Merged {
			open = append(open, fmt.Sprintf("%s#%d", p.Repo, p.Number))
		}
	}
	if len(open) > 0 {
		return no(owner, "", "gate.code-complete.open", "open", open, "all", len(it.F.Pulls))
	}
	return yes("gate.code-complete.yes", "merged", len(it.F.Pulls))
}

// alphanetPassed (P5): the feature has proved itself on an Alphanet, with the
// code that it has now.
func alphanetPassed(_ *process.Turn, it *process.Item) process.Why {
	switch {
	case it.F == nil || it.F.Passed == nil:
		return no(owner, "/submit alphanet", "gate.alphanet-passed.no")
	case it.F.Passed.Code != it.F.CodeDigest():
		return no(owner, "/submit alphanet", "gate.alphanet-passed.stale", "by", it.F.Passed.By, "at", it.F.Passed.At)
	}
	return yes("gate.alphanet-passed.yes", "by", it.F.Passed.By, "at", it.F.Passed.At, "evidence", it.F.Passed.Evidence)
}

// layersKnown (F5): of the feature, or of every feature aboard; a missing
// answer is a closed gate, not a no.
func layersKnown(t *process.Turn, it *process.Item) process.Why {
	features := t.Line().Aboard(it.ID)
	if it.F != nil {
		features = []*process.Item{it}
	}
	var missing []process.Ref
	for _, f := range features {
		if len(f.F.Layers) == 0 {
			missing = append(missing, f.Ref())
		}
	}
	if len(missing) > 0 {
		return no(owner, "/layers l1 l2", "gate.layers-known.no", "missing", missing)
	}
	return yes("gate.layers-known.yes")
}

// checklist (A8): every box of the stage's checklist is ticked.
func checklist(_ *process.Turn, it *process.Item) process.Why {
	list := it.Current()
	if list == nil {
		return yes("gate.checklist.none")
	}
	if list.Open() > 0 {
		return no([]process.Role{process.Owner}, "", "gate.checklist.open", "open", list.Open(), "all", len(list.Items), "items", openTexts(list))
	}
	return yes("gate.checklist.yes", "all", len(list.Items))
}

func openTexts(list *process.Checklist) []string {
	var out []string
	for _, c := range list.Items {
		if c.By == "" {
			out = append(out, c.Text)
		}
	}
	return out
}

// evidence (A8): a link to the run on the deployed network, with the move or on
// a ticked line.
func evidence(t *process.Turn, it *process.Item) process.Why {
	if t.Facts.Link != "" {
		return yes("gate.evidence.yes", "link", t.Facts.Link)
	}
	if list := it.Current(); list != nil {
		for _, c := range list.Items {
			if c.Evidence != "" {
				return yes("gate.evidence.yes", "link", c.Evidence)
			}
		}
	}
	return no(owner, "/stable https://link-to-the-acceptance-run", "gate.evidence.no")
}
