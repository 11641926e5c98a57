package kube

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
)

// watch answers a watch: with the events of the server, but for objects that
// the plan has written, and with an event for each planned write.
func (l *planLink) watch(r *http.Request, a Access) (*http.Response, error) {
	query := r.URL.Query()
	wanted, err := newNarrowing(query)
	if err != nil {
		return l.next.RoundTrip(r) // the server says what is wrong
	}
	wanted.name = a.Name
	s := &planStream{link: l, r: r, access: a, wanted: wanted}
	version := query.Get("resourceVersion")
	if stored, writes, ok := storedVersion(version); ok {
		s.seen = writes
		query.Set("resourceVersion", stored)
	}
	inner := r.Clone(r.Context())
	inner.URL.RawQuery = query.Encode()
	l.plan.mu.Lock()
	s.round = l.plan.round
	l.plan.mu.Unlock()
	resp, err := l.next.RoundTrip(inner)
	if err != nil || resp.StatusCode != http.StatusOK {
		return resp, err
	}
	s.start(resp.Body, version == "" || version == "0")
	resp.Body = s
	return resp, nil
}

// planStream is the body of a watch: a line for each event, from the server and
// from the plan.
type planStream struct {
	link   *planLink
	r      *http.Request
	access Access
	wanted narrowing
	round  int // of the plan, when the watch began

	out    *io.PipeReader
	in     *io.PipeWriter
	server io.ReadCloser
	cancel context.CancelFunc
	done   sync.WaitGroup

	mu      sync.Mutex // held while a line is written
	seen    int        // how many of the plan's writes were delivered
	touched bool       // it has shown a planned state
}

func (s *planStream) Read(p []byte) (int, error) { return s.out.Read(p) }

// Close ends the stream and waits until nothing of it goes on.
func (s *planStream) Close() error {
	s.cancel()
	err := s.server.Close()
	s.out.Close()
	s.done.Wait()
	return err
}

// start begins to deliver. Who asks for no version gets what there is first.
func (s *planStream) start(server io.ReadCloser, initial bool) {
	ctx, cancel := context.WithCancel(s.r.Context())
	s.server, s.cancel = server, cancel
	s.out, s.in = io.Pipe()
	if initial {
		written, writes := s.link.plan.within(s.link.server, s.access)
		s.seen = writes
		s.done.Go(func() {
			for _, o := range written {
				s.deliver(ctx, plannedStep{record: o})
			}
			s.planned(ctx)
		})
	} else {
		s.done.Go(func() { s.planned(ctx) })
	}
	s.done.Go(func() {
		defer cancel()
		s.stored()
	})
}

// stored delivers the events of the server.
func (s *planStream) stored() {
	lines := bufio.NewReaderSize(s.server, 64<<10)
	var long []byte
	for {
		line, err := readLine(lines, &long)
		if len(line) > 0 && err == nil {
			err = s.pass(line)
		}
		if err != nil {
			s.in.CloseWithError(err)
			return
		}
	}
}

// pass delivers a line of the server.
func (s *planStream) pass(line []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	event := trusted(line)
	object := event.Get("object")
	if event.Get("type").String() == "BOOKMARK" {
		if s.touched || s.seen > 0 {
			object = withVersion(object, plannedVersion(s.seen, objectVersion(object)))
			line = append(setField(event, "object", object).Raw(), '\n')
		}
	} else if s.isPlanned(object) {
		s.touched = true
		return nil
	}
	_, err := s.in.Write(line)
	return err
}

// isPlanned tells whether the plan has written an object, whose state on the
// server doesn't count any more.
func (s *planStream) isPlanned(object Value) bool {
	id := identify(object.Raw())
	if id.name == nil {
		id = identify(object.Get("rows").Index(0).Get("object").Raw())
	}
	at := place{s.link.server, s.access.Group, s.access.Resource, string(id.namespace), string(id.name)}
	_, known := s.link.plan.state(at)
	return known
}

// planned delivers the writes of the plan until the stream ends, or the plan.
func (s *planStream) planned(ctx context.Context) {
	p := s.link.plan
	for {
		p.mu.Lock()
		ended := p.round != s.round
		more := p.more
		var steps []plannedStep
		if !ended && !p.off {
			steps = p.log[min(s.seen, len(p.log)):]
		}
		p.mu.Unlock()
		switch {
		case !ended:
		case s.end():
			return
		default:
			continue
		}
		for _, step := range steps {
			s.deliver(ctx, step)
			s.mu.Lock()
			s.seen++
			s.mu.Unlock()
		}
		select {
		case <-more:
		case <-ctx.Done():
			return
		}
	}
}

// end ends a stream that has shown what no longer holds, and tells whether it
// has; another one goes on with the next plan.
func (s *planStream) end() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.touched {
		p := s.link.plan
		p.mu.Lock()
		s.round, s.seen = p.round, 0
		p.mu.Unlock()
		return false
	}
	status := planStatus(http.StatusBadRequest, "BadRequest", place{}, "the plan whose state the watch has shown has ended")
	s.line("ERROR", Value{status.body})
	s.in.Close()
	return true
}

// deliver delivers one write of the plan as what it is to who watches a
// selection.
func (s *planStream) deliver(ctx context.Context, step plannedStep) {
	if !step.at.among(s.link.server, s.access) || step.version != s.access.Version {
		return
	}
	was := step.was.Exists() && s.wanted.matches(step.was)
	is := step.now.Exists() && s.wanted.matches(step.now)
	evtype, object := Modified, step.now
	switch {
	case !was && !is:
		return
	case !was:
		evtype = Added
	case !is:
		evtype = Deleted
		if !object.Exists() {
			object = withVersion(step.was, plannedVersion(step.number, objectVersion(step.before)))
		}
	}
	accept := s.r.Header.Get("Accept")
	switch {
	case strings.Contains(accept, "as=PartialObjectMetadata"):
		object = metadataOnly(object)
	case strings.Contains(accept, "as=Table") && step.now.Exists():
		if table := s.link.table(s.r.WithContext(ctx), step.record); table.Exists() {
			object = table
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.touched = true
	s.line(evtype, object)
}

// line writes an event. An error means that nobody reads any more.
func (s *planStream) line(evtype string, object Value) {
	event := objectOf([]field{{"type", textValue(evtype)}, {"object", object}})
	_, _ = s.in.Write(append([]byte(event.JSON("")), '\n'))
}
