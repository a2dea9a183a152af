package graphql_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/emulator/graphql"
)

const schemaText = `
interface Named { name: String! }
type Query { train(no: Int!): Train station(name: String): Station platforms(first: Int, last: Int): [Station!] }
type Train implements Named { name: String! late: Boolean driver: Station must: String! stops: [Station] }
type Station implements Named { name: String! trains(first: Int): [Train!]! }
type Mutation { depart(input: Depart!): Train }
input Depart { no: Int!, hurry: Boolean = true }
`

// object is a value that answers from a map; a func is called.
type object struct {
	name   string
	fields map[string]any
}

func (o object) Type() string { return o.name }

func (o object) Field(name string, args graphql.Args) (any, error) {
	switch v := o.fields[name].(type) {
	case error:
		return nil, v
	case func(graphql.Args) (any, error):
		return v(args)
	default:
		return v, nil
	}
}

var (
	station = object{"Station", map[string]any{"name": "Zug <1>"}}
	train   = object{"Train", map[string]any{"name": "ICE", "late": false, "must": errors.New("kaput"), "stops": []any{station, nil}}}
	root    = object{"Query", map[string]any{
		"train": func(args graphql.Args) (any, error) {
			if n, _ := args.Int("no"); n != 1 {
				return nil, graphql.NotFound("no train %d", n)
			}
			return train, nil
		},
		"station":   station,
		"platforms": []any{station, nil},
	}}
)

// answer runs a query and writes the answer as JSON.
func answer(t *testing.T, query string, variables map[string]any) string {
	t.Helper()
	s, err := graphql.Load(schemaText)
	if err != nil {
		t.Fatal(err)
	}
	plan, faults := s.Prepare(graphql.Request{Query: query, Variables: variables})
	res := graphql.Response{Errors: faults}
	if faults == nil {
		res = plan.Run(root)
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(res); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}

func TestAQueryIsAnsweredInItsOwnOrder(t *testing.T) {
	tests := map[string]struct {
		query string
		vars  map[string]any
		want  string
	}{
		"aliases":           {`{ b: station { n: name } a: station { name } }`, nil, `{"data":{"b":{"n":"Zug <1>"},"a":{"name":"Zug <1>"}}}`},
		"variables":         {`query($n: Int!) { train(no: $n) { name } }`, map[string]any{"n": json.Number("1")}, `{"data":{"train":{"name":"ICE"}}}`},
		"fragments":         {`{ train(no: 1) { ...F ... on Named { __typename ... on Station { trains(first: 1) { name } } } } } fragment F on Train { late }`, nil, `{"data":{"train":{"late":false,"__typename":"Train"}}}`},
		"merged fields":     {`{ train(no: 1) { name } train(no: 1) { late } }`, nil, `{"data":{"train":{"name":"ICE","late":false}}}`},
		"skip and include":  {`query($y: Boolean!) { train(no: 1) { name @skip(if: $y) late @include(if: $y) } }`, map[string]any{"y": true}, `{"data":{"train":{"late":false}}}`},
		"null in a list":    {`{ train(no: 1) { stops { name } } }`, nil, `{"data":{"train":{"stops":[{"name":"Zug <1>"},null]}}}`},
		"a list of values":  {`{ platforms(first: 2) { name } }`, nil, `{"data":{"platforms":null}}`},
		"a refusal":         {`{ train(no: 2) { name } }`, nil, `{"data":{"train":null},"errors":[{"type":"NOT_FOUND","path":["train"],"locations":[{"line":1,"column":3}],"message":"no train 2"}]}`},
		"a fault goes up":   {`{ station { name } train(no: 1) { must } }`, nil, `{"data":{"station":{"name":"Zug <1>"},"train":null},"errors":[{"path":["train","must"],"locations":[{"line":1,"column":35}],"message":"Something went wrong while executing your query."}]}`},
		"a bad variable":    {`query($n: Int!) { train(no: $n) { name } }`, nil, `{"errors":[{"extensions":{"problems":[{"explanation":"must be defined","path":[]}]},"locations":[{"line":1,"column":7}],"message":"Variable $n of type Int! was provided invalid value"}]}`},
		"an extra argument": {`{ train(no: 1, x: 2) { name } }`, nil, `{"errors":[{"path":["query","train","x"],"extensions":{"argumentName":"x","code":"argumentNotAccepted","name":"train","typeName":"Field"},"locations":[{"line":1,"column":3}],"message":"Field 'train' doesn't accept argument 'x'"}]}`},
		"fields of a leaf":  {`{ station { name { x } } }`, nil, `Selections can't be made on scalars (field 'name' returns String but has selections)`},
		"introspection":     {`{ __schema { types { name } } }`, nil, `The emulator offers no introspection.`},
		"no operation":      {`fragment F on Train { late }`, nil, `"errors"`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := answer(t, tc.query, tc.vars); got != tc.want && (strings.HasPrefix(tc.want, "{") || !strings.Contains(got, tc.want)) {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

func TestTheOperationIsChosenByName(t *testing.T) {
	s, err := graphql.Load(schemaText)
	if err != nil {
		t.Fatal(err)
	}
	const two = `query A { station { name } } mutation B { depart(input: {no: 1}) { name } }`
	if _, faults := s.Prepare(graphql.Request{Query: two}); len(faults) != 1 || faults[0].Message != "An operation name is required" {
		t.Errorf("got %v", faults)
	}
	if _, faults := s.Prepare(graphql.Request{Query: two, Operation: "C"}); len(faults) != 1 {
		t.Errorf("got %v", faults)
	}
	for name, mutates := range map[string]bool{"A": false, "B": true} {
		plan, faults := s.Prepare(graphql.Request{Query: two, Operation: name})
		if faults != nil || plan.Mutation() != mutates {
			t.Errorf("%s: %v", name, faults)
		}
	}
}

func TestAQueryCostsWhatItsConnectionsAsk(t *testing.T) {
	s, err := graphql.Load(schemaText)
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]graphql.Cost{
		`{ station { name } }`:                                                                    {Points: 1},
		`{ platforms(first: 100) { name } }`:                                                      {Points: 1, Nodes: 100},
		`{ platforms(last: 100) { trains(first: 50) { name } } }`:                                 {Points: 1, Nodes: 5100},
		`{ platforms(first: 100) { trains(first: 50) { stops { trains(first: 1) { name } } } } }`: {Points: 51, Nodes: 10100},
	} {
		plan, faults := s.Prepare(graphql.Request{Query: query})
		if faults != nil {
			t.Fatal(faults)
		}
		if got := plan.Cost(); got != want {
			t.Errorf("%s costs %+v, want %+v", query, got, want)
		}
	}
}
