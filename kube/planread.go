package kube

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
)

// read answers a read from the server, with what is planned.
func (l *planLink) read(r *http.Request, a Access) (*http.Response, error) {
	switch {
	case a.Verb == "watch":
		return l.watch(r, a)
	case a.Verb == "list":
		return l.list(r, a)
	case a.Resource == "" || a.Name == "":
		return l.next.RoundTrip(r)
	}
	o, known := l.plan.state(a.place(l.server))
	now := o.now
	switch {
	case !known:
		return l.next.RoundTrip(r)
	case !now.Exists():
		return notFoundAnswer(o.at).response(r), nil
	case a.Subresource == "scale":
		return objectAnswer(http.StatusOK, scaleOf(now)).response(r), nil
	case a.Subresource != "" && a.Subresource != "status":
		return l.next.RoundTrip(r)
	case o.version != a.Version:
		return nil, unplannable(a, "the plan has it in version %s", o.version)
	}
	accept := r.Header.Get("Accept")
	switch {
	case strings.Contains(accept, "as=Table"):
		if table := l.table(r, o); table.Exists() {
			now = table
		}
	case strings.Contains(accept, "as=PartialObjectMetadata"):
		now = metadataOnly(now)
	}
	return objectAnswer(http.StatusOK, now).response(r), nil
}

// metadataOnly is an object as who asks for metadata gets it (API concepts,
// "Fetching metadata").
func metadataOnly(object Value) Value {
	return objectOf([]field{
		{"kind", textValue("PartialObjectMetadata")}, {"apiVersion", textValue("meta.k8s.io/v1")}, {"metadata", object.Get("metadata")},
	})
}

// table is a planned object as a table of one row. The server makes it in answer
// to a dry run; it is absent where the server doesn't.
func (l *planLink) table(r *http.Request, o record) Value {
	ask := planAsk{query: dry(managed("")), contentType: mergeType, accept: tableType}
	resource := &Resource{Name: o.at.resource, Group: o.at.group, Versions: []string{o.version}}
	method, path := http.MethodPatch, resource.path(o.at.namespace, o.at.name)
	switch {
	case o.unchecked != "":
		return Value{}
	case o.before.Exists():
		ask.body = orEmpty(mergePatch(o.changeable(o.before), o.changeable(o.now)))
	default:
		method, path = http.MethodPost, resource.path(o.at.namespace, "")
		ask.contentType, ask.body = jsonType, o.createdAs(o.now)
	}
	answer, err := l.ask(r, method, path, ask)
	if err != nil || !answer.ok() || answer.value().Get("kind").String() != "Table" {
		return Value{}
	}
	row := answer.value().Get("rows").Index(0)
	object := metadataOnly(o.now)
	if r.URL.Query().Get("includeObject") == "Object" {
		object = o.now
	}
	return setField(answer.value(), "rows", arrayOf([]Value{setField(row, "object", object)}))
}

// narrowing is what a collection is narrowed to.
type narrowing struct {
	labels labels.Selector
	fields fields.Selector
	name   string // "" for any
}

func newNarrowing(query url.Values) (narrowing, error) {
	byLabels, err := labels.Parse(query.Get("labelSelector"))
	if err != nil {
		return narrowing{}, err
	}
	byFields, err := fields.ParseSelector(query.Get("fieldSelector"))
	return narrowing{labels: byLabels, fields: byFields}, err
}

// matches tells whether an object is selected. The names of fields are taken
// for their paths, which they are but for few of old kinds.
func (s narrowing) matches(object Value) bool {
	set := labels.Set{}
	for key, value := range object.At("metadata", "labels").Fields() {
		set[key] = value.String()
	}
	return s.labels.Matches(set) && s.fields.Matches(fieldsOf{object}) &&
		(s.name == "" || s.name == object.At("metadata", "name").String())
}

// fieldsOf gives a selector the fields of an object by their paths.
type fieldsOf struct{ object Value }

func (f fieldsOf) Has(path string) bool { return f.at(path).Exists() }
func (f fieldsOf) Get(path string) string {
	if v := f.at(path); !absent(v) {
		return v.String()
	}
	return ""
}
func (f fieldsOf) at(path string) Value { return f.object.At(strings.Split(path, ".")...) }

// list answers a list, page by page as it is asked for: without what is gone
// by the plan, with what it changes and creates in the places where they belong.
func (l *planLink) list(r *http.Request, a Access) (*http.Response, error) {
	query := r.URL.Query()
	after, writes := "", -1
	if number, key, token, ok := planToken(query.Get("continue")); ok {
		after, writes = key, number
		query.Set("continue", token)
	}
	if stored, _, ok := storedVersion(query.Get("resourceVersion")); ok {
		query.Set("resourceVersion", stored)
	}
	written, made := l.plan.within(l.server, a)
	if len(written) == 0 && writes < 0 && query.Encode() == r.URL.Query().Encode() {
		return l.next.RoundTrip(r)
	}
	wanted, err := newNarrowing(query)
	if err != nil {
		return l.next.RoundTrip(r) // the server says what is wrong
	}
	if writes < 0 {
		writes = made
	}
	inner := r.Clone(r.Context())
	inner.URL.RawQuery = query.Encode()
	resp, err := l.next.RoundTrip(inner)
	if err != nil {
		return nil, err
	}
	answer, err := readAnswer(resp)
	if err != nil {
		return nil, err
	}
	page := answer.value()
	switch {
	case answer.code == http.StatusGone:
		answer.body = continued(page, writes, after).Raw()
	case answer.code == http.StatusNotFound && l.defines(a) && len(written) > 0:
		page = objectOf([]field{
			{"kind", textValue(written[0].kind + "List")}, {"apiVersion", textValue(apiVersion(a.Group, a.Version))},
			{"metadata", objectOf(nil)}, {"items", trusted([]byte("[]"))},
		})
		answer = objectAnswer(http.StatusOK, page)
		fallthrough
	case answer.ok() && page.Type() == Object:
		m := listMerge{link: l, r: r, access: a, wanted: wanted, written: written, after: after, writes: writes}
		merged, err := m.merge(page)
		if err != nil {
			return nil, err
		}
		answer.body = merged.Raw()
	}
	return answer.response(r), nil
}

// planToken reads a continue token of the plan's own: how many writes there
// were when the list began, the key of the last object of the page before, and
// the server's token.
func planToken(text string) (writes int, key, token string, ok bool) {
	parts := strings.SplitN(text, " ", 4)
	if len(parts) != 4 || parts[0] != "plan" {
		return 0, "", text, false
	}
	_, err := fmt.Sscan(parts[1], &writes)
	return writes, parts[2], parts[3], err == nil
}

// continued is a page, or the refusal of one, whose continue token is the
// plan's.
func continued(page Value, writes int, key string) Value {
	token := page.At("metadata", "continue").String()
	if token == "" {
		return page
	}
	return withMeta(page, "continue", textValue(fmt.Sprintf("plan %d %s %s", writes, key, token)))
}

// listMerge merges planned objects into a page of a list.
type listMerge struct {
	link    *planLink
	r       *http.Request
	access  Access
	wanted  narrowing
	written []record
	after   string // key of the last object of the page before
	writes  int
}

func (m *listMerge) merge(page Value) (Value, error) {
	part := "items"
	if page.Get("kind").String() == "Table" {
		part = "rows"
	}
	stored := slices.Collect(page.Get(part).Elements())
	last := m.after
	if len(stored) > 0 {
		last = key(stored[len(stored)-1].Raw())
	}
	more := page.At("metadata", "continue").String() != ""
	var list []Value
	written := m.written
	known := map[string]bool{}
	for _, s := range written {
		known[s.key()] = true
	}
	for n := 0; ; n++ {
		for len(written) > 0 && (n == len(stored) || written[0].key() <= key(stored[n].Raw())) {
			s := written[0]
			if n == len(stored) && more && s.key() > last {
				break
			}
			written = written[1:]
			if s.key() <= m.after || !s.now.Exists() || !m.wanted.matches(s.now) {
				continue
			}
			if s.version != m.access.Version {
				return page, unplannable(m.access, "the plan has %s in version %s", s.at, s.version)
			}
			list = append(list, m.element(page, s))
		}
		if n == len(stored) {
			break
		}
		if !known[key(stored[n].Raw())] {
			list = append(list, stored[n])
		}
	}
	merged := trusted([]byte("[]"))
	if list != nil {
		merged = arrayOf(list)
	}
	page = setField(page, part, merged)
	meta := page.Get("metadata")
	page = withMeta(page, "remainingItemCount", Value{})
	page = withVersion(page, plannedVersion(m.writes, meta.Get("resourceVersion").String()))
	return continued(page, m.writes, last), nil
}

// element is a planned object in the form of the page.
func (m *listMerge) element(page Value, s record) Value {
	switch page.Get("kind").String() {
	case "Table":
		return m.row(page, s)
	case "PartialObjectMetadataList":
		return metadataOnly(s.now)
	}
	return s.now
}

// row is a planned object as a row of a table. Where the server doesn't make it
// there are only the name and the age.
func (m *listMerge) row(page Value, s record) Value {
	if row := m.link.table(m.r, s).Get("rows").Index(0); row.Exists() {
		return row
	}
	var cells []Value
	for column := range page.Get("columnDefinitions").Elements() {
		cell := trusted([]byte("null"))
		switch {
		case column.Get("format").String() == "name":
			cell = textValue(s.at.name)
		case column.Get("name").String() == "Age":
			cell = textValue("0s")
		case column.Get("type").String() == "string":
			cell = textValue("<unknown>")
		}
		cells = append(cells, cell)
	}
	return objectOf([]field{{"cells", arrayOf(cells)}, {"object", metadataOnly(s.now)}})
}
