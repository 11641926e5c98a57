// Package archive makes archives that depend on nothing but what is in them: the same
// files make the same archive, byte by byte.
package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"time"
)

// File is a file of an archive.
type File struct {
	Name string // with slashes
	Mode int64  // its permissions
	Data []byte
}

// Tar is a tar archive of files in this order, which are root's and of one time.
func Tar(at time.Time, files ...File) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{
			Name: f.Name, Mode: f.Mode, Size: int64(len(f.Data)), ModTime: at, Typeflag: tar.TypeReg, Format: tar.FormatUSTAR,
		}); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.Data); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}

// Gzip compresses, and tells neither name nor time.
func Gzip(data []byte) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		return nil, err
	}
	err := z.Close()
	return b.Bytes(), err
}

// Zip is a zip archive of files in this order and of one time.
func Zip(at time.Time, files ...File) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		const regular, unix = 0o100000, 3 << 8
		to, err := w.CreateHeader(&zip.FileHeader{
			Name: f.Name, Method: zip.Deflate, Modified: at.UTC(), CreatorVersion: unix, ExternalAttrs: uint32(regular|f.Mode) << 16,
		})
		if err != nil {
			return nil, err
		}
		if _, err := to.Write(f.Data); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}
