package kube

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// FieldManager is the name under which the server records who set a field
// (server-side apply, "Field management"), unless a write says another one.
const FieldManager = "kubelua"

// managed is the query of a write by a field manager; "" is FieldManager. The
// server refuses fields that it doesn't know, or that come twice, as it does
// for kubectl (API concepts, "Field validation").
func managed(manager string) url.Values {
	if manager == "" {
		manager = FieldManager
	}
	return url.Values{"fieldManager": {manager}, "fieldValidation": {"Strict"}}
}

// ReasonUnknown is the Reason of an APIError of a write whose answer was lost:
// it may or may not have happened, and neither sending it again nor looking at
// the object could tell. It is ours.
const ReasonUnknown = "Unknown"

// The limits of sending a write again where that is safe: how often it is sent,
// the pause after the first time, which doubles, and how long after the first
// time it is begun again. The pauses make some 6 seconds in all.
const (
	maxSends       = 8
	firstSendPause = 50 * time.Millisecond
	maxSendTime    = 2 * time.Minute
)

// Item makes an item of an object that the caller already has, such as one
// that was stored. It sends nothing for a built-in kind, else it asks the
// server once what it offers. Data without apiVersion, kind and metadata.name
// is a ValueError.
func (c *Cluster) Item(ctx context.Context, object Value) (*Item, error) {
	r, err := c.resourceOf(ctx, object)
	if err != nil {
		return nil, err
	}
	meta := object.Get("metadata")
	name, namespace := meta.Get("name").String(), meta.Get("namespace").String()
	if meta.Get("name").Type() != String {
		return nil, Errorf(ValueError, "the data has no metadata.name")
	}
	if err := checkName(name); err != nil {
		return nil, err
	}
	v := &View{cluster: c, resource: r}
	if err := v.checkNamespace(namespace); err != nil {
		return nil, err
	}
	return &Item{cluster: c, resource: r, raw: Value{bytes.Clone(object.Raw())}}, nil
}

// resourceOf finds the resource that the object's apiVersion and kind name, at
// the version that they name.
func (c *Cluster) resourceOf(ctx context.Context, object Value) (*Resource, error) {
	version, kind := object.Get("apiVersion"), object.Get("kind")
	if version.Type() != String || kind.Type() != String {
		return nil, Errorf(ValueError, "the data has no apiVersion and kind")
	}
	return c.kind(ctx, version.String(), kind.String())
}

// write is a call that changes something on the server. Its answer may get
// lost on the way, and then nobody knows whether the server acted on it.
type write struct {
	request
	// repeatable says that the server ends up in the same state, or refuses,
	// when the write comes twice. Others are never sent again once the server
	// may have got them.
	repeatable bool
	// unbound says that the write applies to whatever version the object is.
	// A conflict is then nobody's but the server's, which takes the write again.
	unbound bool
	// settle finds out whether the write has happened when its answer was lost
	// and the same write, sent again, was refused: that may be because of the
	// first one. It returns whether it has, and then the object as it is now;
	// false without an error says that nobody can tell. A nil settle takes the
	// refusal for the answer.
	settle func(ctx context.Context, refusal error) (object Value, happened bool, err error)
}

// write sends a write until its outcome is known, at most maxSends times, and
// returns the answer. An outcome that stays unknown is an Error with
// ReasonUnknown.
//
// What can't have reached the server, or was turned away by it (429), is sent
// again in any case, once a server has been reached at all. net/http itself
// sends a write anew only where it had not begun to write it.
func (c *Cluster) write(ctx context.Context, w write) (Value, error) {
	ctx = countOnce(ctx)
	began := time.Now()
	var lost error // why an answer was lost, nil if none was
	for try := 1; ; try++ {
		answer, sent, err := c.client.attempt(ctx, w.request)
		if err == nil || ctx.Err() != nil {
			return answer, err
		}
		again := false
		switch fate := fateOf(err, sent); {
		case fate == unsent:
			again = c.client.reached.Load()
		case fate == unanswered:
			if lost == nil {
				lost = err
			}
			again = w.repeatable
		case w.unbound && isConflict(err) && !isNamesake(err):
			again = true
		case lost == nil || w.settle == nil:
			return Value{}, err
		default:
			object, happened, settleErr := w.settle(ctx, err)
			if settleErr == nil && !happened {
				settleErr = unknownOutcome(w.what, lost)
			}
			return object, settleErr
		}
		if !again || try == maxSends || time.Since(began) > maxSendTime {
			if lost != nil {
				err = unknownOutcome(w.what, lost)
			}
			return Value{}, err
		}
		if err := Sleep(ctx, max(jitter(firstSendPause<<(try-1)), askedBack(err))); err != nil {
			return Value{}, err
		}
	}
}

// writeItem is write whose answer is the object of an item.
func (c *Cluster) writeItem(ctx context.Context, r *Resource, w write) (*Item, error) {
	answer, err := c.write(ctx, w)
	if err != nil {
		return nil, err
	}
	if answer.Type() != Object {
		return nil, Errorf(APIError, "%s: the answer is not an object", w.what)
	}
	return newItem(c, r, answer.Raw()), nil
}

// attempt makes a call and tells beside its answer whether any of it was sent.
func (c *client) attempt(ctx context.Context, r request) (answer Value, sent bool, err error) {
	var wrote atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }})
	answer, err = c.object(traced, r)
	return answer, wrote.Load(), err
}

// fate is what has become of a write that failed.
type fate int

const (
	refused    fate = iota // the server said no, and has not acted
	unsent                 // the server never got it, or turned it away
	unanswered             // nobody knows
)

func fateOf(err error, sent bool) fate {
	var e *Error
	if !errors.As(err, &e) || !passing(err) {
		return refused
	}
	switch {
	case e.StatusCode == 0 && !sent:
		return unsent
	case e.StatusCode == http.StatusTooManyRequests:
		// With a Retry-After it was sent again often enough already.
		if _, obeyed := afterSeconds(e.Response.Header); obeyed {
			return refused
		}
		return unsent
	case strings.Contains(e.Message, "failed calling webhook"), strings.Contains(e.Message, "denied the request"):
		return refused // by a webhook, of which all are asked before anything is stored
	case strings.Contains(e.Message, "failed to create typed "):
		return refused // an apply against the schema, for which the server answers 500 (structured-merge-diff)
	}
	return unanswered
}

// isConflict tells whether a write was refused for the version that the object
// is at, rather than for what others own of it.
func isConflict(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.StatusCode == http.StatusConflict && e.Reason == "Conflict" && e.Conflicts == nil
}

// isNamesake tells whether a write was refused because the uid that it names is
// not that of the object.
func isNamesake(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.StatusCode == http.StatusConflict || e.StatusCode == http.StatusUnprocessableEntity) &&
		(strings.Contains(e.Message, "UID in precondition") || strings.Contains(e.Message, "metadata.uid: Invalid value"))
}

// unknownOutcome is the error of a write that may or may not have happened.
func unknownOutcome(what string, lost error) error {
	unknown := &Error{Kind: APIError, Reason: ReasonUnknown, cause: lost}
	why := lost.Error()
	var e *Error
	if errors.As(lost, &e) {
		unknown.StatusCode, unknown.Response = e.StatusCode, e.Response
		why = strings.TrimPrefix(e.Message, what+": ")
	}
	unknown.Message = fmt.Sprintf("%s: it may or may not have happened: %s (look at the object before you try again)", what, why)
	return unknown
}
