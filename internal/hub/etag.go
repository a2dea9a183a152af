package hub

import (
	"bytes"
	"container/list"
	"crypto/sha256"
	"io"
	"net/http"
	"sync"
)

// pages remembers what GitHub has sent, so that it can answer "not modified",
// which it does not charge. Each page is asked for every time: a decision never
// rests on an old one. GitHub ties the tag to the token, so a page belongs to
// the token that it was fetched with, and goes when it is not asked for any more.
type pages struct {
	mu    sync.Mutex
	size  int        // bytes of all bodies
	order *list.List // of *page, the one used last in front
	byKey map[[sha256.Size]byte]*list.Element
}

type page struct {
	key    [sha256.Size]byte
	tag    string
	header http.Header
	body   []byte
}

const (
	mostOfAPage  = 128 << 10
	mostOfPages  = 8 << 20
	overheadEach = 2 << 10 // of a page's headers, reckoned
)

func newPages() *pages {
	return &pages{order: list.New(), byKey: map[[sha256.Size]byte]*list.Element{}}
}

func pageKey(r *http.Request) [sha256.Size]byte {
	return sha256.Sum256([]byte(r.Header.Get("Authorization") + "\n" + r.Header.Get("Accept") + "\n" + r.URL.String()))
}

// ask adds the tag of the page that is known, if there is one, and returns it.
func (p *pages) ask(r *http.Request) *page {
	if r.Method != http.MethodGet || r.Header.Get("If-None-Match") != "" {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.byKey[pageKey(r)]
	if e == nil {
		return nil
	}
	p.order.MoveToFront(e)
	known := e.Value.(*page)
	r.Header.Set("If-None-Match", known.tag)
	return known
}

// keep remembers a fresh page, and replaces "not modified" by the known one.
func (p *pages) keep(r *http.Request, resp *http.Response, known *page) (*http.Response, error) {
	if resp.StatusCode == http.StatusNotModified && known != nil {
		_ = resp.Body.Close()
		header := known.header.Clone()
		for name, values := range resp.Header {
			header[name] = values
		}
		resp.StatusCode, resp.Status = http.StatusOK, "200 OK"
		resp.Header, resp.ContentLength = header, int64(len(known.body))
		resp.Body = io.NopCloser(bytes.NewReader(known.body))
		return resp, nil
	}
	tag := resp.Header.Get("ETag")
	if r.Method != http.MethodGet || resp.StatusCode != http.StatusOK || tag == "" || resp.ContentLength > mostOfAPage {
		return resp, nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, mostOfAPage+1))
	if err != nil {
		_ = resp.Body.Close()
		return nil, err
	}
	if len(body) > mostOfAPage {
		resp.Body = &readAgain{Reader: io.MultiReader(bytes.NewReader(body), resp.Body), Closer: resp.Body}
		return resp, nil
	}
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	p.put(&page{key: pageKey(r), tag: tag, header: resp.Header.Clone(), body: body})
	return resp, nil
}

func (p *pages) put(pg *page) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e := p.byKey[pg.key]; e != nil {
		p.drop(e)
	}
	p.byKey[pg.key] = p.order.PushFront(pg)
	p.size += len(pg.body) + overheadEach
	for p.size > mostOfPages {
		p.drop(p.order.Back())
	}
}

func (p *pages) drop(e *list.Element) {
	pg := p.order.Remove(e).(*page)
	delete(p.byKey, pg.key)
	p.size -= len(pg.body) + overheadEach
}

// readAgain is a body of which some was read and put back.
type readAgain struct {
	io.Reader
	io.Closer
}
