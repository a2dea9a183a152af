package render

import (
	"reflect"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// topics are those of one agenda on their way to its page. Of a hundred a command
// changes one or two; the others are said as they were the last time.
type topics struct {
	r         *Renderer
	repo      string
	last, now map[topicKey]saidTopic
}

// topicKey names a topic, one to know by what it says about which item, with as
// many of its facts as there is room for.
type topicKey struct {
	key, says string
	about     process.ID
	facts     int
}

type saidTopic struct {
	view TopicView
	said Markdown
}

// topics begins a repository's agenda; keep ends it.
func (r *Renderer) topics(repo string) *topics {
	t := &topics{r: r, repo: repo, now: map[topicKey]saidTopic{}}
	if last, ok := r.agendas.Load(repo); ok {
		t.last = last.(map[topicKey]saidTopic)
	}
	return t
}

// say renders a topic, if it is not as it was.
func (t *topics) say(tp process.Topic) (Markdown, error) {
	key, view := topicKey{tp.Key, tp.Question.Key, tp.About.ID, len(tp.Facts)}, topic(tp)
	said, ok := t.last[key]
	if !ok || !reflect.DeepEqual(said.view, view) {
		page, err := t.r.execute("page.topic", view)
		if err != nil {
			return "", err
		}
		said = saidTopic{view, page}
	}
	t.now[key] = said
	return said.said, nil
}

// keep has the next agenda begin with this one.
func (t *topics) keep() { t.r.agendas.Store(t.repo, t.now) }
