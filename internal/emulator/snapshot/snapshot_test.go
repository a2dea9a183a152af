package snapshot_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/emulator/snapshot"
)

type kind int

type person struct {
	name   string
	friend *person
}

type group struct {
	*person // embedded, as an organisation has its account
	members map[*person]bool
	names   map[string]*person
	places  map[int]*person
}

type world struct {
	first  *person
	groups []*group
	rank   kind
	when   time.Time
	due    *time.Time
	text   *string
	bytes  []byte

	files   map[string][]byte
	raw     json.RawMessage
	pair    [2]int
	ratio   float64
	big     uint64
	inner   struct{ deep map[string]string }
	history []person
	key     *rsa.PrivateKey
	Shown   bool
	cache   *person `snapshot:"-"`
}

func sample(t *testing.T) *world {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	ada, rui := &person{name: "Ada"}, &person{name: "Rui"}
	ada.friend, rui.friend = rui, ada
	empty, due := "", time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC)
	w := &world{first: ada, rank: 3, when: due.Add(1), due: &due, text: &empty, bytes: []byte{}, raw: json.RawMessage(`{"a":"<b>"}`),
		files: map[string][]byte{"a": []byte("text\n"), "b": {0xff, 0}, "": nil}, pair: [2]int{1, 2}, ratio: 0.1, big: 1<<64 - 1,
		history: []person{{"x", ada}, {"\xff", nil}}, key: key, Shown: true}
	w.groups = []*group{{person: ada, members: map[*person]bool{ada: true, rui: false}, places: map[int]*person{3: rui, 4: nil}},
		{person: rui, names: map[string]*person{}}}
	w.inner.deep = map[string]string{"k": "v", `"`: "quoted"}
	return w
}

func TestWhatIsReadIsWhatWasWritten(t *testing.T) {
	w := sample(t)
	data, err := snapshot.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	var got world
	if err := snapshot.Unmarshal(data, &got); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	if !got.key.Equal(w.key) || got.key.Validate() != nil {
		t.Error("the key is another")
	}
	if got.first.friend.friend != got.first || got.groups[0].person != got.first || !got.groups[0].members[got.first] ||
		len(got.groups[0].members) != 2 || got.groups[0].places[3] != got.groups[1].person {
		t.Error("what was one object is several")
	}
	got.key, got.groups[0].members, w.groups[0].members = w.key, nil, nil // equal by identity only
	if !reflect.DeepEqual(&got, w) {
		t.Errorf("got %+v, want %+v", got, w)
	}
}

func TestTheSameGraphGivesTheSameBytes(t *testing.T) {
	w := sample(t)
	first, _ := snapshot.Marshal(w)
	for range 20 {
		if again, err := snapshot.Marshal(w); err != nil || !bytes.Equal(first, again) {
			t.Fatalf("%v\n%s\n%s", err, first, again)
		}
	}
}

func TestACacheIsNotWritten(t *testing.T) {
	w := sample(t)
	before, _ := snapshot.Marshal(w)
	w.cache = &person{name: "cached"}
	if after, _ := snapshot.Marshal(w); !bytes.Equal(before, after) {
		t.Error("it is")
	}
	w.cache = nil
}

func TestWhatIsNoSnapshotIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":           ``,
		"half":              `{"objects":[{"first":1}`,
		"no object":         `{"objects":[]}`,
		"a missing object":  `{"objects":[{"first":1}]}`,
		"a negative one":    `{"objects":[{"first":-1}]}`,
		"a wrong kind":      `{"objects":[{"first":"Ada"}]}`,
		"a wrong type":      `{"objects":[{"first":1,"groups":[1]},{}]}`,
		"the root again":    `{"objects":[{"first":0}]}`,
		"a field too many":  `{"objects":[{"last":1}]}`,
		"a cache":           `{"objects":[{"cache":null}]}`,
		"a short array":     `{"objects":[{"pair":[1]}]}`,
		"a broken time":     `{"objects":[{"when":"today"}]}`,
		"a broken key":      `{"objects":[{"key":1},{"base64":"AAAA"}]}`,
		"a broken pair":     `{"objects":[{"files":[["a"]]}]}`,
		"a map as a list":   `{"objects":[{"files":{}}]}`,
		"a text for a list": `{"objects":[{"groups":"x"}]}`,
	} {
		var w world
		if err := snapshot.Unmarshal([]byte(text), &w); err == nil {
			t.Errorf("%s is read", name)
		}
	}
	var w world
	if err := snapshot.Unmarshal([]byte(`{"objects":[{"last":1}]}`), &w); !errors.Is(err, snapshot.ErrUnknownField) || !strings.Contains(err.Error(), "last") {
		t.Errorf("an unknown field is told as %v", err)
	}
	if err := snapshot.Unmarshal([]byte(`{"objects":[{}]}`), w); err == nil {
		t.Error("a value without an address is read into")
	}
	if _, err := snapshot.Marshal(w); err == nil {
		t.Error("a value without an address is written")
	}
}

func TestCheckFindsWhatIsNotData(t *testing.T) {
	if err := snapshot.Check(&world{}); err != nil {
		t.Error(err)
	}
	type lively struct {
		people []struct {
			call func()
		}
	}
	if err := snapshot.Check(lively{}); err == nil || !strings.Contains(err.Error(), ".people.call is a func()") {
		t.Errorf("a function is told as %v", err)
	}
	if err := snapshot.Check(struct{ m map[any]bool }{}); err == nil || !strings.Contains(err.Error(), ".m (key)") {
		t.Errorf("a key of any type is told as %v", err)
	}
	if _, err := snapshot.Marshal(&lively{people: []struct{ call func() }{{func() {}}}}); err == nil {
		t.Error("it is written")
	}
}

func FuzzUnmarshal(f *testing.F) {
	f.Add([]byte(`{"objects":[{"first":1,"groups":[2],"files":[["a","b"]]},{"name":"Ada","friend":1},{"person":1,"members":[[1,true]]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var w, again world
		if snapshot.Unmarshal(data, &w) != nil {
			return
		}
		first, err := snapshot.Marshal(&w)
		if err != nil {
			t.Fatal(err)
		}
		if err := snapshot.Unmarshal(first, &again); err != nil {
			t.Fatalf("%v in %s", err, first)
		}
	})
}
