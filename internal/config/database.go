package config

import (
	"net/url"
	"strings"
)

// DatabaseFromEnv reads and checks the database's setting alone, as
// ServerFromEnv does: the path of a SQLite file, or else the address of a
// PostgreSQL database.
func DatabaseFromEnv(lookup func(string) (string, bool)) (file string, postgres Secret, err error) {
	r := &settingsReader{lookup: lookup}
	file, postgres = r.database()
	if err := r.faults.report(); err != nil {
		return "", Secret{}, err
	}
	return file, postgres, nil
}

// database never repeats an address: it may hold a password.
func (r *settingsReader) database() (file string, postgres Secret) {
	const form = "write sqlite: and the path of a file, as in sqlite:stationmaster.db"
	v := r.value(envDatabaseURL)
	scheme, rest, _ := strings.Cut(v, ":")
	path := strings.TrimPrefix(rest, "//")
	switch {
	case scheme == "postgres" || scheme == "postgresql":
		if u, err := url.Parse(v); err != nil || !strings.HasPrefix(rest, "//") || u.Fragment != "" {
			r.fault(envDatabaseURL, "is no address that can be read: write postgres://user@host:5432/database, "+
				"a password behind the user and a colon, with %%2F for a / in it and the like")
		}
		return "", NewSecret(v)
	case scheme != "sqlite":
		r.fault(envDatabaseURL, "names neither a SQLite file nor a PostgreSQL database: %s, or postgres://user@host:5432/database", form)
	case path == "" || strings.ContainsAny(path, "?#") || strings.Contains(path, ":memory:"):
		r.fault(envDatabaseURL, "is %s: %s; what is kept in memory alone would be lost", quote(v), form)
	}
	return path, Secret{}
}

// HasPassword reports whether an address holds a password, which a command line
// would show to all users of the machine.
func HasPassword(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return strings.Contains(address, "@")
	}
	_, set := u.User.Password()
	return set || u.Query().Has("password")
}
