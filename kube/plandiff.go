package kube

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// Lines tell what differs between before and after, a field a line: "+ " before
// what is new, "- " what goes, "~ " what changes; of a created object everything,
// as YAML, of a deleted one nothing. What the server keeps about an object
// (managedFields, versions, uid, times) is left out, also where a created object
// repeats its uid or the name that was made for it; the values of Secrets are
// "***".
func (c PlannedChange) Lines() []string {
	before, after := essential(c.Before), essential(c.After)
	switch {
	case !c.After.Exists():
		return nil
	case !c.Before.Exists():
		if c.secret() {
			after = withoutSecrets(after, func(Value) Value { return hidden })
		}
		return marked("+ ", c.lasting(yamlOf(created(after))))
	case c.secret():
		hide := func(v Value) Value { return textValue(masked + v.String()) }
		before, after = withoutSecrets(before, hide), withoutSecrets(after, hide)
	}
	var d difference
	d.members("", before, after)
	return d.lines
}

// lasting are lines about a created object without what is different whenever
// it is created.
func (c PlannedChange) lasting(lines []string) []string {
	var made []string
	if uid := uidOf(c.After); uid != "" {
		made = append(made, uid, "…")
	}
	if c.Generated {
		made = append(made, c.Name, c.shownName())
	}
	text := strings.NewReplacer(made...)
	for i, line := range lines {
		lines[i] = text.Replace(line)
	}
	return lines
}

// created is what of a created object is not said by its name, and not the
// status that it begins with.
func created(object Value) Value {
	meta := object.Get("metadata")
	for _, key := range []string{"name", "namespace", "generateName"} {
		meta = setField(meta, key, Value{})
	}
	if meta.Len() == 0 {
		meta = Value{}
	}
	for _, key := range []string{"apiVersion", "kind", "status"} {
		object = setField(object, key, Value{})
	}
	return setField(object, "metadata", meta)
}

func yamlOf(object Value) []string {
	if object.Len() == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(object.YAML(), "\n"), "\n")
}

func marked(mark string, lines []string) []string {
	list := make([]string, len(lines))
	for i, line := range lines {
		list[i] = mark + line
	}
	return list
}

// withoutSecrets is a Secret with its values replaced, and those of its
// annotations, which may quote it.
func withoutSecrets(object Value, by func(Value) Value) Value {
	replaced := func(values Value) Value {
		for key, value := range values.Fields() {
			values = setField(values, key, by(value))
		}
		return values
	}
	for _, part := range []string{"data", "stringData"} {
		object = setField(object, part, replaced(object.Get(part)))
	}
	return withMeta(object, "annotations", replaced(object.At("metadata", "annotations")))
}

// masked begins the text in the place of a secret that is compared, not shown.
const masked = "\x00masked:"

// difference collects what differs between two objects.
type difference struct{ lines []string }

func (d *difference) add(mark, path, text string) {
	d.lines = append(d.lines, mark+" "+plainLine(path+": "+text))
}

// compare compares two values at a path.
func (d *difference) compare(path string, before, after Value) {
	switch {
	case equal(before, after):
	case absent(before) && after.Len() > 0 && after.Type() == Object, absent(after) && before.Len() > 0 && before.Type() == Object:
		d.members(path, before, after)
	case absent(before):
		d.add("+", path, flow(after))
	case absent(after):
		d.add("-", path, flow(before))
	case before.Type() == Object && after.Type() == Object:
		d.members(path, before, after)
	case before.Type() == Array && after.Type() == Array:
		d.elements(path, before, after)
	case isMasked(before) && isMasked(after):
		d.add("~", path, "*** (changed)")
	case isText(before) && isText(after):
		d.text(path, before.String(), after.String())
	default:
		d.add("~", path, flow(before)+" -> "+flow(after))
	}
}

// members compares two objects.
func (d *difference) members(path string, before, after Value) {
	were, are := maps.Collect(before.Fields()), maps.Collect(after.Fields())
	names := slices.AppendSeq(slices.Collect(maps.Keys(were)), maps.Keys(are))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		d.compare(fieldPath(path, name), were[name], are[name])
	}
}

// elements compares two lists: those whose elements have names by these, others
// element by element.
func (d *difference) elements(path string, before, after Value) {
	were, named := byName(before)
	are, alsoNamed := byName(after)
	if named && alsoNamed {
		names := append(slices.Clone(were.names), are.names...)
		seen := map[string]bool{}
		for _, name := range names {
			if !seen[name] {
				seen[name] = true
				d.compare(fmt.Sprintf("%s[name=%s]", path, name), were.values[name], are.values[name])
			}
		}
		if shared := common(were.names, are.names); !slices.Equal(shared, common(are.names, were.names)) {
			d.add("~", path, "in another order: "+strings.Join(are.names, ", "))
		}
		return
	}
	a, b := slices.Collect(before.Elements()), slices.Collect(after.Elements())
	for i := range max(len(a), len(b)) {
		var x, y Value
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		d.compare(fmt.Sprintf("%s[%d]", path, i+1), x, y)
	}
}

// common are those names of one list that the other has, too, in its order.
func common(names, others []string) []string {
	var list []string
	for _, name := range names {
		if slices.Contains(others, name) {
			list = append(list, name)
		}
	}
	return list
}

// namedElements are the elements of a list by their names.
type namedElements struct {
	names  []string
	values map[string]Value
}

// byName reads a list whose elements are objects with different names; false
// for another one.
func byName(list Value) (namedElements, bool) {
	e := namedElements{values: map[string]Value{}}
	for object := range list.Elements() {
		name := object.Get("name")
		if name.Type() != String || e.values[name.String()].Exists() {
			return e, false
		}
		e.names = append(e.names, name.String())
		e.values[name.String()] = object
	}
	return e, true
}

// text compares two texts: line by line where they have several.
func (d *difference) text(path, before, after string) {
	a, b := strings.Split(before, "\n"), strings.Split(after, "\n")
	if len(a) == 1 || len(b) == 1 {
		d.add("~", path, flow(textValue(before))+" -> "+flow(textValue(after)))
		return
	}
	first := 0
	for first < min(len(a), len(b)) && a[first] == b[first] {
		first++
	}
	last := 0
	for last < min(len(a), len(b))-first && a[len(a)-1-last] == b[len(b)-1-last] {
		last++
	}
	d.add("~", path, fmt.Sprintf("line %d on", first+1))
	for _, part := range []struct {
		mark  string
		lines []string
	}{{"-", a[first : len(a)-last]}, {"+", b[first : len(b)-last]}} {
		for _, line := range part.lines {
			d.lines = append(d.lines, part.mark+"   "+plainLine(line))
		}
	}
}

// fieldPath is a path with one more name, in the notation of [ParsePath].
func fieldPath(path, name string) string {
	switch {
	case strings.ContainsAny(name, `./[]"`) || name == "" || plainLine(name) != name:
		return path + `[` + textValue(name).JSON("") + `]`
	case path == "":
		return name
	}
	return path + "." + name
}

func isText(v Value) bool { return v.Type() == String && !isMasked(v) }

func isMasked(v Value) bool { return v.Type() == String && strings.HasPrefix(v.String(), masked) }

// flow is a value on one line.
func flow(v Value) string {
	switch {
	case isMasked(v):
		return hidden.String()
	case v.Type() == String:
		if lines := yamlText(v.String()); len(lines) == 1 {
			return lines[0]
		}
		return textValue(v.String()).JSON("")
	}
	return v.JSON("")
}

// plainLine is a line of text without what a terminal would act on, or show in
// another order.
func plainLine(line string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' || unicode.Is(unicode.Bidi_Control, r) {
			return '\uFFFD'
		}
		return r
	}, line)
}
