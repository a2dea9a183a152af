package process

import "strings"

// learn keeps the node ids of the event's issue and of its repository, which stay
// when either gets another name.
func (d *deciding) learn() {
	in, home := d.e.Issue, d.e.Home
	if in == nil || in.Node == "" || home == "" || d.e.Repo != "" && !strings.EqualFold(d.e.Repo, d.base.Repo) {
		return
	}
	it := d.line.Number(in.Number)
	if it == nil || it.Shown.Node == in.Node && it.Shown.Home == home {
		return
	}
	it = it.Clone()
	it.Shown.Node, it.Shown.Home = in.Node, home
	d.line.mine[it.ID] = it
}
