package kube

import (
	"context"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"
)

// EditOptions say what of an object is edited.
type EditOptions struct {
	// Subresource is "status" for the object's status; "" for the rest of it.
	Subresource string
	// FieldManager is recorded as who set the fields; "" for [FieldManager].
	FieldManager string
}

// The limits of an edit: how often it begins anew because somebody else was
// faster, and the pause before that.
const (
	maxEdits       = 100
	firstEditPause = 10 * time.Millisecond
	lastEditPause  = time.Second
)

// successorTime is how long the watch may take that looks for the version
// after a given one.
const successorTime = 10 * time.Second

// Edit changes the item's object by a function from what it is to what it
// shall be, and returns the newest item. What differs is sent as a merge patch
// (RFC 7386) that only applies to the version that fn saw: when somebody else
// was faster, fn runs again on the newest one, so no change is lost or made
// twice. An error of fn ends the edit, and nothing is sent. Nothing is sent
// either where fn changes nothing.
//
// Lists are replaced whole. What can't be changed by the edit is a ValueError,
// and nothing is sent: the status without the Subresource, for kinds that have
// one, everything else with it. The object's identity (apiVersion, kind, name,
// namespace, uid) and version can't be changed: a ValueError. An object that
// was replaced by a namesake is an error with reason Conflict.
//
// When an answer is lost, the history of the object tells whether the patch is
// part of it: the next version has its content and its field manager on record
// as the one who made it. Another program that makes the same change under the
// same name at that moment can't be told apart, nor, where fields are only
// removed, anybody who removes the same: the server records no one for that. Where the server keeps none, or the caller may not watch, the
// newest object is compared instead.
func (i *Item) Edit(ctx context.Context, fn func(object Value) (Value, error), options EditOptions) (*Item, error) {
	e := i.Editing(options)
	defer e.Close()
	for {
		now, err := e.Read(ctx)
		if err != nil {
			return nil, err
		}
		changed, err := fn(now.Raw())
		if err != nil {
			return nil, err
		}
		if item, err := e.Write(ctx, changed); item != nil || err != nil {
			return item, err
		}
	}
}

// Editing is [Item.Edit] step by step, for a caller whose function can't be
// called back: Read, Write, and both again while Write returns nil. It is for
// one goroutine; the caller closes it.
type Editing struct {
	item    *Item
	options EditOptions
	shared  *edited
	base    *Item // what Read has read last
	tries   int
}

// Editing begins an edit. It sends nothing.
func (i *Item) Editing(options EditOptions) *Editing {
	return &Editing{item: i, options: options, shared: i.cluster.edits.begin(i.Meta().Link())}
}

// Close ends the edit, whether it was successful or not. Closing twice is
// harmless.
func (e *Editing) Close() {
	if e.shared != nil {
		e.item.cluster.edits.end(e.shared)
		e.shared = nil
	}
}

// Read returns the newest version of the object, after a pause if the last
// Write came too late.
func (e *Editing) Read(ctx context.Context) (*Item, error) {
	if s := e.options.Subresource; s != "" && s != "status" {
		return nil, Errorf(ValueError, `edit %s: an edit changes the object or its subresource "status", not %q (patch and update change others)`, e.item, s)
	}
	if e.tries == maxEdits {
		return nil, &Error{Kind: APIError, Reason: "Conflict", StatusCode: http.StatusConflict,
			Message: "edit " + e.item.String() + ": others change it so often that no edit comes through"}
	}
	if e.tries > 0 {
		pause := min(firstEditPause<<min(e.tries-1, 10), lastEditPause)
		if err := Sleep(ctx, rand.N(pause)); err != nil {
			return nil, err
		}
	}
	e.tries++
	now, err := e.item.Fetch(ctx)
	if err != nil {
		return nil, err
	}
	if uid := e.item.Meta().UID(); uid != "" && now.Meta().UID() != uid {
		return nil, takenOver("edit "+e.item.String(), now.Meta().UID())
	}
	e.base = now
	return now, nil
}

// Write turns the object that Read returned last into the given one and
// returns it as it is then, or nil where it has changed meanwhile.
func (e *Editing) Write(ctx context.Context, changed Value) (*Item, error) {
	base := e.base
	what := "edit " + base.String()
	if changed.Type() != Object {
		return nil, Errorf(ValueError, "%s: what it shall become is not an object", what)
	}
	for _, path := range [][]string{
		{"apiVersion"}, {"kind"}, {"metadata", "name"}, {"metadata", "namespace"}, {"metadata", "uid"}, {"metadata", "resourceVersion"},
	} {
		if !equal(changed.At(path...), base.raw.At(path...)) {
			return nil, Errorf(ValueError, "%s: %s can't be changed", what, path[len(path)-1])
		}
	}
	patch := mergePatch(base.raw, changed)
	if !patch.Exists() {
		return base, nil
	}
	if e.options.Subresource == "status" {
		for key := range patch.Fields() {
			if key != "status" {
				return nil, Errorf(ValueError, `%s: %s can't be changed together with {subresource = "status"} (edit it without)`, what, key)
			}
		}
	}
	if err := e.shared.take(ctx); err != nil {
		return nil, err
	}
	defer e.shared.release()
	if newer(e.shared.version, base.Meta().Version()) {
		return nil, nil
	}
	w := e.write(patch, what)
	if err := e.statusTaken(ctx, w, patch); isConflict(err) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	item, err := base.change(ctx, w, e.options.Subresource)
	switch {
	case err == nil:
		e.shared.version = item.Meta().Version()
	case isConflict(err):
		return nil, nil
	}
	return item, err
}

// statusTaken asks the server, which then changes nothing, whether it takes a
// change of the status together with the rest of the object: it ignores that
// for the kinds that have a subresource for it.
func (e *Editing) statusTaken(ctx context.Context, w write, patch Value) error {
	if e.options.Subresource != "" || !patch.Get("status").Exists() {
		return nil
	}
	w.query = maps.Clone(w.query)
	w.query.Set("dryRun", "All")
	w.settle = nil
	trial, err := e.base.change(ctx, w, "")
	if err == nil && !covers(trial.raw.Get("status"), patch.Get("status")) {
		err = Errorf(ValueError, `%s: the server ignores changes of the status here (give {subresource = "status"})`, w.what)
	}
	return err
}

// write is the write that sends a patch of the version that was read.
func (e *Editing) write(patch Value, what string) write {
	base := e.base
	meta := patch.Get("metadata")
	for _, key := range []string{"uid", "resourceVersion"} {
		meta = setField(meta, key, base.Meta().get(key))
	}
	return write{
		request: request{
			what: what, contentType: mergeType, query: managed(e.options.FieldManager),
			body: setField(patch, "metadata", meta).Raw(),
		},
		repeatable: true,
		settle: func(ctx context.Context, refusal error) (Value, bool, error) {
			if IsKind(refusal, LookupError) && base.endsBy(patch) {
				return base.unfinalized(), true, nil
			}
			if !IsReason(refusal, "Conflict") {
				return Value{}, false, refusal
			}
			happened, err := base.became(ctx, patch, e.record())
			if err != nil {
				return Value{}, false, nil
			}
			if !happened {
				return Value{}, false, refusal
			}
			now, err := base.Fetch(ctx)
			if (IsKind(err, LookupError) || err == nil && now.Meta().UID() != base.Meta().UID()) && base.endsBy(patch) {
				return base.unfinalized(), true, nil
			}
			if err != nil {
				return Value{}, false, err
			}
			return now.raw, true, nil
		},
	}
}

// record is the key under which the server notes the edit's fields.
func (e *Editing) record() writer {
	return writer{managed(e.options.FieldManager).Get("fieldManager"), "Update", e.options.Subresource}
}

// became tells whether the version after the item's is the item with a patch
// applied by a writer. A patch that was bound to the item's version can have
// made no other. It returns an error where nobody knows.
//
// What only removes fields leaves no record of who did it, so the content
// decides. It does also for somebody who writes the same under the same name.
func (i *Item) became(ctx context.Context, patch Value, by writer) (bool, error) {
	next, err := i.successor(ctx)
	if err == nil {
		meta := next.Object.Get("metadata")
		switch {
		case meta.Get("uid").String() != i.Meta().UID():
			return false, nil
		case next.Type == Deleted:
			return i.endsBy(patch), nil
		}
		return next.Type == Modified && covers(next.Object, patch) && (removes(i.raw, patch) || lastWriter(i.Meta().Raw(), meta, by)), nil
	}
	if now, fetchErr := i.Fetch(ctx); fetchErr == nil && covers(now.raw, patch) && (removes(i.raw, patch) || onRecord(now.Meta().Raw(), by)) {
		return true, nil
	}
	return false, err
}

// writer is somebody whom the server has on record in managedFields.
type writer struct{ manager, operation, subresource string }

// writers are those on record in an object's metadata, and when each changed
// it last.
func writers(meta Value) map[writer]string {
	times := map[writer]string{}
	for entry := range meta.Get("managedFields").Elements() {
		w := writer{entry.Get("manager").String(), entry.Get("operation").String(), entry.Get("subresource").String()}
		times[w] = max(times[w], entry.Get("time").String())
	}
	return times
}

// lastWriter tells whether a writer has made a version of an object out of the
// one before it: it is on record with the newest time, and nobody else has come
// or has a new one. The times are whole seconds in RFC 3339, all of them UTC.
// An object without records gets none by an update, so anybody may be it.
func lastWriter(before, after Value, by writer) bool {
	was, is := writers(before), writers(after)
	at, known := is[by]
	for w, time := range is {
		if old, known := was[w]; w != by && (!known || old != time || time > at) {
			return false
		}
	}
	return known || len(is) == 0
}

// onRecord tells whether a writer has a record, or nobody.
func onRecord(meta Value, by writer) bool {
	list := writers(meta)
	_, known := list[by]
	return known || len(list) == 0
}

// removes tells whether what a merge patch sets was there before: then it only
// removes fields, or elements of lists.
func removes(before, patch Value) bool {
	switch patch.Type() {
	case Object:
		for key, value := range patch.Fields() {
			if !removes(before.Get(key), value) {
				return false
			}
		}
		return true
	case Array:
		for e := range patch.Elements() {
			if !slices.ContainsFunc(slices.Collect(before.Elements()), func(old Value) bool { return removes(old, e) }) {
				return false
			}
		}
		return true
	}
	return absent(patch) || equal(before, patch)
}

// endsBy tells whether a patch takes the last finalizer from the item, which is
// deleted and then is gone.
func (i *Item) endsBy(patch Value) bool {
	finalizers := patch.At("metadata", "finalizers")
	return i.Meta().get("deletionTimestamp").Exists() && finalizers.Exists() && finalizers.Len() == 0
}

// unfinalized is the object without its finalizers.
func (i *Item) unfinalized() Value { return setMeta(i.raw, "finalizers", nil) }

// takenOver is the error of a write of an object whose name another one has.
func takenOver(what, uid string) *Error {
	if uid != "" {
		uid = " (uid " + uid + ")"
	}
	return &Error{Kind: APIError, Reason: "Conflict", StatusCode: http.StatusConflict,
		Message: what + ": its name has been taken over by another object" + uid}
}

// successor is the change that ended the item's version.
func (i *Item) successor(ctx context.Context) (RawEvent, error) {
	ctx, cancel := context.WithTimeout(ctx, successorTime)
	defer cancel()
	history, err := i.cluster.Proxy().Watch(ctx, []string{i.Meta().Link()}, i.Meta().Version(), nil)
	if err != nil {
		return RawEvent{}, err
	}
	defer history.Close()
	return history.Next(ctx, -1)
}

// edits are the edits of a cluster that go on at the same time. They send one
// after another, and none that is based on a version which another of them has
// replaced: so when an answer is lost, and the version that followed has the
// content that was sent, it isn't another edit's that wanted the same.
type edits struct {
	mu      sync.Mutex
	objects map[string]*edited // by path
}

// edited is an object that is being edited.
type edited struct {
	path    string
	editors int
	turn    chan struct{} // holds a token while somebody sends
	version string        // the last that an edit has made; who has the turn may use it
}

func (e *edits) begin(path string) *edited {
	e.mu.Lock()
	defer e.mu.Unlock()
	object := e.objects[path]
	if object == nil {
		object = &edited{path: path, turn: make(chan struct{}, 1)}
		if e.objects == nil {
			e.objects = map[string]*edited{}
		}
		e.objects[path] = object
	}
	object.editors++
	return object
}

func (e *edits) end(object *edited) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if object.editors--; object.editors == 0 {
		delete(e.objects, object.path)
	}
}

// take waits for the turn to send.
func (o *edited) take(ctx context.Context) error {
	select {
	case o.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (o *edited) release() { <-o.turn }
