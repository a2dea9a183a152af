package emulator_test

import (
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

// log is the delivery log without the first ping.
func (w *trouble) log() []emulator.Delivery {
	w.t.Helper()
	w.arrived()
	return w.Deliveries()
}

func TestALostDeliveryStandsInTheLogAndComesWhenItIsSentAgain(t *testing.T) {
	w := newTrouble(t, emulator.Options{}, "deliveries.lost=1,times=1")
	w.does("POST", issuesPath, anIssue)
	if came := w.arrived(); len(came) != 0 {
		t.Fatalf("%s came", kindsOf(came))
	}
	log := w.log()
	if d := log[0]; len(log) != 1 || !d.Done || d.Status != "failed to connect to host" || d.StatusCode != 0 {
		t.Fatalf("the log has %+v", log)
	}
	app := "Bearer " + jwtOf(t, w.cred.AppID, w.PrivateKey(), time.Now())
	if a := w.ask(app, "GET", "/app/hook/deliveries?status=failure", ""); a.status != 200 || len(a.body) < 3 {
		t.Errorf("the failures are %d %s", a.status, a.body)
	}
	if a := w.ask(app, "POST", "/app/hook/deliveries/"+itoa(log[0].ID)+"/attempts", ""); a.status != 202 {
		t.Fatalf("redelivery: %d %s", a.status, a.body)
	}
	if came := w.arrived(); len(came) != 1 || came[0].id != log[0].GUID || !came[0].signed || !came[0].whole {
		t.Errorf("then came %+v", came)
	}
}

func TestADeliveryCanArriveAndItsAnswerBeLost(t *testing.T) {
	w := newTrouble(t, emulator.Options{}, "deliveries.lost=1,effect=after")
	w.does("POST", issuesPath, anIssue)
	if came := w.arrived(); len(came) != 1 {
		t.Fatalf("%d came", len(came))
	}
	if d := w.log()[0]; d.Status != "timed out" || d.StatusCode != 0 || d.ResponseHeaders != nil {
		t.Errorf("the log has %+v", d)
	}
}

func TestADoubledDeliveryComesTwiceUnderOneID(t *testing.T) {
	w := newTrouble(t, emulator.Options{}, "deliveries.doubled=1")
	w.does("POST", issuesPath, anIssue)
	came := w.arrived()
	if len(came) != 2 || came[0].id != came[1].id || !came[1].signed {
		t.Fatalf("%+v came", came)
	}
	log := w.log()
	if len(log) != 2 || log[0].ID == log[1].ID || log[0].GUID != log[1].GUID || log[1].Status != "OK" || log[1].Redelivery {
		t.Errorf("the log has %+v", log)
	}
}

func TestADelayedDeliveryIsOvertaken(t *testing.T) {
	w := newTrouble(t, emulator.Options{}, "deliveries.delayed=1,by=500ms,event=issues.opened")
	w.does("POST", issuesPath, anIssue)
	w.does("POST", issuesPath+"/1/comments", `{"body":"early"}`)
	if got := kindsOf(w.arrived()); got != "issue_comment.created issues.opened" {
		t.Errorf("there came %s", got)
	}
	log := w.log()
	if late := log[0].At.Sub(log[1].At); log[0].Event != "issues" || late <= 0 || !log[0].ThrottledAt.IsZero() {
		t.Errorf("it left %s after the comment, throttled at %s", late, log[0].ThrottledAt)
	}
}

func TestAThrottledDeliveryIsShownAsSuch(t *testing.T) {
	w := newTrouble(t, emulator.Options{}, "deliveries.throttled=1,by=20ms..30ms")
	w.does("POST", issuesPath, anIssue)
	w.arrived()
	if d := w.log()[0]; d.ThrottledAt.IsZero() || d.At.Sub(d.ThrottledAt) < 20*time.Millisecond || d.Status != "OK" {
		t.Errorf("throttled at %s, sent at %s: %s", d.ThrottledAt, d.At, d.Status)
	}
}

func TestTwoReorderedDeliveriesChangePlaces(t *testing.T) {
	w := newTrouble(t, emulator.Options{}, "deliveries.reordered=1,by=10s")
	w.does("POST", issuesPath, anIssue)
	w.does("POST", issuesPath+"/1/comments", `{"body":"one"}`)
	w.does("POST", issuesPath+"/1/comments", `{"body":"two"}`)
	w.does("PATCH", issuesPath+"/1", `{"state":"closed"}`)
	if got := kindsOf(w.arrived()); got != "issue_comment.created issues.opened issues.closed issue_comment.created" {
		t.Errorf("there came %s", got)
	}
}

func TestAReorderedDeliveryWaitsOnlySoLong(t *testing.T) {
	w := newTrouble(t, emulator.Options{}, "deliveries.reordered=1,by=20ms")
	w.does("POST", issuesPath, anIssue)
	if got := kindsOf(w.arrived()); got != "issues.opened" {
		t.Errorf("there came %s", got)
	}
}

func TestATruncatedDeliveryFailsItsSignature(t *testing.T) {
	w := newTrouble(t, emulator.Options{}, "deliveries.truncated=1,times=1")
	w.does("POST", issuesPath, anIssue)
	w.does("POST", issuesPath+"/1/comments", `{"body":"whole"}`)
	came := w.arrived()
	if len(came) != 2 || came[0].whole || came[0].signed || !came[1].whole || !came[1].signed {
		t.Fatalf("%+v came", came)
	}
	if d := w.log()[0]; d.StatusCode != 401 || d.Status != "Invalid HTTP Response: 401" || d.Payload[len(d.Payload)-1] != '}' {
		t.Errorf("the log has %d %s and %d bytes", d.StatusCode, d.Status, len(d.Payload))
	}
}

func TestAMissignedDeliveryIsWholeAndNotSigned(t *testing.T) {
	w := newTrouble(t, emulator.Options{}, "deliveries.missigned=1,event=issues")
	w.does("POST", issuesPath, anIssue)
	came := w.arrived()
	if len(came) != 1 || !came[0].whole || came[0].signed {
		t.Fatalf("%+v came", came)
	}
	if d := w.log()[0]; d.StatusCode != 401 {
		t.Errorf("the log has %d %s", d.StatusCode, d.Status)
	}
}

func TestRedeliveriesObeyTheFaultsUnlessSpared(t *testing.T) {
	for rule, want := range map[string]int{"deliveries.lost=1": 0, "deliveries.lost=1,redeliveries=no": 1} {
		w := newTrouble(t, emulator.Options{}, rule)
		w.does("POST", issuesPath, anIssue)
		id := w.log()[0].ID
		w.ask("Bearer "+jwtOf(t, w.cred.AppID, w.PrivateKey(), time.Now()), "POST", "/app/hook/deliveries/"+itoa(id)+"/attempts", "")
		if came := w.arrived(); len(came) != want {
			t.Errorf("%s: %d came", rule, len(came))
		}
	}
}

func TestClosingGivesUpWhatIsLate(t *testing.T) {
	w := newTrouble(t, emulator.Options{}, "deliveries.delayed=1,by=1h")
	w.does("POST", issuesPath, anIssue)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if came := w.arrived(); len(came) != 0 {
		t.Errorf("%s came", kindsOf(came))
	}
}
