package kube

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strings"
	"time"
)

// Evict asks the server to delete a pod unless a disruption budget forbids it
// (API-initiated eviction). grace is the time that the pod is given to end, nil
// for its own. It doesn't wait until the pod is gone.
//
// Where a budget forbids it the error's StatusCode is 429 and its message names
// the budget: try again later. A pod that is gone is a LookupError; where its
// name has been taken over by another, that one is left alone and the error's
// reason is Conflict. An item of another kind is a ValueError, and so is a
// grace below 0 or above 100 years; it is rounded up to seconds. In a namespace
// that is being deleted nothing can be evicted; a pod that is ending there already
// is a success.
func (i *Item) Evict(ctx context.Context, grace *time.Duration) error {
	if err := i.offers("evict", pods); err != nil {
		return err
	}
	seconds, err := graceSeconds("evict "+i.String(), grace)
	if err != nil {
		return err
	}
	ctx = countOnce(ctx)
	for try := 0; ; try++ {
		err := i.evict(ctx, seconds)
		if namespaceEnds(err) {
			ending, looked := i.ending(ctx)
			switch {
			case ending:
				return nil
			case IsKind(looked, LookupError) || IsReason(looked, "Conflict"):
				return looked
			}
			return err
		}
		if !evictAgain(err) || len(budgets(err)) > 0 || try == maxRetries || !i.cluster.client.reached.Load() {
			return err
		}
		if err := Sleep(ctx, max(askedBack(err), firstPause)); err != nil {
			return err
		}
	}
}

// evictAgain tells whether an eviction that failed may succeed later. It is
// bound to the pod's uid, so that it can be sent again. With 500 a server says that
// a pod has several budgets, which it can't evict.
func evictAgain(err error) bool {
	var e *Error
	return passing(err) && errors.As(err, &e) && e.StatusCode != http.StatusInternalServerError
}

// evict asks once.
func (i *Item) evict(ctx context.Context, grace *int64) error {
	options := map[string]any{"preconditions": map[string]any{"uid": i.Meta().UID()}}
	if grace != nil {
		options["gracePeriodSeconds"] = *grace
	}
	body := valueOf(map[string]any{
		"apiVersion": "policy/v1", "kind": "Eviction",
		"metadata":      map[string]any{"name": i.Meta().Name(), "namespace": i.Meta().Namespace()},
		"deleteOptions": options,
	})
	_, err := i.cluster.client.call(withOwnRetries(ctx), request{
		method:      http.MethodPost,
		path:        i.Meta().Link() + "/eviction",
		body:        body.Raw(),
		contentType: jsonType,
		what:        "evict " + i.String(),
	})
	var e *Error
	if why := budgets(err); len(why) > 0 && errors.As(err, &e) {
		e.Message = "evict " + i.String() + ": " + strings.Join(why, "; ")
	}
	return err
}

// budgets are what the disruption budgets say that forbid an eviction: the
// causes of the answer (k8s.io/kubernetes, pkg/registry/core/pod/storage).
func budgets(err error) []string {
	var e *Error
	if !errors.As(err, &e) || e.StatusCode != http.StatusTooManyRequests || e.Response == nil {
		return nil
	}
	return e.Response.causes("DisruptionBudget")
}

// namespaceEnds tells whether something was refused because its namespace is
// being deleted (k8s.io/apiserver, plugin NamespaceLifecycle).
func namespaceEnds(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.StatusCode == http.StatusForbidden && e.Response != nil && len(e.Response.causes("NamespaceTerminating")) > 0
}

// causes are the messages of a refusal's causes of the given reason.
func (r *Response) causes(reason string) []string {
	var list []string
	for cause := range trusted([]byte(r.Text)).At("details", "causes").Elements() {
		if cause.Get("reason").String() == reason {
			list = append(list, cause.Get("message").String())
		}
	}
	return list
}

// ending tells whether a pod is being deleted; where it is gone, or a namesake is
// there, that is an error of [Item.Evict].
func (i *Item) ending(ctx context.Context) (bool, error) {
	now, err := i.Fetch(ctx)
	if err != nil {
		return false, err
	}
	if now.Meta().UID() != i.Meta().UID() {
		return false, &Error{Kind: APIError, Reason: "Conflict", Message: "evict " + i.String() + ": its name has been taken over by another"}
	}
	return now.Meta().get("deletionTimestamp").Exists(), nil
}

// maxGrace is the longest time that a pod is given to end: longer is a mistake.
const maxGrace = 100 * 365 * 24 * time.Hour

// graceSeconds is a grace period in the unit of the API, rounded up: 0 would kill
// at once. nil stays nil.
func graceSeconds(what string, grace *time.Duration) (*int64, error) {
	if grace == nil {
		return nil, nil
	}
	if *grace < 0 || *grace > maxGrace {
		return nil, Errorf(ValueError, "%s: the grace period is not between 0 and 100 years", what)
	}
	seconds := int64(math.Ceil(grace.Seconds()))
	return &seconds, nil
}
