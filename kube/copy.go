package kube

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// File is a file that is copied to or from a container.
type File struct {
	Path    string      // slashes; relative to the working directory of the container, or absolute
	Mode    fs.FileMode // permissions; 0 for 0644 where it is copied to the container
	Size    int64
	Content io.Reader // Size bytes
}

// CopyTo writes files into a container of the pod, as a tar stream to the tar of
// its image. Directories are made where they are missing; a file that exists is
// replaced. Contents are streamed.
func (i *Item) CopyTo(ctx context.Context, files []File, o ExecOptions) error {
	what := "copy to " + i.String()
	groups := map[string][]File{} // by the directory that tar works in
	for _, f := range files {
		if f.Path == "" || strings.HasSuffix(f.Path, "/") || strings.Contains(f.Path, "\x00") || path.Clean(f.Path) == "." {
			return Errorf(ValueError, "%s: %q is not the path of a file", what, f.Path)
		}
		dir := "."
		if path.IsAbs(f.Path) {
			dir = "/"
		}
		f.Path = path.Clean(f.Path)
		if strings.HasPrefix(f.Path, "../") {
			return Errorf(ValueError, "%s: %q leads out of the working directory (give an absolute path)", what, f.Path)
		}
		f.Path = strings.TrimPrefix(f.Path, "/")
		groups[dir] = append(groups[dir], f)
	}
	for _, dir := range []string{".", "/"} {
		if len(groups[dir]) == 0 {
			continue
		}
		archive, writer := io.Pipe()
		packed := make(chan error, 1)
		go func() {
			err := pack(writer, groups[dir])
			writer.CloseWithError(err)
			packed <- err
		}()
		result, err := i.Exec(ctx, []string{"tar", "-xpmf", "-", "-C", dir}, archive, 0, o)
		archive.Close()
		// A file that can't be read is the cause of what tar says then.
		if packing := <-packed; packing != nil && !errors.Is(packing, io.ErrClosedPipe) {
			return Errorf(ValueError, "%s: %w", what, packing)
		}
		if err := tarError(what, result, err); err != nil {
			return err
		}
	}
	return nil
}

// pack writes files as a tar archive.
func pack(w io.Writer, files []File) error {
	archive := tar.NewWriter(w)
	for _, f := range files {
		mode := f.Mode.Perm()
		if mode == 0 {
			mode = 0o644
		}
		err := archive.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: f.Path, Mode: int64(mode), Size: f.Size})
		if err == nil {
			_, err = io.CopyN(archive, f.Content, f.Size)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.Path, err)
		}
	}
	return archive.Close()
}

// CopyFrom reads a file, or the files below a directory, out of a container of
// the pod: fn gets each as it comes, with its path below the one that was asked
// for ("." for a file itself) and a content to be read before fn returns. What
// isn't a plain file is left out: links and devices mean nothing elsewhere. The
// image could send anything as its tar: a path that leads elsewhere ("../", an
// absolute one) is an APIError, so a path may be used below a directory.
func (i *Item) CopyFrom(ctx context.Context, name string, o ExecOptions, fn func(File) error) error {
	what := "copy " + name + " from " + i.String()
	clean := path.Clean(name)
	if name == "" || strings.Contains(name, "\x00") || clean == "/" {
		return Errorf(ValueError, "%s: %q is not the path of a file or directory", what, name)
	}
	dir, base := path.Split(clean)
	switch {
	case clean == "." || clean == ".." || strings.HasSuffix(clean, "/.."):
		dir, base = clean, "."
	case dir == "":
		dir = "."
	}
	if strings.HasPrefix(base, "-") {
		base = "./" + base
	}
	p, err := i.start(ctx, []string{"tar", "-cf", "-", "-C", dir, base}, false, o)
	if err != nil {
		return tarError(what, nil, err)
	}
	defer p.Close()
	stdout := &stdoutReader{ctx: ctx, process: p}
	unpacked := unpack(tar.NewReader(stdout), path.Clean(base), fn)
	var refused errUnpack
	if errors.As(unpacked, &refused) {
		return refused.error
	}
	if unpacked == nil {
		_, unpacked = io.Copy(io.Discard, stdout) // what pads the archive
	}
	if err := stdout.failure; err != nil {
		return tarError(what, nil, err)
	}
	code, err := p.Wait(ctx)
	if err := tarError(what, &ExecResult{Code: code, Stderr: stdout.stderr}, err); err != nil {
		return err
	}
	if unpacked != nil {
		return Errorf(APIError, "%s: its tar sends no archive: %w", what, unpacked)
	}
	return nil
}

// errUnpack is an error that isn't the archive's.
type errUnpack struct{ error }

// unpack calls fn for each file of an archive whose paths begin with base.
func unpack(archive *tar.Reader, base string, fn func(File) error) error {
	for {
		h, err := archive.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return err
		}
		name, inside := path.Clean(h.Name), true
		if base != "." && name != base {
			name, inside = strings.CutPrefix(name, base+"/")
		} else if name == base {
			name = "."
		}
		if !inside || path.IsAbs(name) || slices.Contains(strings.Split(h.Name, "/"), "..") {
			return errUnpack{Errorf(APIError, "the tar of the image sends %q, which was not asked for", h.Name)}
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		if err := fn(File{name, h.FileInfo().Mode(), h.Size, archive}); err != nil {
			return errUnpack{err}
		}
	}
}

// stdoutReader reads what a process puts out, and keeps the beginning of what it
// says of errors.
type stdoutReader struct {
	ctx     context.Context
	process *Process
	unread  []byte
	stderr  []byte
	failure error
}

func (r *stdoutReader) Read(p []byte) (int, error) {
	for len(r.unread) == 0 {
		out, err := r.process.Next(r.ctx, -1)
		if err != nil {
			if err != io.EOF {
				r.failure = err
			}
			return 0, err
		}
		if out.Stream == "stderr" {
			r.stderr = append(r.stderr, out.Data[:min(len(out.Data), maxErrorText-len(r.stderr))]...)
			continue
		}
		r.unread = out.Data
	}
	n := copy(p, r.unread)
	r.unread = r.unread[n:]
	return n, nil
}

// tarError says what went wrong with a copy; nil for nothing.
func tarError(what string, result *ExecResult, err error) error {
	// Runtimes don't agree on whether a command that isn't there is an error
	// or has an exit code, as in a shell.
	const notExecutable, notFound = 126, 127
	if result != nil && (result.Code == notExecutable || result.Code == notFound) ||
		err != nil && (strings.Contains(err.Error(), "executable file not found") || strings.Contains(err.Error(), "no such file or directory")) {
		return Errorf(APIError, "%s: the image has no tar, which copies need (run another command there, or add a container that has it)", what)
	}
	if err != nil {
		return err
	}
	if result.Code != 0 {
		return Errorf(APIError, "%s: tar ended with code %d: %s", what, result.Code, bytes.TrimSpace(result.Stderr))
	}
	return nil
}
