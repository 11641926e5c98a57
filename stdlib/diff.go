package stdlib

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/aymanbagabas/go-udiff"
	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// diffFunctions are the functions of the module diff.
var diffFunctions = functions{
	"text":   diffText,
	"values": diffValues,
}

// diffNoise are paths that differ between objects which people call the same.
var diffNoise = []string{
	"metadata.creationTimestamp", "metadata.generation", "metadata.managedFields", "metadata.resourceVersion", "metadata.uid", "status",
}

// openDiff opens the module diff.
func openDiff(L *lua.LState, h host.Host) lua.LValue {
	module := diffFunctions.open(L, h).(*lua.LTable)
	noise := h.Array(L)
	for _, path := range diffNoise {
		noise.Append(lua.LString(path))
	}
	module.RawSetString("noise", noise)
	return module
}

// diffText implements diff.text(old, new, {old_name =, new_name =, context = n}): the
// difference as diff -u has it, "" where there is none.
func diffText(c call) int {
	before, after := c.text(1, "diff.text: the old text"), c.text(2, "diff.text: the new text")
	given := options[struct {
		Context          lua.LValue
		NewName, OldName string
	}](c, 3)
	around := udiff.DefaultContextLines
	if given.Context != nil {
		around = c.wholeOf(given.Context, "option context", 0)
	}
	text, err := udiff.ToUnified(orText(given.OldName, "old"), orText(given.NewName, "new"), before, udiff.Lines(before, after), around)
	c.raise(err)
	return c.pushText(text)
}

// orText is a text, or another one where it is empty.
func orText(text, missing string) string {
	if text == "" {
		return missing
	}
	return text
}

// secretive is a value to be compared, and as it may be shown.
type secretive struct{ value, shown any }

// member is a member or element of a value: what is hidden as a whole hides it,
// too.
func (s secretive) member(key any) secretive {
	member := within(s.value, key)
	if _, hidden := s.shown.(string); hidden {
		return secretive{member, s.shown}
	}
	shown := within(s.shown, key)
	if shown == (missing{}) { // what people aren't shown is no secret
		shown = member
	}
	return secretive{member, shown}
}

// missing is what isn't there.
type missing struct{}

// within is a member of an object or an element of a list.
func within(v, key any) any {
	switch v := v.(type) {
	case map[string]any:
		if member, ok := v[key.(string)]; ok {
			return member
		}
	case []any:
		if i := key.(int); i < len(v) {
			return v[i]
		}
	}
	return missing{}
}

// difference finds what differs.
type difference struct {
	c      call
	ignore [][]string // the parts of paths
	list   *lua.LTable
}

// diffValues implements diff.values(old, new, {ignore = {...}}): the list of what
// differs, each {path =, old =, new =}.
func diffValues(c call) int {
	given := options[struct{ Ignore *lua.LTable }](c, 3)
	d := difference{c: c, list: c.host.Array(c.L)}
	if given.Ignore != nil {
		given.Ignore.ForEach(func(_, path lua.LValue) {
			d.ignore = append(d.ignore, pathParts().FindAllString(c.textOf(path, "option ignore: a path"), -1))
		})
	}
	d.compare(nil, c.secretive(1, "diff.values: the old value"), c.secretive(2, "diff.values: the new value"))
	return c.push(d.list)
}

// secretive is argument i as data.
func (c call) secretive(i int, name string) secretive {
	text, err := c.host.JSON(c.L, c.L.Get(i), name)
	c.raise(err)
	shown, err := c.host.Shown(c.L, c.L.Get(i), name)
	c.raise(err)
	return secretive{c.data(text), c.data(shown)}
}

// data is what a JSON text of our own holds.
func (c call) data(text []byte) (v any) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	c.raise(decoder.Decode(&v))
	return v
}

// compare notes what differs between two values at a path.
func (d *difference) compare(path []string, before, after secretive) {
	if d.ignored(path) || reflect.DeepEqual(before.value, after.value) {
		return
	}
	a, aok := before.value.(map[string]any)
	b, bok := after.value.(map[string]any)
	if aok && bok {
		keys := maps.Clone(a)
		maps.Copy(keys, b)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			d.compare(append(slices.Clip(path), keyPart(key)), before.member(key), after.member(key))
		}
		return
	}
	x, xok := before.value.([]any)
	y, yok := after.value.([]any)
	if xok && yok {
		for i := range max(len(x), len(y)) {
			d.compare(append(slices.Clip(path), "["+strconv.Itoa(i+1)+"]"), before.member(i), after.member(i))
		}
		return
	}
	row := d.c.L.NewTable()
	row.RawSetString("path", lua.LString(pathText(path)))
	for name, side := range map[string]secretive{"old": before, "new": after} {
		if side.value == (missing{}) {
			continue
		}
		value, err := d.c.decoded(side.shown)
		d.c.raise(err)
		row.RawSetString(name, value)
	}
	d.list.Append(row)
}

// ignored tells whether a path is to be left out. A * stands for any one part.
func (d *difference) ignored(path []string) bool {
	return slices.ContainsFunc(d.ignore, func(ignored []string) bool {
		return slices.EqualFunc(ignored, path, func(pattern, part string) bool {
			return pattern == "*" || pattern == "[*]" || pattern == part
		})
	})
}

// pathParts finds the parts of a path as kube.get reads it.
var pathParts = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\["(?:[^"\\]|\\.)*"\]|\[[^\]]*\]|[^.\[\]]+`)
})

// keyPart is the part of a path that a key is: in brackets where it isn't plain.
func keyPart(key string) string {
	if key == "" || strings.ContainsAny(key, `./[]" *`) {
		return "[" + strconv.Quote(key) + "]"
	}
	return key
}

// pathText is a path as kube.get reads it.
func pathText(path []string) string {
	var b strings.Builder
	for _, part := range path {
		if b.Len() > 0 && part[0] != '[' {
			b.WriteByte('.')
		}
		b.WriteString(part)
	}
	return b.String()
}
