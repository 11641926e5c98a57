package kube

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
)

// readPage makes the request and reads its answer into body. The continue
// token is sent to early, where that isn't nil, as soon as it has arrived, if
// that is before the end.
func readPage(ctx context.Context, c *client, req request, body *bytes.Buffer, early chan<- string) (*page, error) {
	loud, quiet := c.untilSilent(ctx)
	defer quiet.stop()
	resp, err := c.send(loud, req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	from := quiet.reader(resp.Body)
	head := bytes.NewBuffer(make([]byte, 0, 4096))
	if _, err = io.CopyN(head, from, 4096); err == nil && early != nil {
		if p := (&page{body: head}); p.parse() == nil && p.token != "" {
			early <- p.token
		}
	}
	body.Write(head.Bytes())
	if err == nil {
		err = readBody(body, from)
	} else if err == io.EOF {
		err = nil
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, c.unreachable(req, quiet.why(err))
	}
	p := &page{body: body}
	if err := p.parse(); err != nil {
		return nil, Errorf(APIError, "%s: %w", req.what, err)
	}
	return p, nil
}

// page is the answer to one list request, read object by object. A table is read
// row by row.
type page struct {
	body    *bytes.Buffer
	at      int    // where the next object is looked for
	final   []byte // the object that was read last; part of body
	token   string // continue token, "" on the last page
	version string // resource version of the list
	columns []byte // the columnDefinitions of a table; part of body
	// The list's own kind and apiVersion as they stand there, quoted; nil where
	// they stand after the objects, which then carry theirs.
	kind, apiVersion []byte
}

var errNotList = errors.New("the answer is not a list of objects")

// parse finds where the objects begin, the continue token and the version. The
// objects stand last for built-in kinds, before the metadata for custom
// resources. On a text that is cut short it finds what it can.
func (p *page) parse() error {
	b := p.body.Bytes()
	i := skipSpace(b, 0)
	if i >= len(b) || b[i] != '{' {
		return errNotList
	}
	var hasMeta bool
	for i++; ; {
		if at := itemsAt(b, i); at > 0 {
			if p.at = at; hasMeta {
				return nil
			}
		}
		m, next := nextMember(b, i)
		if next < 0 {
			break
		}
		switch string(m.key) {
		case "metadata":
			meta := Value{b[m.from:m.to]}
			p.token, p.version = meta.Get("continue").String(), meta.Get("resourceVersion").String()
			hasMeta = true
		case "kind":
			p.kind = b[m.from:m.to]
		case "columnDefinitions":
			p.columns = b[m.from:m.to]
		case "apiVersion":
			p.apiVersion = b[m.from:m.to]
		}
		i = next
	}
	if !hasMeta {
		return errNotList
	}
	return nil
}

// itemsAt returns the index of the value where the next member at b[i] is
// "items" or the "rows" of a table, else 0. It doesn't read that value to its
// end.
func itemsAt(b []byte, i int) int {
	i = skipSpace(b, i)
	if i < len(b) && b[i] == ',' {
		i = skipSpace(b, i+1)
	}
	for _, name := range []string{`"items"`, `"rows"`} {
		if !bytes.HasPrefix(b[i:], []byte(name)) {
			continue
		}
		i = skipSpace(b, i+len(name))
		if i >= len(b) || b[i] != ':' {
			return 0
		}
		if i = skipSpace(b, i+1); i < len(b) && b[i] == '[' {
			return i + 1
		}
		return 0
	}
	return 0
}

// whole is an object of the page with the kind and apiVersion that elements of
// a list lack on the wire.
func (p *page) whole(object []byte) []byte {
	if p.kind == nil || p.apiVersion == nil {
		return object
	}
	kind := strings.TrimSuffix(trusted(p.kind).String(), "List")
	return withKind(object, trusted(p.apiVersion).String(), kind)
}

// more tells whether another object follows.
func (p *page) more() bool {
	from, _ := p.peek()
	return from >= 0
}

func (p *page) peek() (from, to int) {
	if p.at == 0 {
		return -1, -1
	}
	b := p.body.Bytes()
	i := skipSpace(b, p.at)
	if i < len(b) && b[i] == ',' {
		i = skipSpace(b, i+1)
	}
	if i < len(b) && b[i] == '{' {
		return i, i
	}
	return -1, i
}

// next returns the bytes of the next object, nil after the last one. They are
// part of the page and gone with it.
func (p *page) next() ([]byte, error) {
	from, end := p.peek()
	b := p.body.Bytes()
	if from < 0 {
		if p.at > 0 && (end >= len(b) || b[end] != ']') {
			return nil, errors.New("the list is cut short")
		}
		return nil, nil
	}
	to := skipValue(b, from)
	if to < 0 {
		return nil, errors.New("the list is cut short")
	}
	p.at, p.final = to, b[from:to]
	return p.final, nil
}
