package model

import (
	"flag"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

var whole = flag.Bool("whole", false, "explore the large scenes too, which takes minutes")

// What decisions ask for in the scenes.
var (
	say   = act{name: "the comment", kind: comment}
	open  = act{name: "the new issue", kind: comment}
	stone = act{name: "the milestone", kind: milestone}
	talk  = act{name: "the reply", kind: comment, plain: true}
	reply = act{name: "the comment on the new issue", kind: comment, issue: 1, needs: 1}
	green = act{name: "the label green", kind: label, value: 1}
	red   = act{name: "the label red", kind: label, value: 2, event: 1}
	word  = act{name: "the word to the chat", kind: chat}
)

// scenes hold under the protocol as it is.
var scenes = []scene{
	{name: "webhooks are lost, come twice, and meet deaths", replicas: 2, hooks: []uint8{0, 1},
		may: budget{lose: 1, repeat: 1, crash: 1}},
	{name: "a webhook meets a replica that stands still, and a database that goes away", replicas: 2, hooks: []uint8{0},
		may: budget{crash: 1, freeze: 1, cut: 1, repeat: 1}},
	{name: "an event is heard of twice", replicas: 2, hooks: []uint8{0, 1, 0}, stored: true, acts: []act{green, red},
		may: budget{crash: 1, cut: 1}, sweep: true},
	{name: "a twin of a webhook meets a replica that stands still", replicas: 2, hooks: []uint8{0, 0},
		may: budget{freeze: 1}},
	{name: "from the webhook to the comment, among three", replicas: 3, hooks: []uint8{0}, acts: []act{say},
		may: budget{lose: 1, crash: 2, cut: 1, unanswered: 1}},
	{name: "a comment meets everything but a standstill", replicas: 2, hooks: []uint8{0}, stored: true, acts: []act{say},
		may: budget{crash: 2, cut: 2, unanswered: 2, limit: 1, giveUp: 1, revive: 1, move: 1, hurry: 1}},
	{name: "an issue is opened and commented on", replicas: 2, hooks: []uint8{0}, stored: true, acts: []act{open, reply},
		may: budget{crash: 2, cut: 1, unanswered: 2, limit: 1, move: 1, hurry: 1}},
	{name: "a milestone meets everything", replicas: 2, hooks: []uint8{0}, stored: true, acts: []act{stone},
		may: budget{crash: 1, freeze: 1, unanswered: 1, limit: 1, giveUp: 1, revive: 1}},
	{name: "a chat is told", replicas: 2, hooks: []uint8{0}, stored: true, acts: []act{word},
		may: budget{crash: 1, freeze: 1, cut: 1, unanswered: 1, limit: 1, revive: 1}},
	{name: "labels keep their order, whatever GitHub answers", replicas: 2, hooks: []uint8{0, 1}, stored: true, acts: []act{green, red},
		may: budget{unanswered: 2, limit: 2, move: 1}},
	{name: "labels drift and are put right", replicas: 2, hooks: []uint8{0, 1}, stored: true, acts: []act{green, red},
		may: budget{crash: 1, freeze: 1, move: 1}, sweep: true},
	{name: "a label and a reply are written down together", replicas: 2, hooks: []uint8{0, 1}, stored: true, acts: []act{green, talk, red},
		may: budget{crash: 1, cut: 1, unanswered: 1, move: 1}, sweep: true},
	{name: "two issues at once", replicas: 2, hooks: []uint8{0, 1}, stored: true,
		acts: []act{green, {name: "the comment elsewhere", kind: comment, event: 1, issue: 1}},
		may:  budget{crash: 1, cut: 1, unanswered: 1, move: 1}, sweep: true},
	{name: "a backup is brought back twice, from the webhook to the comment and the word", replicas: 1, hooks: []uint8{0},
		acts: []act{say, {name: "the word to the chat", kind: chat, issue: 1}},
		may:  budget{backup: 1, restore: 2, lose: 1, crash: 1, cut: 1}},
	{name: "two webhooks and a twin meet a backup", replicas: 1, hooks: []uint8{0, 1, 0}, stored: true,
		acts: []act{say, {name: "the other comment", kind: comment, event: 1}},
		may:  budget{backup: 1, restore: 1, crash: 1, freeze: 1, cut: 1, unanswered: 1, limit: 1}},
}

func TestNothingIsLostAndNothingDoubled(t *testing.T) {
	all := scenes
	if *whole {
		all = slices.Concat(scenes, large)
	}
	var states, steps atomic.Int64
	t.Cleanup(func() { t.Logf("%d states and %d steps in all", states.Load(), steps.Load()) })
	for _, sc := range all {
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			sp := explore(&sc)
			if sp.broken != "" {
				t.Error(sp.said())
			}
			t.Logf("%d states, %d steps", len(sp.states), len(sp.edges))
			states.Add(int64(len(sp.states)))
			steps.Add(int64(len(sp.edges)))
		})
	}
}

// large are scenes for which there is not always time.
var large = []scene{
	{name: "two webhooks meet everything, among three", replicas: 3, hooks: []uint8{0, 1},
		may: budget{lose: 1, repeat: 1, crash: 1, freeze: 1, move: 1}},
	{name: "a comment meets everything but a standstill, among three", replicas: 3, hooks: []uint8{0}, acts: []act{say},
		may: budget{lose: 1, repeat: 1, crash: 3, cut: 2, unanswered: 2, limit: 1, giveUp: 1, revive: 1, move: 1, hurry: 1}},
	{name: "labels and a comment, among three", replicas: 3, hooks: []uint8{0, 1}, stored: true,
		acts: []act{green, red, {name: "the comment elsewhere", kind: comment, event: 1, issue: 1}},
		may:  budget{crash: 2, cut: 1, unanswered: 2, move: 1, hurry: 1}, sweep: true},
	{name: "a webhook meets everything, between two", replicas: 2, hooks: []uint8{0},
		may: budget{lose: 1, repeat: 1, crash: 2, freeze: 1, cut: 1, move: 1}},
	{name: "a milestone and a chat meet everything", replicas: 2, hooks: []uint8{0}, stored: true,
		acts: []act{stone, {name: "the word to the chat", kind: chat, issue: 1}},
		may:  budget{crash: 1, freeze: 1, cut: 1, unanswered: 1, giveUp: 1, revive: 1}},
	{name: "labels drift, and replicas stand still", replicas: 2, hooks: []uint8{0, 1}, stored: true, acts: []act{green, red},
		may: budget{crash: 1, freeze: 2, cut: 1, unanswered: 1, move: 1, hurry: 1}, sweep: true},
	{name: "two backups are brought back under a webhook and its twin", replicas: 1, hooks: []uint8{0, 0}, acts: []act{say},
		may: budget{backup: 2, restore: 3, lose: 1, crash: 1, cut: 1}},
	{name: "a backup is brought back twice under webhooks that wait", replicas: 1, hooks: []uint8{0, 1, 0}, stored: true,
		acts: []act{green, say, {name: "the label red", kind: label, value: 2, event: 1}},
		may:  budget{backup: 1, restore: 2, crash: 1, unanswered: 1}, sweep: true},
}

// A mutation is the protocol with one rule left out. The model has to see what
// comes of it, else it would see nothing.
var mutations = []struct {
	rule  string
	scene scene
	want  string
}{
	{"a delivery is stored before it is acknowledged",
		scene{hooks: []uint8{0}, may: budget{crash: 1}, broken: broken{ackFirst: true}}, "acknowledged and lost"},
	{"what GitHub could not deliver is asked for again",
		scene{hooks: []uint8{0}, may: budget{lose: 1}, broken: broken{noRecovery: true}}, "no good end"},
	{"every write looks at the epoch",
		scene{hooks: []uint8{0}, stored: true, may: budget{freeze: 1}, broken: broken{noEpoch: true}}, "under an old epoch"},
	{"one at a time has a lease",
		scene{hooks: []uint8{0}, stored: true, acts: []act{say}, broken: broken{noLock: true}}, "made twice"},
	{"who cannot reach the database stops before the server gives its lease away",
		scene{hooks: []uint8{0}, stored: true, acts: []act{say}, may: budget{cut: 1}, broken: broken{noPatience: true}}, "made twice"},
	{"a lease is handed over when nothing is under way",
		scene{hooks: []uint8{0}, stored: true, acts: []act{say}, may: budget{move: 1}, broken: broken{releaseEarly: true}}, "made twice"},
	{"a lease ends with who has it",
		scene{hooks: []uint8{0}, stored: true, may: budget{crash: 1}, broken: broken{lockStays: true}}, "no good end"},
	{"what is decided is remembered by its event",
		scene{hooks: []uint8{0, 0}, stored: true, broken: broken{noKeys: true}}, "decided twice"},
	{"a delivery is settled with its decision",
		scene{hooks: []uint8{0}, stored: true, may: budget{crash: 1}, broken: broken{settleFirst: true}}, "never decided"},
	{"actions are written down with the decision that asks for them",
		scene{hooks: []uint8{0}, stored: true, acts: []act{say}, may: budget{crash: 1}, broken: broken{actsApart: true}}, "decided and is lost"},
	{"a database that is away sets no decision aside",
		scene{hooks: []uint8{0}, stored: true, may: budget{cut: 1}, broken: broken{setAside: true}}, "never decided"},
	{"deliveries are decided in order of arrival",
		scene{hooks: []uint8{0, 1}, stored: true, broken: broken{noOrder: true}}, "before an earlier one"},
	{"what shows if it is done twice is marked before it leaves",
		scene{hooks: []uint8{0}, stored: true, acts: []act{say}, may: budget{crash: 1}, broken: broken{noMark: true}}, "made twice"},
	{"what was marked is looked for",
		scene{hooks: []uint8{0}, stored: true, acts: []act{say}, may: budget{crash: 1}, broken: broken{noFind: true}}, "made twice"},
	{"the look comes after a pause",
		scene{hooks: []uint8{0}, stored: true, acts: []act{say}, may: budget{crash: 1}, broken: broken{noPause: true}}, "made twice"},
	{"the pause is counted from when one knows that it is needed",
		scene{hooks: []uint8{0}, stored: true, acts: []act{say}, may: budget{crash: 2}, broken: broken{pauseFromMark: true}}, "made twice"},
	{"a label whose answer did not come waits as well",
		scene{hooks: []uint8{0, 1}, stored: true, acts: []act{green, red}, may: budget{unanswered: 1}, broken: broken{labelAtOnce: true}}, "does not end with"},
	{"an issue's actions leave one after another",
		scene{hooks: []uint8{0, 1}, stored: true, acts: []act{green, red}, broken: broken{abreast: true}}, "does not end with"},
	{"an action ends with its receipt",
		scene{hooks: []uint8{0}, stored: true, acts: []act{open, reply}, may: budget{crash: 1}, broken: broken{receiptApart: true}}, "no good end"},
	{"a chat that may have heard it is not told again",
		scene{hooks: []uint8{0}, stored: true, acts: []act{word}, may: budget{unanswered: 1}, broken: broken{sayAgain: true}}, "made twice"},
	{"what the backup does not know stays in the inbox",
		scene{hooks: []uint8{0}, may: budget{backup: 1, restore: 1}, broken: broken{inboxBack: true}}, "acknowledged and lost"},
	{"a backup that is brought back ends every lease",
		scene{hooks: []uint8{0}, stored: true, acts: []act{say}, may: budget{backup: 1, restore: 1}, broken: broken{epochsBack: true}}, "no good end"},
	{"what comes again after a restoring is searched for",
		scene{hooks: []uint8{0}, acts: []act{say}, may: budget{backup: 1, restore: 1}, broken: broken{againForgets: true}}, "made twice"},
	{"what waited in the backup comes again",
		scene{hooks: []uint8{0}, stored: true, acts: []act{say}, may: budget{backup: 1, restore: 1}, broken: broken{waitedForgets: true}}, "made twice"},
	{"what was pending in the backup is searched for",
		scene{hooks: []uint8{0}, stored: true, acts: []act{say}, may: budget{backup: 1, restore: 1}, broken: broken{openForgets: true}}, "made twice"},
	{"what is revived may have been done",
		scene{hooks: []uint8{0}, stored: true, acts: []act{say}, may: budget{unanswered: 1, giveUp: 1, revive: 1}, broken: broken{reviveForgets: true}}, "made twice"},
}

func TestEachRuleOfTheProtocolIsNeeded(t *testing.T) {
	for _, m := range mutations {
		t.Run(m.rule, func(t *testing.T) {
			t.Parallel()
			sc := m.scene
			sc.name, sc.replicas = m.rule, 2
			if sc.may.restore > 0 {
				sc.replicas = 1 // a file has no more
			}
			sp := explore(&sc)
			if !strings.Contains(sp.broken, m.want) {
				t.Errorf("without the rule %q, want %q", sp.said(), m.want)
			}
			t.Log(sp.said())
			sc.broken = broken{}
			if sp := explore(&sc); sp.broken != "" {
				t.Errorf("with the rule: %s", sp.said())
			}
		})
	}
}

// gaps are where the protocol cannot do better, as GitHub takes no key by which
// it would refuse a request that has come before.
var gaps = []struct {
	name   string
	scene  scene
	want   string
	steps  []string // that each way there has, in this order
	mended func(*scene)
}{
	{
		"a replica that stands still between the mark and the request doubles a comment when it goes on",
		scene{hooks: []uint8{0}, stored: true, acts: []act{say}, may: budget{freeze: 1, crash: 1, unanswered: 1, move: 1}}, "made twice",
		[]string{"marks the comment", "stands still", "ends the session", "takes the lease", "goes on", "sends the comment"},
		func(sc *scene) { sc.broken.oracle = true },
	},
	{
		"a label on its way when its replica dies may land after its successor's, until the sweep",
		scene{hooks: []uint8{0, 1}, stored: true, acts: []act{green, red}, may: budget{crash: 1}}, "does not end with",
		[]string{"sends the label green", "dies", "takes the lease", "sends the label red", "nobody waits for: GitHub carries out the label green"},
		func(sc *scene) { sc.sweep = true },
	},
}

func TestTheGapsThatAreLeftAreTheKnownOnes(t *testing.T) {
	for _, g := range gaps {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			sc := g.scene
			sc.replicas = 2
			sp := explore(&sc)
			if !strings.Contains(sp.broken, g.want) {
				t.Fatalf("got %q, want %q", sp.said(), g.want)
			}
			t.Log(sp.said())
			left := strings.Join(sp.path, "\n")
			for _, st := range g.steps {
				_, after, found := strings.Cut(left, st)
				if !found {
					t.Fatalf("the way there lacks %q in its place: %s", st, sp.said())
				}
				left = after
			}
			g.mended(&sc)
			if sp := explore(&sc); sp.broken != "" {
				t.Errorf("that is not the only gap: %s", sp.said())
			}
		})
	}
}
