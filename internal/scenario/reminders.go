package scenario

import (
	"fmt"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// reminders reads "owner 7 role 14 agenda 28 mentions 3", in days.
func reminders(s *Setup, w string) error {
	r := &s.Reminders
	if _, err := fmt.Sscanf(w, "owner %d role %d agenda %d mentions %d", &r.Owner, &r.Role, &r.Agenda, &r.Mentions); err != nil {
		return fmt.Errorf("%q: write owner DAYS role DAYS agenda DAYS mentions NUMBER", w)
	}
	return nil
}

func (r Reminders) settings() process.Reminders {
	return process.Reminders{
		Owner: calendar.Span{Days: r.Owner}, Role: calendar.Span{Days: r.Role}, Agenda: calendar.Span{Days: r.Agenda}, Budget: r.Mentions,
	}
}
