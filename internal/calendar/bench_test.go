package calendar

import "testing"

func BenchmarkTimetableOfAYear(b *testing.B) {
	s := berlin(b)
	s.Workdays.Countries = []string{"DE", "US", "GB"}
	s.Freezes = append(s.Freezes, Freeze{Rule: recurrence(b, "FREQ=WEEKLY;BYDAY=FR", "UTC", "2020-01-01"), Reason: "Friday"})
	for b.Loop() {
		s.Timetable(date(b, "2026-12-01"), date(b, "2027-11-30"))
	}
}

func BenchmarkWorkBack(b *testing.B) {
	s := berlin(b)
	s.Freezes = append(s.Freezes, Freeze{Rule: recurrence(b, "FREQ=WEEKLY;BYDAY=FR", "UTC", "2020-01-01"), Reason: "Friday"})
	for b.Loop() {
		if _, err := s.WorkBack(Target{Network: "mainnet", On: date(b, "2027-06-15")}, date(b, "2026-12-01")); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEarliest(b *testing.B) {
	s := berlin(b)
	s.Freezes = append(s.Freezes, Freeze{Rule: recurrence(b, "FREQ=WEEKLY;BYDAY=FR", "UTC", "2020-01-01"), Reason: "Friday"})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Earliest(Progress{Next: AlphanetCutoff}, date(b, "2026-12-01")); err != nil {
			b.Fatal(err)
		}
	}
}
