package command

import "github.com/stationmaster-bot/stationmaster/internal/process"

// Table returns every command, in the order in which help lists them: the moves
// along the line first, then what is always there. A new command is one file
// and one line here.
func Table() []process.Command {
	return []process.Command{
		submit(),
		withdraw(),
		board(),
		depart(),
		deployed(),
		stable(),
		unstable(),
		redeploy(),
		audit(),
		remove(),
		released(),
		signoff(),
		schedule(),
		activated(),
		governance(),
		drop(),
		feature(),
		train(),
		owner(),
		layers(),
		link(),
		upgrade(),
		hardfork(),
		hold(),
		unhold(),
		waive(),
		plan(),
		agenda(),
		decide(),
		adjourn(),
		undo(),
		correct(),
		why(),
		status(),
		queue(),
		help(),
	}
}

// Tables puts the commands together with the gates for a process file, and with
// the sections of its meetings' agendas.
func Tables(gates map[string]process.Gate, sections []process.Section) process.Tables {
	return process.Tables{
		Gates:      gates,
		Sections:   sections,
		Commands:   Table(),
		Effects:    process.Effects(),
		Predicates: process.Predicates(),
		Suggest: func(verb string, names []string) string {
			name, _ := Suggest(verb, names)
			return name
		},
	}
}

var (
	maintainer   = []process.Role{process.Maintainer}
	ownerOrMaint = []process.Role{process.Owner, process.Maintainer}
	meetings     = []process.Kind{process.Meeting}
	features     = []process.Kind{process.Feature}
	upgrades     = []process.Kind{process.Upgrade}
	trains       = []process.Kind{process.Alphanet, process.Upgrade}
	tracked      = []process.Kind{process.Feature, process.Alphanet, process.Upgrade}
)

// underWay is the Now of commands that are for items whose journey is not over.
func underWay(t *process.Turn, it *process.Item) bool { return !t.P.Ended(it) }

// reasonOf reads a reason, or refuses with the command's form (D4).
func reasonOf(t *process.Turn, name, rest string) (string, *process.Outcome) {
	reason, err := Reason(rest)
	if err != nil {
		o := t.Form(name, process.Say("form.reason", "what", err.Error()))
		return "", &o
	}
	return reason, nil
}

// bad refuses arguments with what was wrong with them (D4).
func bad(t *process.Turn, name string, err error) process.Outcome {
	return t.Form(name, process.Say("form.error", "what", err.Error()))
}
