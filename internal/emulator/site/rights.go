package site

// repository is what pages need to know of the one that they are about.
type repository struct {
	Name          string `json:"name"`
	DefaultBranch string `json:"default_branch"`
	Permissions   struct {
		Maintain bool `json:"maintain"`
		Push     bool `json:"push"`
		Triage   bool `json:"triage"`
	} `json:"permissions"`
}

// repository reads the page's repository as the acting person sees it: what
// they may do decides which buttons a page has. The API decides once more when
// one is pressed.
func (v *visit) repository() (*repository, error) {
	if v.inRepo == nil {
		at := new(repository)
		if err := v.get(v.repoPath(), at); err != nil {
			return nil, err
		}
		v.inRepo = at
	}
	return v.inRepo, nil
}

// mayEdit reports whether the acting person may change what somebody wrote.
func (v *visit) mayEdit(author user) bool {
	return author.Login == v.who.login || v.inRepo != nil && v.inRepo.Permissions.Push
}
