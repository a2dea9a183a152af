package emulator

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// keepPassages bounds the journal; the oldest are forgotten.
const keepPassages = 5000

// A Passage is one exchange with a client: a request of the API, or a webhook. Its
// times are the machine's, whatever the world's clock says.
type Passage struct {
	// From is when a request had come, or when a webhook was about to be sent; To
	// when the answer was written, or had come.
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Method, Path and Agent are of a request.
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"`
	Agent  string `json:"agent,omitempty"`
	// Event is of a webhook.
	Event string `json:"event,omitempty"`
}

// A Journal is what passed lately, in the order in which it ended.
type Journal struct {
	// Next is the number of the passage that comes next.
	Next int `json:"next"`
	// UnderWay is how many have begun and not ended.
	UnderWay int       `json:"under_way"`
	Passages []Passage `json:"passages"`
}

// journal keeps the passages.
type journal struct {
	mu sync.Mutex
	Journal
}

// begin notes that something begins; what it returns notes the end.
func (j *journal) begin(p Passage) (end func()) {
	p.From = time.Now()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.UnderWay++
	return func() {
		j.mu.Lock()
		defer j.mu.Unlock()
		p.To = time.Now()
		j.UnderWay--
		j.Next++
		if j.Passages = append(j.Passages, p); len(j.Passages) > keepPassages {
			j.Passages = j.Passages[1:]
		}
	}
}

// request notes a request.
func (j *journal) request(r *http.Request) (end func()) {
	return j.begin(Passage{Method: r.Method, Path: r.URL.Path, Agent: r.UserAgent()})
}

// Journal returns what passed from the number on, as far as it is remembered.
func (g *GitHub) Journal(from int) Journal {
	g.journal.mu.Lock()
	defer g.journal.mu.Unlock()
	out := g.journal.Journal
	first := out.Next - len(out.Passages)
	out.Passages = append([]Passage{}, out.Passages[min(max(from-first, 0), len(out.Passages)):]...)
	return out
}

// adminJournal is GET journal?from=120.
func (g *GitHub) adminJournal(r *http.Request) *reply {
	from := 0
	if text := r.URL.Query().Get("from"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return fail(http.StatusUnprocessableEntity, `"from" is the "next" of an earlier answer.`)
		}
		from = n
	}
	return ok(g.Journal(from))
}
