package kube

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"time"
)

// catalogFile is where the catalog of one server is kept between runs. A nil
// catalogFile keeps nothing. What goes wrong with it is never an error: it is
// as if there were none.
type catalogFile struct {
	dir    string
	server string // the address
	name   string
}

// maxCatalog bounds a file that is read. The catalog of a server with 2,000
// kinds takes some 500 kB.
const maxCatalog = 16 << 20

// DefaultCacheDir is the folder for Options.CacheDir that belongs to the user:
// kubelua in $XDG_CACHE_HOME, else in the system's directory for caches; ""
// where that is unknown.
func DefaultCacheDir() string {
	dir := os.Getenv("XDG_CACHE_HOME")
	if !filepath.IsAbs(dir) {
		var err error
		if dir, err = os.UserCacheDir(); err != nil {
			return ""
		}
	}
	return filepath.Join(dir, "kubelua")
}

// newCatalogFile is the file of a server in a folder, which need not exist.
// Another server that takes over the address later has another certificate
// authority, so that is part of the name.
func newCatalogFile(dir, server string, authority []byte) *catalogFile {
	sum := sha256.Sum256(append([]byte(server+"\n"), authority...))
	return &catalogFile{filepath.Join(dir, "discovery"), server, hex.EncodeToString(sum[:16]) + ".json"}
}

// catalogFormat tells files of this form from those that earlier releases wrote
// and later ones will.
const catalogFormat = 2

// keptCatalog is the form of the file.
type keptCatalog struct {
	Format    int
	Server    string
	Asked     time.Time
	Resources []keptResource
}

type keptResource struct {
	Kind, Name, Singular string
	ShortNames           []string `json:",omitempty"`
	Group                string
	Versions             []string
	Namespaced           bool
	Verbs                []string
	Subresources         map[string][]string `json:",omitempty"` // by version
}

// read returns the catalog in the file, nil where there is none to be
// believed: it is old, broken, or another user could have written it.
func (f *catalogFile) read() *catalog {
	if f == nil {
		return nil
	}
	file, err := os.Open(filepath.Join(f.dir, f.name))
	if err != nil {
		return nil
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || !private(info) {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(file, maxCatalog))
	var kept keptCatalog
	if err != nil || json.Unmarshal(text, &kept) != nil || kept.Server != f.server || kept.Format != catalogFormat {
		return nil
	}
	c := &catalog{asked: kept.Asked, remembered: true}
	for _, k := range kept.Resources {
		if k.Kind == "" || k.Name == "" || len(k.Versions) == 0 {
			return nil
		}
		c.resources = append(c.resources, &Resource{
			Kind: k.Kind, Name: k.Name, Singular: k.Singular, ShortNames: k.ShortNames, Group: k.Group,
			Versions: k.Versions, Namespaced: k.Namespaced, Verbs: k.Verbs, subresources: k.Subresources, remembered: true,
		})
	}
	if c.old() || len(c.resources) == 0 {
		return nil
	}
	c.complete()
	return c
}

// write replaces the file as a whole, so that runs that read or write it at
// the same time see one catalog or the other. A catalog that isn't complete
// isn't kept.
func (f *catalogFile) write(c *catalog) {
	if f == nil || len(c.silent) > 0 {
		return
	}
	kept := keptCatalog{Format: catalogFormat, Server: f.server, Asked: c.asked.Round(0)}
	for _, r := range c.resources {
		kept.Resources = append(kept.Resources, keptResource{
			r.Kind, r.Name, r.Singular, r.ShortNames, r.Group, r.Versions, r.Namespaced, r.Verbs, r.subresources,
		})
	}
	text, err := json.Marshal(kept)
	if err != nil || os.MkdirAll(f.dir, 0o700) != nil {
		return
	}
	f.sweep()
	file, err := os.CreateTemp(f.dir, "new-*") // for the user alone
	if err != nil {
		return
	}
	_, err = file.Write(text)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(file.Name(), filepath.Join(f.dir, f.name))
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
}

// sweep deletes the files of all servers that nobody will believe any more.
func (f *catalogFile) sweep() {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > catalogTime {
			_ = os.Remove(filepath.Join(f.dir, e.Name()))
		}
	}
}
