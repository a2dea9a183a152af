package process_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// fill puts something into every field that can be reached; texts keep their
// arguments empty, since those come back from JSON with plain types.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2026, 11, 2, 9, *n%60, 0, 0, time.UTC)))
		return
	case calendar.Date:
		v.Set(reflect.ValueOf(calendar.Date{Year: 2026, Month: 11, Day: 1 + *n%28}))
		return
	case process.Args:
		return
	case *process.Prior:
		v.Set(reflect.ValueOf(&process.Prior{Move: "stable", Key: "k", By: "ada", Before: []*process.Item{{ID: "before"}}}))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), n)
	case reflect.Map:
		key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, n)
		fill(elem, n)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, elem)
	case reflect.String:
		v.SetString("text" + time.Duration(*n).String())
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	}
}

func full() *process.Item {
	it, n := &process.Item{}, 0
	fill(reflect.ValueOf(it).Elem(), &n)
	return it
}

// The store keeps items as JSON.
func TestAnItemSurvivesJSON(t *testing.T) {
	it := full()
	text, err := json.Marshal(it)
	if err != nil {
		t.Fatal(err)
	}
	var back process.Item
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(*it, back) {
		t.Errorf("comes back as another:\n%s\n%s", text, asJSON(back))
	}
}

func asJSON(v any) []byte {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return out
}

// wreck changes everything that can be reached from a value but what Clone says
// is shared.
func wreck(v reflect.Value) {
	switch v.Interface().(type) {
	case *process.Prior, process.Args, time.Time, calendar.Date:
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			wreck(v.Field(i))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			wreck(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			wreck(v.Index(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			v.SetMapIndex(key, reflect.Value{})
		}
	case reflect.String:
		v.SetString("wrecked")
	case reflect.Bool:
		v.SetBool(false)
	case reflect.Int, reflect.Int64:
		v.SetInt(-1)
	}
}

func TestACloneSharesNothing(t *testing.T) {
	it, same := full(), full()
	wreck(reflect.ValueOf(it.Clone()).Elem())
	if !reflect.DeepEqual(it, same) {
		t.Errorf("changing the clone changed the item:\n%s\n%s", asJSON(it), asJSON(same))
	}
	if !reflect.DeepEqual(it, it.Clone()) {
		t.Error("the clone is another item")
	}
}

func TestHistoryIsBounded(t *testing.T) {
	it := &process.Item{}
	for range 100 {
		it.Note(time.Time{}, "ada", process.Say("note.comment-deleted"))
	}
	if len(it.History) != 40 {
		t.Errorf("%d notes are kept", len(it.History))
	}
}
