package emulator

import (
	_ "embed"
	"net/http"
	"sync"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/emulator/graphql"
)

//go:embed schema.graphql
var schemaText string

// schema is what GraphQL clients may ask, read once.
var schema = sync.OnceValues(func() (*graphql.Schema, error) { return graphql.Load(schemaText) })

// serveGraphQL answers POST /api/graphql, and /graphql as clients of
// github.com's own address have it. It comes through the route table, so
// faults, limits and credentials are those of REST; the answer's status is 200
// whatever the query comes to.
func serveGraphQL(c *call) *reply {
	c.out.Set("X-GitHub-Media-Type", "github.v4; format=json")
	c.out.Del("X-GitHub-Api-Version-Selected")
	var ask struct {
		graphql.Request
		Query *string `json:"query"`
	}
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	if ask.Query == nil {
		return failWith(http.StatusBadRequest, "A query attribute must be specified and must be a string.",
			"https://docs.github.com/graphql")
	}
	ask.Request.Query = *ask.Query
	s, err := schema()
	if err != nil {
		return fail(http.StatusInternalServerError, err.Error())
	}
	plan, faults := s.Prepare(ask.Request)
	if faults != nil {
		return ok(graphql.Response{Errors: faults})
	}
	return c.answerGraphQL(plan)
}

func (c *call) answerGraphQL(plan *graphql.Plan) *reply {
	cost := plan.Cost()
	m := c.gh.meterFor(c.who, c.route.flag)
	m.used += cost.Points - 1 // the route's own one comes when it is done
	root := thing[graphql.Cost]{c: c, name: "Query", it: cost, fields: c.gh.graph.query}
	if !plan.Mutation() {
		return ok(plan.Run(root))
	}
	c.gh.count.Writes++
	m.points = append(m.points, spent{c.gh.wire(), writePoints - 1})
	root.name, root.fields = "Mutation", c.gh.graph.mutation
	return ok(plan.Run(root))
}

// fieldFunc resolves one field of a T.
type fieldFunc[T any] func(c *call, it T, args graphql.Args) (any, error)

// fieldsOf resolve the fields of a T by name.
type fieldsOf[T any] map[string]fieldFunc[T]

// thing is a value of the world as GraphQL sees it.
type thing[T any] struct {
	c      *call
	name   string // of its type
	it     T
	fields fieldsOf[T]
}

// Type is the schema's name of it.
func (t thing[T]) Type() string { return t.name }

// Field resolves one of its fields.
func (t thing[T]) Field(name string, args graphql.Args) (any, error) {
	return t.fields[name](t.c, t.it, args)
}

// graphTables are the fields of all types, made once for a world.
type graphTables struct {
	query, mutation, rate fieldsOf[graphql.Cost]
	viewer, actor         fieldsOf[*account]
	repo                  fieldsOf[*repo]
	issue, pinned         fieldsOf[*issue]
	comment               fieldsOf[*comment]
	edit                  fieldsOf[contentEdit]
	connection, pageInfo  fieldsOf[slice]
	edge                  fieldsOf[graphEdge]
}

func newGraphTables() graphTables {
	return graphTables{
		query: queryFields(), mutation: mutationFields(), rate: rateFields(), viewer: viewerFields(), actor: actorFields(),
		repo: repoGraph(), issue: issueGraph(), pinned: pinnedFields(), comment: commentGraph(), edit: editGraph(),
		connection: connectionFields(), pageInfo: pageInfoFields(), edge: edgeFields(),
	}
}

// value makes a field that needs nothing but the thing itself.
func value[T any](f func(T) any) fieldFunc[T] {
	return func(_ *call, it T, _ graphql.Args) (any, error) { return f(it), nil }
}

// shown makes a field that needs to know who looks, or where the world is.
func shown[T any](f func(*call, T) any) fieldFunc[T] {
	return func(c *call, it T, _ graphql.Args) (any, error) { return f(c, it), nil }
}

// rateFields are the fields of RateLimit.
func rateFields() fieldsOf[graphql.Cost] {
	return fieldsOf[graphql.Cost]{
		"cost":      value(func(n graphql.Cost) any { return n.Points }),
		"nodeCount": value(func(n graphql.Cost) any { return n.Nodes }),
		"limit":     shown(func(c *call, _ graphql.Cost) any { return c.graphMeter().limit }),
		"remaining": shown(func(c *call, _ graphql.Cost) any { return max(0, c.graphMeter().remaining()-1) }),
		"used":      shown(func(c *call, _ graphql.Cost) any { return c.graphMeter().used + 1 }),
		"resetAt":   shown(func(c *call, _ graphql.Cost) any { return stamp(time.Unix(c.graphMeter().reset(), 0)) }),
	}
}

// graphMeter is the actor's budget for GraphQL.
func (c *call) graphMeter() *meter { return c.gh.meterFor(c.who, graph) }
