package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// ledgerCmd reads the history, beside a running server or without one.
type ledgerCmd struct {
	Verify ledgerVerifyCmd `cmd:"" help:"Check that nothing in the ledger was changed since it was written."`
	Export ledgerExportCmd `cmd:"" help:"Print the ledger as JSON, one entry a line."`
}

// ledgerVerifyCmd walks the chains.
type ledgerVerifyCmd struct {
	databaseFlag
	Repos []string `arg:"" optional:"" name:"repo" help:"Repositories; all of them if none is named."`
}

// Run checks each ledger, and names the first bad line of each.
func (v *ledgerVerifyCmd) Run(ctx context.Context, c *console) error {
	var bad []error
	err := v.each(ctx, c, v.Repos, func(s bot.Store, repo string) error {
		if err := s.Verify(ctx, repo); err != nil {
			bad = append(bad, err)
			return nil
		}
		_, err := fmt.Fprintf(c.out, "%s: sound\n", repo)
		return err
	})
	return errors.Join(append(bad, err)...)
}

// ledgerExportCmd prints them.
type ledgerExportCmd struct {
	databaseFlag
	Repos []string `arg:"" optional:"" name:"repo" help:"Repositories; all of them if none is named."`
}

// Run prints entries in order, a repository after another.
func (x *ledgerExportCmd) Run(ctx context.Context, c *console) error {
	out := bufio.NewWriter(c.out)
	err := x.each(ctx, c, x.Repos, func(s bot.Store, repo string) error { return export(ctx, out, s, repo) })
	return errors.Join(err, out.Flush())
}

// exported is how many entries are read at a time.
const exported = 200

// export prints one ledger. An entry's line stands there byte for byte as it was
// recorded: its hash is the SHA-256 of prev, a line feed and the line.
func export(ctx context.Context, out io.Writer, s bot.Store, repo string) error {
	name, err := json.Marshal(repo)
	if err != nil {
		return err
	}
	for after := int64(0); ; {
		page, err := s.Entries(ctx, repo, after, exported)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, e := range page {
			after = e.Seq
			_, err := fmt.Fprintf(out, `{"repo":%s,"seq":%d,"prev":"%s","hash":"%s","line":%s}`+"\n", name, e.Seq, e.Prev, e.Hash, e.Body)
			if err != nil {
				return err
			}
		}
	}
}

// each opens the database and has something done for each of the repositories
// named, or for all.
func (d *databaseFlag) each(ctx context.Context, c *console, named []string, do func(s bot.Store, repo string) error) (err error) {
	s, err := d.open(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	ids, err := s.Installations(ctx)
	if err != nil {
		return err
	}
	var all []string
	for _, id := range ids {
		repos, err := s.Repos(ctx, id)
		if err != nil {
			return err
		}
		all = append(all, repos...)
	}
	slices.Sort(all)
	repos := all
	if len(named) > 0 {
		repos = nil
	}
	for _, name := range named {
		i := slices.IndexFunc(all, func(r string) bool { return strings.EqualFold(r, name) })
		if i < 0 {
			return fmt.Errorf("there is no ledger of %s; there is one of: %s", name, cmp.Or(strings.Join(all, ", "), "no repository yet"))
		}
		repos = append(repos, all[i])
	}
	for _, repo := range repos {
		if err := do(s, repo); err != nil {
			return err
		}
	}
	return nil
}
