package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// DeleteOptions say how an object is deleted.
type DeleteOptions struct {
	// Propagation is what becomes of the objects that it owns: "Background",
	// the default, "Foreground" or "Orphan".
	Propagation string
	// GracePeriod is the time that a pod is given to end, rounded up to seconds;
	// nil for its own.
	GracePeriod *time.Duration
	// Wait is how long to wait until the object is gone; 0 for not at all.
	Wait time.Duration
}

// Delete deletes the object that the item is a snapshot of, at whatever
// version it is. Where the object is gone already that is a LookupError; where
// its name has been taken over by another object (another uid), that one is
// left alone and the error's reason is Conflict. An object that is still there
// when the time to wait is over is a TimeoutError that says what holds it up.
//
// A namespace that is on its way out already answers 409; that is no error.
//
// Where the answer is lost it is deleted again, and to be gone then is success;
// an item without a uid is not, since a namesake might be hit.
func (i *Item) Delete(ctx context.Context, options DeleteOptions) error {
	if err := i.addressable(); err != nil {
		return err
	}
	if options.Propagation == "" {
		options.Propagation = "Background"
	}
	body := map[string]any{"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": options.Propagation}
	uid := i.Meta().UID()
	if uid != "" {
		body["preconditions"] = map[string]any{"uid": uid}
	}
	grace, err := graceSeconds("delete "+i.String(), options.GracePeriod)
	if err != nil {
		return err
	}
	if grace != nil {
		body["gracePeriodSeconds"] = *grace
	}
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	_, err = i.cluster.write(ctx, write{
		request: request{
			method:      http.MethodDelete,
			path:        i.Meta().Link(),
			body:        text,
			contentType: jsonType,
			what:        "delete " + i.String(),
		},
		repeatable: uid != "",
		settle: func(_ context.Context, refusal error) (Value, bool, error) {
			if IsKind(refusal, LookupError) || IsReason(refusal, "Conflict") {
				return Value{}, true, nil // it, or another object by now: what was to go is gone
			}
			return Value{}, false, refusal
		},
	})
	if now := i.renewed(ctx, err); now != nil {
		return now.Delete(ctx, options)
	}
	if i.resource.Kind == "Namespace" && IsReason(err, "Conflict") && i.terminating(ctx) {
		err = nil
	}
	if err != nil || options.Wait == 0 {
		return err
	}
	return i.gone(ctx, options.Wait)
}

// terminating tells whether the very object of the item is on its way out.
func (i *Item) terminating(ctx context.Context) bool {
	now, err := i.Fetch(ctx)
	var e *Error
	if errors.As(err, &e) {
		return e.Kind == LookupError
	}
	return err == nil && now.Meta().UID() == i.Meta().UID() && now.Meta().get("deletionTimestamp").Exists()
}

// gone waits until the item's object no longer exists.
func (i *Item) gone(ctx context.Context, patience time.Duration) error {
	ends := time.Now().Add(patience)
	now, err := i.Fetch(ctx)
	switch {
	case IsKind(err, LookupError):
		return nil
	case err != nil:
		return err
	case i.Meta().UID() != "" && now.Meta().UID() != i.Meta().UID():
		return nil
	}
	w, err := now.Watch(ctx, WatchOptions{})
	if err != nil {
		return err
	}
	defer w.Close()
	for {
		left := time.Until(ends)
		if left <= 0 {
			return Errorf(TimeoutError, "delete %s: it is still there after %s%s", i, patience, holdUp(now))
		}
		ev, err := w.Next(ctx, left)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err == io.EOF || err == nil && ev.Type == Deleted:
			return nil
		case err == ErrTimeout:
		case err != nil:
			return err
		default:
			now = ev.Item
		}
	}
}

// holdUp says what keeps an object that is deleted from being gone.
func holdUp(i *Item) string {
	var why []string
	var finalizers []string
	for f := range i.Meta().get("finalizers").Elements() {
		finalizers = append(finalizers, f.String())
	}
	if len(finalizers) > 0 {
		why = append(why, "it has the finalizers "+strings.Join(finalizers, ", ")+", which somebody has yet to remove")
	}
	// A namespace tells in conditions what is still in it.
	for c := range i.Status().Get("conditions").Elements() {
		if i.Kind() == "Namespace" && c.Get("status").String() == "True" {
			why = append(why, c.Get("message").String())
		}
	}
	if grace, ok := i.Meta().get("deletionGracePeriodSeconds").Int(); ok && grace > 0 {
		why = append(why, fmt.Sprintf("it has a grace period of %d s", grace))
	}
	if len(why) == 0 {
		return ""
	}
	return " (" + strings.Join(why, "; ") + ")"
}
