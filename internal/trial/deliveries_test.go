package trial

import (
	"testing"
	"time"
)

// (c) A fifth of the webhooks never arrives, a fifth comes twice, and all come in
// another order, within a minute. GitHub sends none again by itself.
func (tr *trial) losesDeliveries(t *testing.T, window time.Duration) {
	t.Helper()
	tr.desks, tr.patience = 200, 15*time.Minute
	lost := "deliveries.lost=0.2"
	if *part < 0.5 { // what is lost again takes long to be found
		lost += ",redeliveries=no"
	}
	err := tr.goesWrong(t.Context(), lost, "deliveries.doubled=0.2", "deliveries.delayed=1,by=0s.."+window.String())
	if err != nil {
		t.Fatal(err)
	}
}

// sweeping is how often the bot looks for itself what it has missed.
const sweeping = "STATIONMASTER_SWEEP=500ms"

func TestLostDoubledAndLateWebhooksAreFoundInTheLogOfDeliveries(t *testing.T) {
	begins(t)
	tr := startTrial(t, inFile(t), theScript(), 1, false, sweeping)
	tr.losesDeliveries(t, spell(time.Minute, time.Second))
	tr.isAsInCalmWeather(tr.plays())
	tr.sawTrouble(t, "deliveries.lost", "deliveries.doubled", "deliveries.delayed")
}

func TestLostWebhooksThatNoLogKnowsAreFoundOnTheIssues(t *testing.T) {
	begins(t)
	tr := startTrial(t, inFile(t), theScript(), 1, true, sweeping)
	tr.gateway.hides()
	tr.losesDeliveries(t, spell(time.Minute, time.Second))
	tr.isAsInCalmWeather(tr.plays())
	tr.sawTrouble(t, "deliveries.lost", "deliveries.doubled", "deliveries.delayed")
}
