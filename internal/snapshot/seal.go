package snapshot

import (
	"bytes"
	"compress/flate"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"sync"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// version is the form in which snapshots are written. Fields may be added to it;
// one that is renamed or means something else makes a new version.
const version = "v1"

// Most is how many characters a written snapshot has at most.
const Most = 8192

// mostInside bounds what a snapshot unfolds to, in bytes.
const mostInside = 1 << 20

// Errors of reading. Each is a reason to believe nothing of what was read.
var (
	ErrNone    = errors.New("there is no snapshot")
	ErrVersion = errors.New("its snapshot has a form that this program does not know")
	ErrKey     = errors.New("its snapshot is signed with a key that is not configured")
	ErrForged  = errors.New("its snapshot's signature is wrong")
	ErrDamaged = errors.New("its snapshot cannot be read")
	ErrPlace   = errors.New("its snapshot belongs to another issue")
)

// form is a snapshot as it is written: in a comment that nobody sees, at the end of
// a page. The letters are those of base64 without hyphens, for two of them would end
// a comment early in some readers.
var form = regexp.MustCompile(`<!-- stationmaster-snapshot:(v[0-9]{1,3}):([a-z0-9][a-z0-9.]{0,31}):([A-Za-z0-9+/]*):([A-Za-z0-9+/]*) -->`)

// Find returns the snapshot that a body carries as it is written, "" for none. The
// last one counts.
func Find(body string) string {
	all := form.FindAllStringIndex(body, -1)
	if len(all) == 0 {
		return ""
	}
	at := all[len(all)-1]
	return body[at[0]:at[1]]
}

// Cut returns the body without any snapshot.
func Cut(body string) string { return form.ReplaceAllString(body, "") }

// Content is a digest of what the snapshot says, apart from when it was written: a
// page is not written again for that.
func (s Snapshot) Content() [sha256.Size]byte {
	s.Seq, s.At, s.Written = 0, time.Time{}, time.Time{}
	body, err := json.Marshal(s)
	if err != nil {
		return [sha256.Size]byte{} // as if nothing were known
	}
	return sha256.Sum256(body)
}

// Seal writes the snapshot and signs it with the first key. What there is no room
// for is left out, the largest and least needed part first, and named in Left.
func (k Keys) Seal(s Snapshot) (string, error) {
	key, ok := k.Signer()
	if !ok {
		return "", errors.New("no key signs snapshots")
	}
	text, err := key.write(s)
	if err == nil && len(text) > Most {
		s.Item = s.Item.Clone()
		if s.Board != nil {
			board := *s.Board
			s.Board = &board
		}
	}
	for _, part := range dispensable {
		if err != nil || len(text) <= Most {
			return text, err
		}
		if part.leave(&s) {
			s.Left = append(s.Left, part.name)
			text, err = key.write(s)
		}
	}
	if err == nil && len(text) > Most {
		err = fmt.Errorf("the snapshot of #%d has %d characters, and there is room for %d", s.Issue, len(text), Most)
	}
	return text, err
}

func (k Key) write(s Snapshot) (string, error) {
	var b bytes.Buffer
	w := folders.Get().(*flate.Writer)
	defer folders.Put(w)
	w.Reset(&b)
	if err := errors.Join(json.NewEncoder(w).Encode(s), w.Close()); err != nil {
		return "", fmt.Errorf("write a snapshot: %w", err)
	}
	letters := base64.RawStdEncoding
	return fmt.Sprintf("<!-- stationmaster-snapshot:%s:%s:%s:%s -->", version, k.ID,
		letters.EncodeToString(b.Bytes()), letters.EncodeToString(k.sign(b.Bytes()))), nil
}

// folders and unfolders are used again: each has a megabyte, or some forty kilobytes,
// of its own.
var (
	folders = sync.Pool{New: func() any {
		w, err := flate.NewWriter(nil, flate.DefaultCompression)
		if err != nil {
			panic(err) // the level exists
		}
		return w
	}}
	unfolders = sync.Pool{New: func() any { return flate.NewReader(bytes.NewReader(nil)) }}
)

// Open reads the snapshot that a body carries, if one of the keys has signed it for
// this place, and tells which.
func (k Keys) Open(body string, at Place) (s Snapshot, by Key, err error) {
	m := form.FindStringSubmatch(Find(body))
	if m == nil {
		return Snapshot{}, Key{}, ErrNone
	}
	if m[1] != version {
		return Snapshot{}, Key{}, fmt.Errorf("%w: %s", ErrVersion, m[1])
	}
	by, ok := k.named(m[2])
	if !ok {
		return Snapshot{}, Key{}, fmt.Errorf("%w: %s", ErrKey, m[2])
	}
	letters := base64.RawStdEncoding.Strict()
	written, err1 := letters.DecodeString(m[3])
	signed, err2 := letters.DecodeString(m[4])
	if err1 != nil || err2 != nil || !hmac.Equal(signed, by.sign(written)) {
		return Snapshot{}, Key{}, ErrForged
	}
	if s, err = read(written); err != nil {
		return Snapshot{}, Key{}, err
	}
	if !s.Same(at) {
		return Snapshot{}, Key{}, fmt.Errorf("%w: %s#%d", ErrPlace, s.Repo, s.Issue)
	}
	return s, by, nil
}

func read(written []byte) (s Snapshot, err error) {
	unfold := unfolders.Get().(io.Reader)
	defer unfolders.Put(unfold)
	if err = unfold.(flate.Resetter).Reset(bytes.NewReader(written), nil); err != nil {
		return Snapshot{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	body, err := io.ReadAll(io.LimitReader(unfold, mostInside+1))
	if err == nil && len(body) > mostInside {
		err = errors.New("it is too large")
	}
	if err == nil {
		err = json.Unmarshal(body, &s)
	}
	if err == nil && s.Item == nil {
		err = errors.New("it is about nothing")
	}
	if err != nil {
		return Snapshot{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return s, nil
}

// A part of a snapshot that can be left out: leave reports whether there was any.
type part struct {
	name  string
	leave func(*Snapshot) bool
}

// dispensable are the parts that are left out when there is no room, in order.
var dispensable = []part{
	{"half the board's list", func(s *Snapshot) bool { return s.halve(2) }},
	{"most of the board's list", func(s *Snapshot) bool { return s.halve(4) }},
	{"what was said once", func(s *Snapshot) bool { return drop(&s.Item.Told) }},
	{"minutes", func(s *Snapshot) bool { return s.Item.M != nil && drop(&s.Item.M.Minutes) }},
	{"steps left to be done", func(s *Snapshot) bool { return s.Item.M != nil && drop(&s.Item.M.Todos) }},
	{"numbers of the agenda", func(s *Snapshot) bool {
		some := s.Item.M != nil && s.Item.M.Numbers != nil
		if some {
			s.Item.M.Numbers = nil
		}
		return some
	}},
	{"topics that people asked for", func(s *Snapshot) bool { return s.Item.M != nil && drop(&s.Item.M.Wishes) }},
	{"earlier checklists", func(s *Snapshot) bool {
		before := len(s.Item.Checklists)
		var left []process.Checklist
		for _, c := range s.Item.Checklists {
			if !c.Over {
				left = append(left, c)
			}
		}
		s.Item.Checklists = left
		return len(left) < before
	}},
	{"who was aboard", func(s *Snapshot) bool { return s.Item.T != nil && drop(&s.Item.T.Past) }},
	{"earlier deployments", func(s *Snapshot) bool {
		if s.Item.T == nil || len(s.Item.T.Deployed) < 2 {
			return false
		}
		s.Item.T.Deployed = s.Item.T.Deployed[len(s.Item.T.Deployed)-1:]
		return true
	}},
	{"pull requests", func(s *Snapshot) bool { return s.Item.F != nil && drop(&s.Item.F.Pulls) }},
	{"checklists", func(s *Snapshot) bool { return drop(&s.Item.Checklists) }},
	{"verdicts", func(s *Snapshot) bool {
		some := s.Item.T != nil && s.Item.T.Judged != nil
		if some {
			s.Item.T.Judged = nil
		}
		return some
	}},
	{"the board's list", func(s *Snapshot) bool { return s.Board != nil && drop(&s.Board.Rolls) }},
	{"holds and waivers", func(s *Snapshot) bool {
		holds, waivers := drop(&s.Item.Holds), drop(&s.Item.Waivers)
		return holds || waivers
	}},
}

func drop[T any](list *[]T) bool {
	some := len(*list) > 0
	*list = nil
	return some
}

// halve keeps that part of the board's list which is named first.
func (s *Snapshot) halve(n int) bool {
	if s.Board == nil || len(s.Board.Rolls) < maxRolls/n {
		return false
	}
	s.Board.Rolls, s.Board.Cut = s.Board.Rolls[:maxRolls/n], true
	return true
}
