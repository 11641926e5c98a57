package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/kubelua/kubelua/deploy/archive"
)

// example is a release of programs that are none.
func example() release {
	return release{
		version: "v1.2.0",
		at:      time.Date(2026, 3, 1, 12, 0, 0, 0, time.FixedZone("", 3600)),
		texts:   []archive.File{{Name: "completion/_kubelua", Mode: 0o644, Data: []byte("zsh")}, {Name: "LICENSE", Mode: 0o644, Data: []byte("free")}},
		programs: []program{
			{"linux", "amd64", []byte("elf")}, {"darwin", "arm64", []byte("macho")}, {"windows", "amd64", []byte("pe")},
		},
	}
}

// made are the files of a release by their names.
func made(t *testing.T, r release) map[string][]byte {
	t.Helper()
	files, err := r.files()
	require.NoError(t, err)
	byName := map[string][]byte{}
	for _, f := range files {
		byName[f.Name] = f.Data
	}
	require.Len(t, byName, len(files))
	return byName
}

func TestSameReleaseTwice(t *testing.T) {
	t.Parallel()
	again := example()
	again.at = again.at.UTC()
	again.texts[0], again.texts[1] = again.texts[1], again.texts[0]
	assert.Equal(t, made(t, example()), made(t, again))
}

func TestArchives(t *testing.T) {
	t.Parallel()
	files := made(t, example())
	assert.Len(t, files, 5)
	for name, program := range map[string]string{"kubelua_v1.2.0_linux_amd64.tar.gz": "elf", "kubelua_v1.2.0_darwin_arm64.tar.gz": "macho"} {
		z, err := gzip.NewReader(bytes.NewReader(files[name]))
		require.NoError(t, err, name)
		assert.Equal(t, gzip.Header{OS: 255}, z.Header, "neither name nor time")
		var got []string
		for a := tar.NewReader(z); ; {
			h, err := a.Next()
			if err == io.EOF {
				break
			}
			require.NoError(t, err)
			assert.True(t, h.ModTime.Equal(example().at) && h.Uid == 0 && h.Gid == 0 && h.Uname == "" && h.Typeflag == tar.TypeReg, h.Name)
			text, err := io.ReadAll(a)
			require.NoError(t, err)
			got = append(got, fmt.Sprintf("%o %s %s", h.Mode, h.Name, text))
		}
		assert.Equal(t, []string{"644 LICENSE free", "644 completion/_kubelua zsh", "755 kubelua " + program}, got)
	}
	text := files["kubelua_v1.2.0_windows_amd64.zip"]
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	require.NoError(t, err)
	var got []string
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(r)
		require.NoError(t, err)
		assert.True(t, f.Modified.Equal(example().at), f.Name)
		got = append(got, fmt.Sprintf("%s %s %s", f.Mode(), f.Name, text))
	}
	assert.Equal(t, []string{"-rw-r--r-- LICENSE free", "-rw-r--r-- completion/_kubelua zsh", "-rwxr-xr-x kubelua.exe pe"}, got)
}

var sumLine = regexp.MustCompile(`(?m)^([0-9a-f]{64})  (\S+)$`)

func TestSums(t *testing.T) {
	t.Parallel()
	files := made(t, example())
	lines := sumLine.FindAllStringSubmatch(string(files["SHA256SUMS"]), -1)
	assert.Len(t, lines, 3)
	for _, m := range lines {
		sum := sha256.Sum256(files[m[2]])
		assert.Equal(t, hex.EncodeToString(sum[:]), m[1], m[2])
	}
}

// The rules are those of krew's guide for developers.
func TestManifest(t *testing.T) {
	t.Parallel()
	files := made(t, example())
	var p plugin
	require.NoError(t, yaml.UnmarshalStrict(files["lua.yaml"], &p))
	assert.Equal(t, "krew.googlecontainertools.github.com/v1alpha2", p.APIVersion)
	assert.Equal(t, "Plugin", p.Kind)
	assert.Equal(t, "lua", p.Metadata.Name, "as the file is called")
	assert.Regexp(t, `^v\d+\.\d+\.\d+$`, p.Spec.Version)
	assert.Regexp(t, `^[A-Z].{9,49}[^.]$`, p.Spec.ShortDescription)
	assert.NotEmpty(t, p.Spec.Description)
	assert.Len(t, p.Spec.Platforms, 3)
	for _, on := range p.Spec.Platforms {
		uri, err := url.Parse(on.URI)
		require.NoError(t, err)
		assert.Equal(t, "https", uri.Scheme)
		text, ok := files[path.Base(uri.Path)]
		require.True(t, ok, on.URI)
		sum := sha256.Sum256(text)
		assert.Equal(t, hex.EncodeToString(sum[:]), on.SHA256)
		labels := on.Selector.MatchLabels
		assert.Len(t, labels, 2)
		assert.Contains(t, on.URI, labels["os"]+"_"+labels["arch"])
		assert.Equal(t, labels["os"] == "windows", strings.HasSuffix(on.Bin, ".exe"))
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	require.NoError(t, err)
	for _, tt := range []struct {
		output   string
		programs []string
		want     string
	}{
		{"dist", nil, "want --output FOLDER"},
		{"", []string{"linux/amd64=x"}, "want --output FOLDER"},
		{"dist", []string{"linux=x"}, `"linux=x" is not OS/ARCHITECTURE=PROGRAM`},
		{"dist", []string{"linux/amd64"}, `"linux/amd64" is not OS/ARCHITECTURE=PROGRAM`},
		{"dist", []string{"linux/amd64=" + filepath.Join(t.TempDir(), "kubelua")}, "no such file"},
		{"dist", []string{"linux/amd64=dist_test.go"}, "dist_test.go"},
		{"dist", []string{"linux/amd64=" + self}, "has no version: build it in a clone"},
	} {
		assert.ErrorContains(t, run(tt.output, tt.programs), tt.want)
	}
}
