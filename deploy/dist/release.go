package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubelua/kubelua/deploy/archive"
)

// release is what the archives of one version are made of.
type release struct {
	version  string
	at       time.Time
	texts    []archive.File // that all archives have
	programs []program
}

// program is kubelua for one platform.
type program struct {
	os, architecture string
	data             []byte
}

// packed is the archive for one platform.
type packed struct {
	program
	archive.File
	bin string // the name of the program in it
}

// sum is the checksum of the archive.
func (p packed) sum() string {
	sum := sha256.Sum256(p.Data)
	return hex.EncodeToString(sum[:])
}

// pack makes the archive for one platform.
func (r release) pack(p program) (packed, error) {
	bin, format, join := "kubelua", "tar.gz", tarball
	if p.os == "windows" {
		bin, format, join = "kubelua.exe", "zip", archive.Zip
	}
	files := append([]archive.File{{Name: bin, Mode: 0o755, Data: p.data}}, r.texts...)
	slices.SortFunc(files, func(a, b archive.File) int { return cmp.Compare(a.Name, b.Name) })
	data, err := join(r.at, files...)
	name := fmt.Sprintf("kubelua_%s_%s_%s.%s", r.version, p.os, p.architecture, format)
	return packed{p, archive.File{Name: name, Mode: 0o644, Data: data}, bin}, err
}

func tarball(at time.Time, files ...archive.File) ([]byte, error) {
	data, err := archive.Tar(at, files...)
	if err != nil {
		return nil, err
	}
	return archive.Gzip(data)
}

// files are all files of the release.
func (r release) files() ([]archive.File, error) {
	var all []packed
	var files []archive.File
	var sums strings.Builder // as sha256sum -c reads them
	for _, p := range r.programs {
		of, err := r.pack(p)
		if err != nil {
			return nil, err
		}
		all = append(all, of)
		files = append(files, of.File)
		fmt.Fprintf(&sums, "%s  %s\n", of.sum(), of.Name)
	}
	manifest, err := r.manifest(all)
	return append(files,
		archive.File{Name: "SHA256SUMS", Mode: 0o644, Data: []byte(sums.String())},
		archive.File{Name: pluginName + ".yaml", Mode: 0o644, Data: manifest},
	), err
}
