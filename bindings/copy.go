package bindings

import (
	"context"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// copyOptions are the options of both directions.
type copyOptions struct {
	Container string
	Timeout   lua.LValue
}

// podCopyTo implements pod:copy_to(file, path, {...}), which copies a file that
// the script may read, and pod:copy_to({[path] = content}, {...}).
func podCopyTo(c call, i *kube.Item) int {
	var files []kube.File
	var given copyOptions
	switch v := c.L.Get(2).(type) {
	case *lua.LTable:
		files, given = c.files(v), options[copyOptions](c, 3)
	case lua.LString:
		name := c.text(3, "the path in the container")
		given = options[copyOptions](c, 4)
		content := blocking(c, func(context.Context) ([]byte, error) { return c.host.ReadFile(string(v)) })
		files = []kube.File{fileOf(name, string(content), 0)}
	default:
		c.invalid(`copy_to: what to copy must be a table ({["path"] = "content"}) or the path of a file, not %s`, host.TypeName(v))
	}
	o := kube.ExecOptions{Container: given.Container, Timeout: c.limit(given.Timeout)}
	c.block(func(ctx context.Context) error { return i.CopyTo(ctx, files, o) })
	return 0
}

// files reads a table of contents by path. A content that needs a mode is a
// table {content=, mode="755"}.
func (c call) files(t *lua.LTable) []kube.File {
	var files []kube.File
	t.ForEach(func(key, value lua.LValue) {
		name, ok := key.(lua.LString)
		if !ok {
			c.invalid("copy_to: the path of a file must be a string, not %s", host.TypeName(key))
		}
		var mode fs.FileMode
		if described, ok := value.(*lua.LTable); ok {
			c.L.Push(described)
			given := options[struct {
				Content string
				Mode    string
			}](c, c.L.GetTop())
			c.L.Pop(1)
			bits, err := strconv.ParseUint(given.Mode, 8, 9)
			if given.Mode != "" && err != nil {
				c.invalid(`copy_to: the mode of %s must be octal ("755"), not %q`, name, given.Mode)
			}
			mode, value = fs.FileMode(bits), lua.LString(given.Content)
		}
		content, ok := value.(lua.LString)
		if !ok {
			c.invalid("copy_to: the content of %s must be a string, not %s", name, host.TypeName(value))
		}
		files = append(files, fileOf(string(name), string(content), mode))
	})
	if len(files) == 0 {
		c.invalid("copy_to: there are no files")
	}
	return files
}

func fileOf(name, content string, mode fs.FileMode) kube.File {
	return kube.File{Path: name, Mode: mode, Size: int64(len(content)), Content: strings.NewReader(content)}
}

// defaultCopyLimit is how many bytes copy_from takes where no other limit is
// given.
const defaultCopyLimit = 64 << 20

// podCopyFrom implements pod:copy_from(path, {...}): a table of contents by path.
func podCopyFrom(c call, i *kube.Item) int {
	name := c.text(2, "the path in the container")
	given := options[struct {
		Container string
		Limit     lua.LValue
		Timeout   lua.LValue
	}](c, 3)
	o := kube.ExecOptions{Container: given.Container, Timeout: c.limit(given.Timeout)}
	limit := defaultCopyLimit
	if given.Limit != nil && given.Limit != lua.LNil {
		limit = c.natural(given.Limit, "option limit")
	}
	contents, total := map[string]string{}, int64(0)
	c.block(func(ctx context.Context) error {
		return i.CopyFrom(ctx, name, o, func(f kube.File) error {
			if total += f.Size; total > int64(limit) {
				return kube.Errorf(kube.APIError, "copy %s from %s: the files are larger than the limit of %d bytes (option limit)", name, i, limit)
			}
			content, err := io.ReadAll(f.Content)
			if f.Path == "." {
				f.Path = path.Base(path.Clean(name))
			}
			contents[f.Path] = string(content)
			return err
		})
	})
	t := c.L.NewTable()
	for name, content := range contents {
		t.RawSetString(name, lua.LString(content))
	}
	return c.push(t)
}
